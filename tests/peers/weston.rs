//! weston 10 with its RDP backend, which knows no authentication and goes on to an active session.

use std::{path::PathBuf, process::Command};

use serde_json::json;

use crate::lab::{Program, certificate, colours, folder, free_port, has, trace, wait_for};

pub(crate) struct Weston {
    pub port: u16,
    folder: PathBuf,
    _program: Program,
}

/// Unless it is not installed.
pub(crate) fn start() -> Option<Weston> {
    if !has(&["weston"]) {
        return None;
    }
    let folder = folder("weston");
    let port = free_port();
    certificate(&folder, "weston.example", -1, 100);
    let path = |name: &str| folder.join(name).display().to_string();
    let mut command = Command::new("weston");
    command
        .args(["--backend=rdp-backend.so", "--address=127.0.0.1", &format!("--port={port}")])
        .arg(format!("--rdp-tls-cert={}", path("cert.pem")))
        .arg(format!("--rdp-tls-key={}", path("key.pem")))
        .env("XDG_RUNTIME_DIR", &folder);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    Some(Weston { port, folder, _program: program })
}

#[test]
fn weston_reaches_the_end_of_the_activation() {
    let Some(server) = start() else { return };
    let picture = server.folder.join("screen.png").display().to_string();
    // A busy machine takes its time to draw, and to decode.
    let arguments = [
        "--until",
        "activate",
        "--server-name",
        "weston.example",
        "--timeout",
        "40",
        "--screenshot",
        &picture,
    ];
    let traced = trace(server.port, &arguments, None);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "activate");
    assert_eq!(traced.evidence("licensing", "outcome"), "valid_client");
    assert_eq!(traced.evidence("activate", "server_name"), "RDP");
    assert_eq!(traced.evidence("activate", "desktop_width"), 1024);
    assert_eq!(traced.evidence("activate", "desktop_height"), 768);
    assert_eq!(traced.evidence("activate", "capability_sets").as_array().map(Vec::len), Some(14));
    assert_eq!(traced.at("/answered_by/who"), "freerdp");
    assert_eq!(traced.code, Some(0));
    // Its desktop comes in RemoteFX: a pattern, a panel and a clock.
    assert_eq!(traced.at("/connections/0/session/blank"), false);
    assert_eq!(traced.at("/connections/0/session/undecoded"), 0);
    assert!(colours(&picture) > 100);
}
