//! Several reports in one run and waiting, as a user runs them.

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use rdptrace::internal::cli;
use serde_json::Value;

fn rdptrace(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.args(arguments).env_remove("RDPTRACE_PASSWORD").stdin(Stdio::null());
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A path of its own for each test, where nothing is yet.
fn path(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path.to_str().expect("a path of text").to_owned()
}

#[test]
fn one_run_writes_several_reports() {
    let (json, junit, page) = (path("several.json"), path("several.xml"), path("several.txt"));
    let reports = [format!("json={json}"), format!("junit={junit}"), format!("text={page}")];
    let mut arguments = vec!["demo", "--fault", "certificate-expired", "--color", "always"];
    arguments.extend(reports.iter().flat_map(|report| ["--report", report]));
    let output = rdptrace(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("PASSED"));
    let report: Value = serde_json::from_slice(&fs::read(json).expect("a file")).expect("JSON");
    assert_eq!(report["findings"][0]["code"], "certificate-expired");
    let junit = fs::read_to_string(junit).expect("a file");
    let document = roxmltree::Document::parse(&junit).expect("XML");
    let failed: Vec<_> = document.descendants().filter(|node| node.has_tag_name("failure")).collect();
    assert_eq!(failed.len(), 1, "{junit}");
    let page = fs::read_to_string(page).expect("a file");
    assert!(page.contains("certificate-expired") && !page.contains('\u{1b}'));
}

/// The threshold of the exit code is that of the JUnit report.
#[test]
fn junit_on_standard_output_follows_fail_on() {
    let failures = |fail_on| {
        let output =
            rdptrace(&["demo", "--fault", "certificate-expired", "--format", "junit", "--fail-on", fail_on]);
        let said = text(&output.stdout);
        let document = roxmltree::Document::parse(&said).expect("XML");
        (output.status.code(), document.descendants().filter(|node| node.has_tag_name("failure")).count())
    };
    assert_eq!(failures("error"), (Some(1), 1));
    assert_eq!(failures("never"), (Some(0), 0));
}

#[test]
fn bad_values_are_refused_before_anything_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket option");
    let target = listener.local_addr().expect("an address").to_string();
    let target = target.as_str();
    let (twice, missing) = (path("twice"), path("missing-folder/file"));
    let (json, junit) = (format!("json={twice}"), format!("junit={twice}"));
    let missing = format!("json={missing}");
    let mut cases: Vec<(Vec<&str>, &str)> = vec![
        (vec!["--report", "report.json"], "FORMAT=FILE"),
        (vec!["--report", "xml=report.xml"], "the formats are text, json, ndjson, junit"),
        (vec!["--report", "json="], "a file is expected"),
        (vec!["--report", "json=-"], "--format is for standard output"),
        (vec!["--report", &missing], "cannot write"),
        (vec!["--report", "json=."], "cannot write"),
        (vec!["--report", &json, "--report", &junit], "same file"),
        (vec!["-o", &twice, "--report", &junit], "same file"),
    ];
    for wrong in [
        "",
        "soon",
        "5 m",
        "5min",
        "-5",
        "+5",
        "1.5h",
        "1h30",
        "30m1h",
        "1h1h",
        "m",
        "٣s",
        "99999999999999999999",
    ] {
        cases.push((vec!["--wait", wrong], "a duration is expected, such as 90, 90s, 5m, 1h30m or 1d"));
    }
    for wrong in ["0", "0h", "169h", "8d", "7d1s", "18446744073709551615h"] {
        cases.push((vec!["--wait", wrong], "from 1 second to 168 hours"));
    }
    for (arguments, words) in cases {
        let output = rdptrace(&[&["trace", target], &arguments[..]].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn durations_are_written_as_people_write_them() {
    for right in ["90", "90s", "5m", "1h30m", "1d", "6d23h59m60s", "7d"] {
        let arguments = ["rdptrace", "trace", "rdsh01", "--wait", right].map(Into::into);
        assert_eq!(cli::reads(&arguments), Ok(()), "{right}");
    }
}

/// The same file by another name is the same file.
#[test]
fn a_detour_does_not_hide_the_same_file() {
    let file = path("detour");
    let detour = file.replace("detour", "./detour");
    let output = rdptrace(&["demo", "-o", &file, "--report", &format!("json={detour}")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("same file"));
}

/// A full disk takes nothing away from the other reports, and the exit code tells.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_does_not_keep_the_others() {
    let json = path("beside-full.json");
    let report = format!("json={json}");
    let output = rdptrace(&["demo", "--report", "junit=/dev/full", "--report", &report]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot write /dev/full"));
    assert!(text(&output.stdout).contains("PASSED"));
    assert!(fs::read_to_string(&json).expect("a file").contains("\"passed\""));
    let output = rdptrace(&["demo", "-o", "/dev/full", "--report", &report]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).contains("PASSED"));
}

#[test]
fn a_wait_says_each_try_and_ends_when_the_time_is_over() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port that was free");
    let closed = closed.to_string();
    let output = rdptrace(&["trace", &closed, "--wait", "2", "--format", "json"]);
    assert_eq!(output.status.code(), Some(11));
    let said = text(&output.stderr);
    let lines: Vec<&str> = said.lines().collect();
    let first = lines[0].starts_with("try 1, ") && lines[0].contains(" s: connect refused; next in ");
    assert!(first, "{said}");
    assert!(lines.last().is_some_and(|line| line.ends_with("connect refused; the time is over")), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["wait"]["tries"], lines.len());
    assert_eq!(report["wait"]["timeline"][0]["kind"], "refused");
    let quiet = rdptrace(&["trace", &closed, "--wait", "1", "-q"]);
    assert_eq!((quiet.status.code(), text(&quiet.stderr)), (Some(11), String::new()));
    assert!(text(&quiet.stdout).contains("Waited"));
}
