//! What the program makes of a policy: the exit code, what is written, and what is refused before anything is sent.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::program::{Served, file, rdptrace, text};

/// A policy of this test's own.
fn policy(name: &str, promises: &str) -> String {
    let path = file(&format!("policy-{name}.toml"));
    fs::write(&path, promises).expect("a file");
    path.to_str().expect("a path of text").to_owned()
}

/// A place where no file is.
fn free(name: &str) -> PathBuf {
    let path = file(&format!("policy-{name}"));
    let _ = fs::remove_file(&path);
    path
}

fn code(arguments: &[&str]) -> Option<i32> {
    rdptrace(arguments).status.code()
}

#[test]
fn a_broken_promise_is_1_and_a_failed_phase_keeps_its_own_code() {
    let kept = policy("kept", "reached = \"licensing\"\nudp = \"reachable\"");
    let broken = policy("broken", "reached = \"licensing\"\ncertificate.trusted = true");
    assert_eq!(code(&["demo", "--policy", &kept]), Some(0));
    assert_eq!(code(&["demo", "--policy", &broken]), Some(1));
    assert_eq!(code(&["demo", "--policy", &broken, "--fail-on", "never"]), Some(1));
    assert_eq!(code(&["demo", "--policy", &broken, "--fault", "tls-reset"]), Some(14));
    assert_eq!(code(&["demo", "--policy", &broken, "--fault", "logon-failure"]), Some(20));
    assert_eq!(code(&["demo", "--policy", &kept, "--fault", "certificate-expired"]), Some(1));
}

#[test]
fn trace_posture_and_judge_hold_a_report_against_it() {
    let server = Served::start(&[]);
    let trace = policy("trace", "tls.min = \"1.2\"\nnla = \"required\"");
    assert_eq!(code(&["trace", &server.1, "--local", "off", "--policy", &trace]), Some(0));
    assert_eq!(code(&["posture", &server.1, "--policy", &trace]), Some(1), "NLA is offered");
    let report = file("policy-judged.json");
    let report = report.to_str().expect("a path of text");
    code(&["trace", &server.1, "--local", "off", "--format", "json", "-o", report]);
    let strict = policy("strict", &format!("[hosts.\"{}\"]\ncertificate.days_left = 36500", server.1));
    let output = rdptrace(&["judge", report, "--policy", &strict, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let judged: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(judged["promises"][0]["name"], "certificate.days_left");
    assert_eq!(judged["promises"][0]["status"], "broken");
    assert_eq!(judged["promises"][0]["wanted"], "at least 36500 days");
}

#[test]
fn a_capture_is_held_against_it() {
    let capture = file("policy-read.pcapng");
    let _ = fs::remove_file(&capture);
    let capture = capture.to_str().expect("a path of text");
    let server = Served::start(&[]);
    assert_eq!(code(&["trace", &server.1, "--local", "off", "--capture", capture]), Some(0));
    let promises = policy("read", "reached = \"tls\"\nselected = \"tls\"");
    let output = rdptrace(&["read", capture, "--policy", &promises, "--format", "json"]);
    let read: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ends: Vec<_> =
        read["promises"].as_array().expect("a list").iter().map(|one| one["status"].clone()).collect();
    assert_eq!((output.status.code(), ends), (Some(1), vec!["kept".into(), "broken".into()]), "{read}");
}

/// Nothing is sent: the host has no name.
#[test]
fn a_file_that_is_no_policy_is_2_before_anything_is_sent() {
    let wrong = policy("wrong", "\ncertificate.day_left = 30");
    let output = rdptrace(&["trace", "host.invalid", "--policy", &wrong]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("line 2: ") && said.contains("the nearest is certificate.days_left"), "{said}");
    assert!(output.stdout.is_empty());
    let missing = rdptrace(&["trace", "host.invalid", "--policy", "policy-missing.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    for option in ["--accept", "--fail-on"] {
        let output = rdptrace(&["trace", "host.invalid", option, "certificate-expird"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains("the nearest is certificate-expired"),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn a_policy_about_other_hosts_is_told() {
    let other = policy("other", "[hosts.\"elsewhere.example\"]\nreached = \"tls\"");
    let output = rdptrace(&["demo", "--policy", &other]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("promises nothing of this target"), "{}", text(&output.stderr));
}

#[test]
fn a_written_policy_is_kept_by_the_same_host() {
    let server = Served::start(&[]);
    for command in ["trace", "posture"] {
        let path = free(&format!("written-{command}.toml"));
        let name = path.to_str().expect("a path of text");
        assert_eq!(code(&[command, &server.1, "--write-policy", name]), Some(0), "{command}");
        let again = rdptrace(&[command, &server.1, "--policy", name, "--format", "json"]);
        let report: Value = serde_json::from_slice(&again.stdout).expect("JSON");
        let promises = report["promises"].as_array().expect("a list");
        assert!(promises.len() > 5 && promises.iter().all(|one| one["status"] == "kept"), "{promises:#?}");
        assert_eq!(again.status.code(), Some(0), "{command}");
        // What somebody has edited stays.
        let before = fs::read(&path).expect("the policy");
        let output = rdptrace(&[command, &server.1, "--write-policy", name]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("exists and is not overwritten"));
        assert_eq!(fs::read(&path).expect("the policy"), before);
    }
}

#[test]
fn no_policy_is_written_of_a_failure() {
    let path = free("failed.toml");
    let output = rdptrace(&["demo", "--fault", "tls-reset", "--write-policy", path.to_str().expect("text")]);
    assert_eq!(output.status.code(), Some(14));
    assert!(text(&output.stderr).contains("no policy is written"), "{}", text(&output.stderr));
    assert!(!path.exists());
}

#[test]
fn single_findings_are_accepted_and_counted() {
    let expired = ["demo", "--fault", "certificate-expired"];
    assert_eq!(code(&expired), Some(1));
    assert_eq!(code(&[&expired[..], &["--accept", "certificate-expired"]].concat()), Some(0));
    assert_eq!(code(&["demo", "--fail-on", "certificate-self-signed"]), Some(1));
    assert_eq!(code(&["demo", "--fail-on", "never", "--fail-on", "certificate-expired"]), Some(0));
    let never = ["--fail-on", "never", "--fail-on", "certificate-expired"];
    assert_eq!(code(&[&expired[..], &never].concat()), Some(1));
}

#[test]
fn the_days_in_which_a_certificate_expires_soon_can_be_chosen() {
    let soon = |days: &str| {
        let output = rdptrace(&["demo", "--expiry-days", days, "--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let findings = report["findings"].as_array().expect("a list");
        let found = findings.iter().find(|found| found["code"] == "certificate-expires-soon");
        found.map(|found| found["severity"].clone())
    };
    assert_eq!(soon("14"), None);
    assert_eq!(soon("36500"), Some("warning".into()));
}

/// What is promised of a machine alone is held against its report.
#[test]
fn a_report_of_a_machine_is_held_against_it() {
    let report = file("policy-machine.json");
    let name = report.to_str().expect("a path of text");
    let _ = fs::remove_file(&report);
    code(&["local", "--role", "client", "--fail-on", "never", "--format", "json", "-o", name]);
    let machine: Value = serde_json::from_slice(&fs::read(&report).expect("a report")).expect("JSON");
    let checks = machine["local"].as_array().expect("a list");
    let ok = checks.iter().find(|check| check["status"] == "ok").expect("something is in order");
    let promises = policy(
        "machine",
        &format!("local.{} = \"ok\"\nreached = \"tls\"", ok["code"].as_str().expect("a code")),
    );
    let output = rdptrace(&["judge", name, "--fail-on", "never", "--policy", &promises, "--format", "json"]);
    let judged: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ends: Vec<_> =
        judged["promises"].as_array().expect("a list").iter().map(|one| one["status"].clone()).collect();
    assert_eq!(
        (output.status.code(), ends),
        (Some(0), vec!["not_checked".into(), "kept".into()]),
        "{judged}"
    );
}
