//! Stored reports are judged again by the rules of this version.

use std::fs;

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

#[test]
fn what_is_no_report_is_refused_with_a_sentence() {
    let cases = [
        ("no JSON", "is no JSON"),
        ("{}", "has no schema_version"),
        (r#"{"schema_version": 99}"#, "schema version 99"),
        (r#"{"schema_version": 1}"#, "no whole report"),
    ];
    for (content, words) in cases {
        let path = file("no-report.json");
        fs::write(&path, content).expect("a file");
        let output = rdptrace(&["judge", path.to_str().expect("a path of text")]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty() && text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
    assert_eq!(rdptrace(&["judge", "/no/such/file"]).status.code(), Some(2));
}
