//! The demo's gateway seen by a client that nobody here wrote.

use std::{path::PathBuf, process::Command};

use crate::{
    display::Display,
    lab::{Program, folder, free_port, has, wait_for, wait_for_line},
};

/// The client's end of a connection; both programs end with it.
struct Connection {
    client: PathBuf,
    gateway: PathBuf,
    _programs: [Program; 2],
    _display: Display,
}

/// Starts the gateway with these arguments; its port and its log.
fn serve(fault: &[&str]) -> (Program, u16, PathBuf) {
    let (port, log) = (free_port(), folder("demo-gateway").join("log"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.args(["demo", "--gateway", "-v", "--serve", &format!("127.0.0.1:{port}")]).args(fault);
    let program = Program::start(&mut command, &log);
    wait_for(port);
    (program, port, log)
}

/// Starts the gateway with these arguments and xfreerdp through it with this password and this transport.
fn connect(fault: &[&str], password: &str, transport: &str) -> Connection {
    let (server, port, gateway) = serve(fault);
    let client = folder("xfreerdp").join("log");
    let display = Display::start();
    let mut command = Command::new("stdbuf");
    command
        .args(["-oL", "xfreerdp", &format!("/g:127.0.0.1:{port}"), "/gu:demo", "/gd:CORP"])
        .args([&format!("/gp:{password}"), transport, "/v:rdsh01.corp.example"])
        .args(["/u:demo", "/p:demo", "/cert-ignore", "/log-level:debug"])
        .env("DISPLAY", &display.name);
    let started = Program::start(&mut command, &client);
    Connection { client, gateway, _programs: [server, started], _display: display }
}

#[test]
fn freerdp_gets_a_session_through_the_demo_gateway() {
    if !has(&["xfreerdp", "Xvfb", "stdbuf"]) {
        return;
    }
    for transport in ["/gt:http", "/gt:http,no-websockets"] {
        let connection = connect(&[], "demo", transport);
        wait_for_line(&connection.client, "--> CONNECTION_STATE_ACTIVE");
    }
}

#[test]
fn freerdp_is_refused_with_a_wrong_password_or_by_a_policy() {
    if !has(&["xfreerdp", "Xvfb", "stdbuf"]) {
        return;
    }
    let connection = connect(&[], "wrong", "/gt:http");
    wait_for_line(&connection.gateway, "the password is refused");
    let connection = connect(&["--fault", "gateway-connection-policy"], "demo", "/gt:http");
    wait_for_line(&connection.client, "E_PROXY_NAP_ACCESSDENIED");
}
