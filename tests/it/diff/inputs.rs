//! What the program takes as reports, and what it says of everything else.

use std::{io::Write as _, process::Stdio};

use rdptrace::{Report, render};

use super::{changed, written};
use crate::{
    faults::told_of,
    program::{command, rdptrace, text},
};

fn json(report: &Report) -> String {
    let mut bytes = Vec::new();
    render::json(report, &mut bytes).expect("memory");
    text(&bytes)
}

/// A line each, of these hosts.
fn lines(report: &Report, hosts: &[&str]) -> String {
    let mut bytes = Vec::new();
    for host in hosts {
        let report = changed(report, |json| json["target"]["host"] = (*host).into());
        render::ndjson(&report, &mut bytes).expect("memory");
    }
    text(&bytes)
}

fn refused(before: &str, after: &str) -> String {
    let output = rdptrace(&["diff", before, after]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[tokio::test(start_paused = true)]
async fn a_report_and_a_scan_are_told_apart_by_their_first_line() {
    let report = told_of(None).await;
    let host = report.trace.target.as_ref().expect("a target").host.clone();
    let (json, one, two) = (json(&report), lines(&report, &[&host]), lines(&report, &["a", "b"]));
    let json = written("one.json", json);
    for (name, same) in [("one", one), ("blank", format!("\n\u{feff}{}", lines(&report, &[&host])))] {
        let path = written(&format!("{name}.ndjson"), same);
        let output = rdptrace(&["diff", &json, &path]);
        assert_eq!(output.status.code(), Some(0), "{name} {}", text(&output.stderr));
    }
    let utf16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(two.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (utf8, utf16) = (written("two.ndjson", two), written("two-utf16.ndjson", utf16));
    let output = rdptrace(&["diff", &utf8, &utf16]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("2 targets, 2 the same"), "{}", text(&output.stdout));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_report_is_told_with_its_file_and_line() {
    let report = told_of(None).await;
    let good = written("good.json", json(&report));
    let two = lines(&report, &["a", "b"]);
    let torn: String = two.chars().take(two.len() - 40).collect();
    let cases = [
        ("torn.ndjson", torn, "is cut off", "line 2"),
        ("text.ndjson", format!("{two}hello\n"), "is no JSON", "line 3"),
        ("other.ndjson", format!("{two}{{\"a\": 1}}\n"), "no schema_version", "line 3"),
        (
            "newer.ndjson",
            two.replace("\"schema_version\":1", "\"schema_version\":2"),
            "newer rdptrace",
            "line 1",
        ),
        (
            "field.ndjson",
            format!("{two}{}", two.replace("\"outcome\":\"passed\"", "\"outcome\":7")),
            "verdict.outcome",
            "line 3",
        ),
        ("empty.json", String::new(), "is empty", ""),
        ("blank.json", "\n\n".to_owned(), "is empty", ""),
        ("word.json", "hello".to_owned(), "is no JSON", "line 1"),
        ("number.json", "1".to_owned(), "which is an object", "line 1"),
        ("twice.json", format!("{}{}", json(&report), json(&report)), "more than one report", ""),
    ];
    for (name, content, why, line) in cases {
        let path = written(name, content);
        let said = refused(&good, &path);
        assert!(said.contains(name) && said.contains(why) && said.contains(line), "{name}: {said}");
        assert!(refused(&path, &good).contains(why), "{name}");
    }
    assert!(refused(&good, "/no/such/report.json").contains("cannot read /no/such/report.json"));
    assert!(refused(&good, "src").contains("directory"));
}

#[test]
fn only_one_side_can_be_standard_input() {
    assert!(refused("-", "-").contains("cannot both be standard input"));
}

#[tokio::test(start_paused = true)]
async fn standard_input_is_one_side() {
    let json = json(&told_of(None).await);
    let stored = written("stored.json", &json);
    for arguments in [["diff", "-", &stored], ["diff", &stored, "-"]] {
        let mut child = command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        child.stdin.take().expect("piped").write_all(json.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("standard input"), "{}", text(&output.stdout));
    }
}

#[tokio::test(start_paused = true)]
async fn no_input_is_written_over() {
    let stored = written("kept.json", json(&told_of(None).await));
    let output = rdptrace(&["diff", &stored, &stored, "-o", &stored]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("would overwrite an input"), "{}", text(&output.stderr));
    assert!(std::fs::read_to_string(&stored).expect("the file").contains("schema_version"));
}
