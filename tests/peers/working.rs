//! The settings that a posture prints, as FreeRDP 2 and 3 take them.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    clients::{Client, of_newer},
    display::Display,
    freerdp::shadow,
    lab::{Program, Traced, folder, trace},
    xrdp::{VALID, xrdp},
};

/// What both say once a session is open.
const OPEN: &str = "Local framebuffer format";

/// Whether a client with exactly these settings, and the account, opens a session.
fn opens(traced: &Traced, client: Client, spoil: impl Fn(&str) -> String) -> bool {
    let (display, home) = (Display::start(), folder("working"));
    let mut command = match client {
        Client::FreeRdp2 => {
            let line = traced.at("/working/freerdp2/command_line").as_str().expect("a line");
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("exec {} /u:alice /p:secret1", spoil(line))]);
            shell
        }
        _ => {
            let arguments = traced.at("/working/freerdp3/command_arguments").as_array().expect("arguments");
            let mut command = of_newer("usr/bin/xfreerdp3");
            command.args(arguments.iter().filter_map(Value::as_str).map(spoil));
            command.args(["/u:alice", "/p:secret1"]);
            command
        }
    };
    // What goes to its standard output stays in a buffer while it runs.
    let log = home.join("said");
    command.env("WLOG_APPENDER", "FILE").env("WLOG_FILEAPPENDER_OUTPUT_FILE_PATH", &home);
    command.env("WLOG_FILEAPPENDER_OUTPUT_FILE_NAME", "said");
    command.env("DISPLAY", &display.name).env("HOME", &home);
    let _client = Program::start(&mut command, &home.join("log"));
    let begin = Instant::now();
    loop {
        let said = fs::read_to_string(&log).unwrap_or_default();
        if said.contains(OPEN) {
            return true;
        }
        if said.contains("ERRCONNECT") || said.contains("verification failure") && said.contains("MISMATCH") {
            return false;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "neither open nor refused: {said}");
        thread::yield_now();
    }
}

/// Each client that is here, and with another certificate named in its settings.
fn both(traced: &Traced) {
    for client in [Client::FreeRdp2, Client::FreeRdp3].into_iter().filter(|client| client.is_there()) {
        assert!(opens(traced, client, str::to_owned), "{client:?}: {:#?}", traced.at("/working"));
    }
    let other = |word: &str| word.replace("sha256:", "sha256:00:");
    if Client::FreeRdp2.is_there() {
        assert!(!opens(traced, Client::FreeRdp2, other), "any certificate will do");
    }
}

#[test]
fn xrdp_takes_freerdp_with_the_settings_of_a_trace() {
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    both(&trace(server.port, &[], None));
}

#[test]
fn freerdps_shadow_takes_freerdp_with_the_settings_of_a_trace() {
    let Some(server) = shadow("/sec:nla", "+auth") else { return };
    both(&trace(server.port, &[], None));
}
