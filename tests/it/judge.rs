//! Stored reports are judged again by the rules of this version.

use std::{fs, process::Output};

use serde_json::Value;

use crate::program::{file, rdptrace, text};

/// A demo fault's report as a file of the test's own.
fn stored(test: &str, fault: &str) -> (String, Value) {
    let path = file(&format!("{test}-{fault}.json"));
    let path = path.to_str().expect("a path of text").to_owned();
    let output = rdptrace(&["demo", "--fault", fault, "--format", "json", "-o", &path]);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let report = serde_json::from_str(&fs::read_to_string(&path).expect("the report")).expect("JSON");
    (path, report)
}

#[test]
fn a_stored_report_is_judged_alike_with_the_same_exit_code() {
    for (fault, code) in [("tls-reset", 14), ("logon-failure", 20), ("certificate-expired", 1)] {
        let (path, report) = stored("alike", fault);
        let output = rdptrace(&["judge", &path, "--format", "json"]);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).expect("JSON"), report, "{fault}");
    }
}

/// What an older version judged counts for nothing, and what it did not know yet is not missed.
#[test]
fn an_older_report_gets_the_judgement_of_this_version() {
    let (path, report) = stored("older", "tls-reset");
    let mut older = report.clone();
    older["causes"] = Value::Array(Vec::new());
    older["verdict"]["mstsc"] = Value::Null;
    older["findings"] = Value::Array(Vec::new());
    older["connections"][0].as_object_mut().expect("a connection").remove("session");
    fs::write(&path, older.to_string()).expect("a file");
    let output = rdptrace(&["judge", &path, "--format", "json"]);
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).expect("JSON"), report);
}

/// The reports of every schema version that was ever written stay readable.
#[test]
fn the_reports_in_testdata_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/reports/v1");
    let mut read = 0;
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.to_str().expect("a path of text");
        let output = rdptrace(&["judge", name, "--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{name}: {error}: {}", text(&output.stderr));
        });
        assert!(report["verdict"]["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert_eq!(report["causes"].as_array().map(Vec::is_empty), Some(name.contains("healthy")), "{name}");
        read += 1;
    }
    assert!(read >= 3, "{read}");
}

/// Other programs write reports too.
#[test]
fn no_time_is_shown_as_negative_and_none_is_too_long_to_show() {
    let (path, report) = stored("times", "tls-reset");
    for (time, shown) in [("-0.0", "0.0 ms"), ("-0.06", "0.0 ms"), ("-3.5", "0.0 ms"), ("1e300", "0 s")] {
        let mut changed = report.clone();
        let phases = changed["connections"][0]["phases"].as_object_mut().expect("phases");
        for (_, record) in phases.iter_mut() {
            record["elapsed_ms"] = serde_json::from_str(time).expect("a number");
        }
        fs::write(&path, changed.to_string()).expect("a file");
        let output = rdptrace(&["judge", &path]);
        let page = text(&output.stdout);
        assert_eq!(output.status.code(), Some(14), "{}", text(&output.stderr));
        assert!(page.contains(shown) && !page.contains("-0.") && !page.contains("-3.5"), "{page}");
    }
}

/// Judges these bytes.
fn judged(name: &str, content: &[u8]) -> Output {
    let path = file(name);
    fs::write(&path, content).expect("a file");
    rdptrace(&["judge", path.to_str().expect("a path of text"), "--format", "json"])
}

#[test]
fn what_is_no_report_is_refused_with_a_sentence() {
    let (_, report) = stored("sentence", "tls-reset");
    let whole = report.to_string();
    let changed = |change: fn(&mut Value)| {
        let mut other = report.clone();
        change(&mut other);
        other.to_string()
    };
    let cases = [
        ("", "is empty"),
        (" \r\n", "is empty"),
        ("\u{feff}", "is empty"),
        ("no JSON", "is no JSON, so no report of rdptrace (line 1, column 2)"),
        ("<?xml version=\"1.0\"?><testsuites/>", "is XML"),
        (&whole[..whole.len() / 2], "is cut off: the JSON ends in the middle"),
        ("{\"schema_version\": 1", "is cut off"),
        ("{\"elapsed_ms\": 1.", "is cut off"),
        ("{\"elapsed_ms\":\n-1e", "is cut off"),
        ("{\"elapsed_ms\": \"\\u00", "is cut off"),
        ("{\"elapsed_ms\": 1.}", "is no JSON"),
        (&format!("{whole}\n{whole}"), "holds more than one report"),
        ("[]", "is JSON, but no report of rdptrace, which is an object"),
        ("\"text\"", "which is an object"),
        ("{}", "is JSON, but no report of rdptrace: it has no schema_version"),
        (r#"{"version": "2.1.0", "runs": []}"#, "it has no schema_version"),
        (r#"{"schema_version": "1.4.0"}"#, "its schema_version is no number"),
        (r#"{"schema_version": 1, "schema_version": 1}"#, "schema_version stands there twice"),
        (r#"{"schema_version": 99}"#, "has schema version 99, of a newer rdptrace"),
        (r#"{"schema_version": 0}"#, "has schema version 0, which no rdptrace writes"),
        (r#"{"schema_version": -1.5}"#, "has schema version -1.5, which no rdptrace writes"),
        (r#"{"schema_version": 1}"#, "is no whole report: it has no "),
        (
            &changed(|report| report["connections"] = Value::from("x")),
            "connections is not what a report holds there",
        ),
        (
            &changed(|report| report["connections"][0]["phases"]["connect"]["elapsed_ms"] = Value::from("x")),
            "is no whole report: connections[0].phases.connect.elapsed_ms is not what",
        ),
        (
            &changed(|report| {
                report["connections"][0].as_object_mut().expect("a connection").remove("purpose");
            }),
            "is no whole report: connections[0] has no purpose",
        ),
    ];
    for (content, words) in cases {
        let output = judged("no-report.json", content.as_bytes());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{content}: {said}");
        assert!(output.stdout.is_empty() && said.contains(words), "{words}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        for word in ["struct", "expected", "invalid", "missing", "`", "::", "EOF"] {
            assert!(!said.contains(word), "{word}: {said}");
        }
    }
    assert_eq!(rdptrace(&["judge", "/no/such/file"]).status.code(), Some(2));
}

/// PowerShell's `>` writes UTF-16 with a mark, and editors put one before UTF-8.
#[test]
fn a_report_is_read_in_what_windows_makes_of_it() {
    let (path, report) = stored("encodings", "tls-reset");
    let written = fs::read_to_string(path).expect("the report").replace('\n', "\r\n");
    let units = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        mark.encode_utf16().chain(written.encode_utf16()).flat_map(unit).collect()
    };
    let cases = [
        ("UTF-8", format!("\u{feff}{written}").into_bytes()),
        ("little end first", units(u16::to_le_bytes, "\u{feff}")),
        ("big end first", units(u16::to_be_bytes, "\u{feff}")),
        ("without a mark", units(u16::to_le_bytes, "")),
    ];
    for (what, content) in cases {
        let output = judged("encoded.json", &content);
        assert_eq!(output.status.code(), Some(14), "{what}: {}", text(&output.stderr));
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).expect("JSON"), report, "{what}");
    }
    let cut = units(u16::to_le_bytes, "\u{feff}");
    let output = judged("encoded-cut.json", &cut[..cut.len() / 3]);
    assert!(text(&output.stderr).contains("is cut off"), "{}", text(&output.stderr));
}
