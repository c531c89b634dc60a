//! The formats and the exit code.

use serde_json::Value;

use crate::program::{file, rdptrace, text};

/// The report of a demo as a file.
fn demo(test: &str, fault: Option<&str>) -> String {
    let name = fault.unwrap_or("healthy");
    let path = file(&format!("diff-{test}-{name}.json")).to_str().expect("text").to_owned();
    let fault: Vec<&str> = fault.iter().flat_map(|fault| ["--fault", fault]).collect();
    rdptrace(&[&["demo", "--format", "json", "-o", &path][..], &fault].concat());
    // The port of a demo is another one every time.
    let text = std::fs::read_to_string(&path).expect("the report");
    let mut report: Value = serde_json::from_str(&text).expect("JSON");
    report["target"]["port"] = 3389.into();
    std::fs::write(&path, report.to_string()).expect("a file");
    path
}

#[test]
fn an_update_that_broke_tls_is_told_in_every_format() {
    let (before, after) = (demo("formats", None), demo("formats", Some("tls-close")));
    let output = rdptrace(&["diff", &before, &after]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    for line in [
        "outcome",
        "passed -> aborted",
        "licensing -> negotiate",
        "new: closed",
        "DIFFERENT: 1 target, 1 different",
        "not compared",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    let json: Value =
        serde_json::from_slice(&rdptrace(&["diff", &before, &after, "--format", "json"]).stdout)
            .expect("JSON");
    assert_eq!(json["diff_schema_version"], 1);
    assert_eq!(json["same"], false);
    assert_eq!(json["targets"][0]["target"], "127.0.0.1:3389");
    assert_eq!(json["targets"][0]["changes"][0]["what"], "outcome");
    let ticket = text(&rdptrace(&["diff", &before, &after, "--format", "markdown"]).stdout);
    assert!(ticket.contains("| outcome | passed | aborted |"), "{ticket}");
    assert!(ticket.contains("| failure | *new* | closed |"), "{ticket}");
}

#[test]
fn nothing_that_differs_is_exit_code_0() {
    let report = demo("same", Some("certificate-expired"));
    let output = rdptrace(&["diff", &report, &report]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("SAME: 1 target, 1 the same"), "{}", text(&output.stdout));
    for wrong in ["0.5", "nan", "-1", "1e9", "twice"] {
        let output = rdptrace(&["diff", &report, &report, &format!("--slower={wrong}")]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

/// Names in a report are foreign.
#[test]
fn nothing_foreign_is_markup_or_moves_the_cursor() {
    let report = demo("hostile", Some("certificate-expired"));
    let text_of = std::fs::read_to_string(&report).expect("the report");
    let mut other: Value = serde_json::from_str(&text_of).expect("JSON");
    other["certificate"]["subject"] = "CN=<img src=x>|\u{1b}[2J\u{202e}".into();
    let path = file("diff-hostile.json").to_str().expect("text").to_owned();
    std::fs::write(&path, other.to_string()).expect("a file");
    for format in ["text", "json", "markdown"] {
        let shown = text(&rdptrace(&["diff", &report, &path, "--format", format]).stdout);
        assert!(shown.contains("img src=x"), "{shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        assert!(format != "markdown" || !shown.contains(" <img"), "{shown}");
    }
}
