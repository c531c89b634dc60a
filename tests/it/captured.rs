//! `trace --capture`: what crossed is in the file with what opens it, and never a password that nobody allowed.

use std::{fs, path::Path};

use rdptrace::{
    codes::Phase,
    report::{Credentials, Likelihood, Outcome, Report},
};

use crate::program::{Served, command, file, rdptrace, text};

fn captured(name: &str, target: &str, arguments: &[&str]) -> (std::path::PathBuf, std::process::Output) {
    let path = file(name);
    let _ = fs::remove_file(&path);
    let place = path.to_str().expect("UTF-8");
    let all = [&[target, "--local", "off", "--experiments", "off", "--capture", place], arguments].concat();
    let output = command(&all).env("RDPTRACE_PASSWORD", "demo").output().expect("it runs");
    (path, output)
}

fn read(path: &Path) -> Report {
    let output = rdptrace(&["read", path.to_str().expect("UTF-8"), "--format", "json"]);
    serde_json::from_slice(&output.stdout).expect("one report")
}

#[test]
fn a_trace_is_read_again_with_what_is_inside_tls() {
    let served = Served::start(&[]);
    let (path, output) = captured("traced.pcapng", &served.1, &["--security", "tls"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report = read(&path);
    let connection = &report.trace.connections[0];
    assert_eq!(connection.watched.as_ref().and_then(|watched| watched.opened), Some(true));
    assert!(connection.phases.licensing.is_some(), "{:?}", report.verdict);
    let tcp = text(&output.stdout);
    assert!(tcp.contains("licensing"), "{tcp}");
    assert_private(&path);
}

#[test]
fn with_an_account_it_has_to_be_allowed() {
    let served = Served::start(&[]);
    let account = ["-u", "demo", "--server-name", "rdsh01.corp.example"];
    let (path, output) = captured("refused.pcapng", &served.1, &account);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--capture-secrets"), "{}", text(&output.stderr));
    assert!(!path.exists(), "nothing is sent or written");
    let allowed = [&account[..], &["--capture-secrets"]].concat();
    let (path, output) = captured("allowed.pcapng", &served.1, &allowed);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let credssp = read(&path).trace.connections[0].phases.credssp.take().expect("it was opened");
    assert!(credssp.evidence.attempted);
    assert_private(&path);
}

#[test]
fn what_became_of_the_account_is_read_as_it_was_traced() {
    let cases = [
        ("logon-failure", 20, Credentials::Refused),
        ("account-locked", 20, Credentials::Refused),
        ("key-binding-altered", 15, Credentials::NotVerifiable),
        ("key-binding-short", 15, Credentials::NotVerifiable),
        ("challenge-target-info-outside", 15, Credentials::NotAttempted),
    ];
    for (fault, code, credentials) in cases {
        let served = Served::start(&["--fault", fault]);
        let account =
            ["-u", "demo", "--server-name", "rdsh01.corp.example", "--capture-secrets", "--format", "json"];
        let (path, output) = captured(&format!("{fault}.pcapng"), &served.1, &account);
        let live: Report = serde_json::from_slice(&output.stdout).expect("one report");
        let place = path.to_str().expect("UTF-8");
        assert_eq!((output.status.code(), live.verdict.credentials), (Some(code), credentials), "{fault}");
        assert_eq!(rdptrace(&["read", place]).status.code(), Some(code), "{fault}");
        let read = read(&path);
        assert_eq!(read.verdict.credentials, credentials, "{fault}");
        // Why the client leaves once it has the server's proof of the key is its own knowledge.
        let is_sure = read.causes.iter().any(|cause| cause.likelihood != Likelihood::Possible);
        assert!(!(is_sure && fault == "key-binding-altered"), "{fault}: {:?}", read.causes);
    }
}

/// A client that leaves once the server has let it in has seen what it wanted, and so has whoever watched it.
#[test]
fn an_account_that_is_only_tested_is_verified_in_the_capture_too() {
    let served = Served::start(&[]);
    let account =
        ["-u", "demo", "--server-name", "rdsh01.corp.example", "--capture-secrets", "--format", "json"];
    let until = [&account[..], &["--until", "credssp"]].concat();
    let (path, output) = captured("tested.pcapng", &served.1, &until);
    let live: Report = serde_json::from_slice(&output.stdout).expect("one report");
    let read = read(&path);
    for report in [&live, &read] {
        let verdict = &report.verdict;
        assert_eq!(
            (verdict.outcome, verdict.reached),
            (Outcome::Passed, Some(Phase::Credssp)),
            "{verdict:?}"
        );
        assert_eq!(verdict.credentials, Credentials::Verified);
    }
    let page = rdptrace(&["read", path.to_str().expect("UTF-8")]);
    assert_eq!(page.status.code(), Some(0));
    let page = text(&page.stdout);
    assert!(page.contains("the client's credentials: verified"), "{page}");
}

/// Whether a write or a read meets the RST first is chance.
#[test]
fn over_tcp_a_reset_is_a_rst_inside_tls_live_and_in_the_capture() {
    let served = Served::start(&["--fault", "activate-reset"]);
    for _ in 0..4 {
        let until = ["--security", "tls", "--until", "activate", "--format", "json"];
        let (path, output) = captured("activate-reset.pcapng", &served.1, &until);
        let live: Report = serde_json::from_slice(&output.stdout).expect("one report");
        for report in [live, read(&path)] {
            let failure = report.verdict.failure.map(|failure| failure.kind.name());
            assert_eq!((report.verdict.phase, failure), (Some(Phase::Activate), Some("reset")));
        }
    }
}

/// The connections that the trace makes to find out why get further than the one that failed, and decide nothing.
#[test]
fn experiments_are_no_part_of_what_failed() {
    let served = Served::start(&["--fault", "tls-version-intolerant"]);
    let path = file("experiments.pcapng");
    let place = path.to_str().expect("UTF-8");
    let traced = rdptrace(&[&served.1, "--local", "off", "--capture", place]);
    let read = rdptrace(&["read", place]);
    assert_eq!((traced.status.code(), read.status.code()), (Some(14), Some(14)), "{}", text(&read.stdout));
    let page = text(&read.stdout);
    assert!(page.contains("tls-version-intolerant"), "{page}");
}

#[test]
fn a_wait_or_a_secret_alone_is_refused() {
    for arguments in [&["--capture", "x.pcapng", "--wait", "5"][..], &["--capture-secrets"]] {
        let output = rdptrace(&[&["127.0.0.1:1"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

/// Others may not read it, where the system has such rights.
#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[cfg(not(unix))]
fn assert_private(_path: &Path) {}
