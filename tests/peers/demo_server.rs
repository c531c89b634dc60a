//! The demo server seen by a client that nobody here wrote.

use std::process::Command;

use crate::{
    display::Display,
    lab::{Program, folder, free_port, has, wait_for, wait_for_line},
};

/// A demo server, and its port.
pub(crate) fn serve(fault: &[&str]) -> (Program, u16) {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.args(["demo", "--serve", &format!("127.0.0.1:{port}")]).args(fault);
    let program = Program::start(&mut command, &folder("demo").join("log"));
    wait_for(port);
    (program, port)
}

/// Runs xfreerdp as far as CredSSP; its exit code and what it said.
fn authenticate(port: u16, password: &str) -> (Option<i32>, String) {
    let target = format!("/v:127.0.0.1:{port}");
    let secret = format!("/p:{password}");
    let arguments = [&target, "/u:demo", &secret, "/cert:ignore", "+auth-only", "/sec:nla"];
    let display = Display::start();
    let output = Command::new("xfreerdp").args(arguments).env("DISPLAY", &display.name).output();
    let output = output.expect("xfreerdp runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn freerdp_authenticates_to_the_demo_server() {
    if !has(&["xfreerdp", "Xvfb"]) {
        return;
    }
    let (_server, port) = serve(&[]);
    let (code, said) = authenticate(port, "demo");
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = authenticate(port, "wrong");
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("LOGON_FAILURE"), "{said}");
}

/// FreeRDP salts its MACs; it decrypts what the server sets.
#[test]
fn freerdp_speaks_standard_rdp_security_with_the_demo_server() {
    if !has(&["xfreerdp", "Xvfb", "timeout"]) {
        return;
    }
    let (_server, port) = serve(&["--fault", "standard-security-error-info"]);
    let target = format!("/v:127.0.0.1:{port}");
    let display = Display::start();
    // It goes on waiting for the server after its error, and is ended.
    let arguments = ["5", "xfreerdp", &target, "/u:demo", "/p:", "/cert:ignore", "/sec:rdp"];
    let output = Command::new("timeout").args(arguments).env("DISPLAY", &display.name).output();
    let said = output.expect("xfreerdp runs").stderr;
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("ERRINFO_LICENSE_NO_LICENSE_SERVER"), "{said}");
}

/// FreeRDP encrypts its license PDUs, though the server does not say that it can read them.
#[test]
fn freerdp_gets_a_license_and_a_session_with_standard_rdp_security() {
    if !has(&["xfreerdp", "Xvfb", "stdbuf"]) {
        return;
    }
    for fault in ["standard-security-license", "standard-security-40-bit", "standard-security-plain"] {
        let (_server, port) = serve(&["--fault", fault]);
        let target = format!("/v:127.0.0.1:{port}");
        let display = Display::start();
        let mut command = Command::new("stdbuf");
        command.args(["-oL", "xfreerdp", &target, "/u:demo", "/p:", "/cert:ignore", "/sec:rdp"]);
        command.arg("/log-level:debug").env("DISPLAY", &display.name);
        let log = folder("xfreerdp").join("log");
        let _client = Program::start(&mut command, &log);
        wait_for_line(&log, "--> CONNECTION_STATE_ACTIVE");
    }
}

#[test]
fn freerdp_names_the_status_that_a_fault_sends() {
    if !has(&["xfreerdp", "Xvfb"]) {
        return;
    }
    let (_server, port) = serve(&["--fault", "account-locked"]);
    let (_, said) = authenticate(port, "demo");
    assert!(said.contains("ACCOUNT_LOCKED_OUT"), "{said}");
}
