//! The demo's gateway seen by two clients that nobody here wrote.

use std::{fs, path::PathBuf, process::Command};

use crate::{
    display::Display,
    lab::{Program, folder, free_port, has, skipped, wait_for, wait_for_line},
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

/// IronRDP's client, through the gateway with this fault: what it said, and the gateway's log.
fn ironrdp(fault: &str, password: &str) -> Option<(String, PathBuf)> {
    let Some(client) = std::env::var_os("RDPTRACE_MSTSGU") else {
        skipped("IronRDP's client of RD Gateway is not built, tests/run does that");
        return None;
    };
    let fault = if fault.is_empty() { vec![] } else { vec!["--fault", fault] };
    let (_gateway, port, log) = serve(&fault);
    let mut command = Command::new(client);
    // It would go through the proxy that the environment names.
    command.env_clear().args([&format!("127.0.0.1:{port}"), "demo", password, "rdsh01.corp.example"]);
    let output = command.output().expect("the client runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.success(), said.starts_with("confirm"), "{said}");
    Some((said, log))
}

/// It writes and reads the packets with its own code, and speaks SPNEGO where it is offered.
#[test]
fn ironrdp_hears_the_server_through_the_demo_gateway() {
    for fault in ["", "gateway-basic-only", "gateway-negotiate", "gateway-upgrade-stripped"] {
        let Some((said, log)) = ironrdp(fault, "demo") else { return };
        let came = fs::read_to_string(log).expect("the gateway's log").matches("a client came").count();
        // The first one is that of the test, which waits for the port.
        let connections = came - 1;
        assert_eq!(connections, if fault == "gateway-upgrade-stripped" { 2 } else { 1 }, "{fault}");
        // An X.224 Connection Confirm with a negotiation response that selects NLA.
        let confirm = "confirm [03, 00, 00, 13, 0e, d0, 00, 00, 00, 00, 00, 02, ";
        assert!(said.starts_with(confirm), "{fault}: {said}");
    }
}

#[test]
fn ironrdp_tells_what_the_demo_gateway_refuses() {
    for (fault, told) in [
        ("gateway-service-down", "HttpStatus(503)"),
        ("gateway-full", r#""Tunnel", kind: GatewayCode(23014)"#),
        ("gateway-connection-policy", r#""TunnelAuth", kind: GatewayCode(2147965403)"#),
        ("gateway-resource-policy", r#""ChannelCreate", kind: GatewayCode(2147965402)"#),
    ] {
        let Some((said, _)) = ironrdp(fault, "demo") else { return };
        assert!(said.contains(told), "{fault}: {said}");
    }
    let Some((_, log)) = ironrdp("", "wrong") else { return };
    wait_for_line(&log, "the password is refused");
}
