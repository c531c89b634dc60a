//! What xfreerdp offers to `listen`, and that nothing of its account is in the report.

use std::{fs, process::Command};

use serde_json::{Value, json};

use crate::{
    display::Display,
    dumpcap::{rdptrace, text},
    lab::{folder, free_port, has, wait_for_line},
};

const USER: &str = "somebody";
const PASSWORD: &str = "Secr3t-of-somebody";

/// What one client shows to a listener that selects this, as the line of its report.
fn shown(select: &str, security: &str) -> String {
    let at = folder("listened");
    let (reports, log, port) = (at.join("reports.ndjson"), at.join("log"), free_port().to_string());
    let mut listener = rdptrace(&["listen", &port, "--select", select, "--once", "-o", text(&reports)]);
    let mut listener = listener.stderr(fs::File::create(&log).expect("a file")).spawn().expect("it runs");
    wait_for_line(&log, "Ctrl-C ends it");
    let display = Display::start();
    let arguments = [
        &format!("/v:127.0.0.1:{port}"),
        &format!("/u:{USER}"),
        &format!("/p:{PASSWORD}"),
        "/cert:ignore",
        security,
    ];
    Command::new("xfreerdp").args(arguments).env("DISPLAY", &display.name).output().expect("xfreerdp runs");
    let ended = listener.wait().expect("it ends with its client");
    let line = fs::read_to_string(&reports).expect("a report");
    assert_eq!(ended.code(), Some(0), "{select}: {line}");
    line
}

#[test]
fn each_selection_shows_as_much_of_freerdp_as_it_says() {
    if !has(&["xfreerdp", "Xvfb"]) {
        return;
    }
    // The offer of FreeRDP, which makes no request to negotiate without TLS, and what the last message that is asked for holds.
    for (select, security, protocols, last) in [
        ("nla", "/sec:nla", json!(3), "/credssp/version"),
        ("tls", "/sec:tls", json!(1), "/capabilities/source"),
        ("rdp", "/sec:rdp", json!(null), "/settings/build"),
    ] {
        let line = shown(select, security);
        let report: Value = serde_json::from_str(&line).expect("one report");
        let client = &report["connections"][0]["client"];
        assert_eq!(client["request"]["protocols_code"], protocols, "{select}: {line}");
        assert!(client.pointer(last).is_some_and(|fact| !fact.is_null()), "{select}: {line}");
        assert!(!line.contains(USER) && !line.contains(PASSWORD), "{select}: {line}");
    }
}
