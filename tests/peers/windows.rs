//! The program that was built for Windows, under Wine, with servers of this system.

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
};

use serde_json::{Value, json};

use crate::{
    lab::{Program, Traced, folder, free_port, trace, traced, wait_for},
    xrdp::{VALID, xrdp},
};

const WSAHOST_NOT_FOUND: i64 = 11001;

/// Wine with the program; tests/run --windows names it.
pub(crate) fn program() -> Option<Command> {
    let Some(file) = env::var_os("RDPTRACE_WINDOWS_EXE") else {
        eprintln!(
            "SKIPPED {}: RDPTRACE_WINDOWS_EXE is not set",
            thread::current().name().unwrap_or_default()
        );
        return None;
    };
    let mut command = Command::new("wine");
    command.arg(file).env_remove("RDPTRACE_PASSWORD").stdin(Stdio::null());
    Some(command)
}

#[test]
fn it_says_of_xrdp_what_the_program_of_this_system_says() {
    let Some(windows) = program() else { return };
    let Some(server) = xrdp(&[("security_layer", "negotiate")], VALID) else { return };
    // Each machine has settings of its own, which are no matter of the wire.
    let arguments = ["--server-name", "xrdp.example", "--until", "activate", "--local", "off"];
    let there = traced(windows, "127.0.0.1", server.port, &arguments);
    assert_eq!(there.code, Some(0), "{there:#?}");
    assert_eq!(there.at("/verdict/reached"), "activate");
    assert_eq!(there.at("/certificate/names"), &json!(["xrdp.example"]));
    assert_eq!(there.evidence("tls", "version"), "TLSv1.3");
    assert_eq!(there.evidence("licensing", "outcome"), "valid_client");
    let here = trace(server.port, &arguments, None);
    for part in ["/verdict", "/certificate", "/findings"] {
        assert_eq!(there.at(part), here.at(part), "{part}");
    }
    for phase in ["negotiate", "mcs", "licensing", "activate"] {
        let evidence = format!("/connections/0/phases/{phase}/evidence");
        assert_eq!(there.at(&evidence), here.at(&evidence), "{phase}");
    }
}

/// The numbers of Winsock mean what those of unix mean.
#[test]
fn it_tells_a_closed_port_a_silent_one_and_an_unknown_name_apart() {
    let ending =
        |traced: &Traced| (traced.ending().map(|part| part.as_str().map(str::to_owned)), traced.code);
    let aborted = |phase: &str, kind: &str, code| {
        (["aborted", phase, kind].map(|part| Some(part.to_owned())), Some(code))
    };
    let Some(windows) = program() else { return };
    let closed = traced(windows, "127.0.0.1", free_port(), &[]);
    assert_eq!(ending(&closed), aborted("connect", "refused", 11), "{closed:#?}");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let silent = traced(program().expect("as before"), "127.0.0.1", port, &["--timeout", "1"]);
    assert_eq!(ending(&silent), aborted("negotiate", "timeout", 13), "{silent:#?}");
    let unknown = |program| traced(program, "no-such-host.invalid", 3389, &[]);
    let here = unknown(Command::new(env!("CARGO_BIN_EXE_rdptrace")));
    let there = unknown(program().expect("as before"));
    // Without a network neither resolver knows that there is no such name.
    assert_eq!((there.ending(), there.code), (here.ending(), Some(10)), "{there:#?}");
    if there.at("/verdict/failure/kind") == "not_found" {
        assert_eq!(there.at("/verdict/failure/code"), WSAHOST_NOT_FOUND);
    }
}

#[test]
fn it_writes_to_a_path_with_a_drive_and_backslashes() {
    let Some(mut windows) = program() else { return };
    let file = folder("windows").join("report.txt");
    let path = format!("Z:{}", file.display().to_string().replace('/', "\\"));
    let output = windows.args(["demo", "--color", "always", "-o", &path]).output().expect("Wine runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let written = std::fs::read_to_string(file).expect("the report");
    assert!(written.contains("PASSED") && !written.contains(['\u{1b}', '\r']), "{written}");
}

/// Its sockets reset where the demo means to; under Wine itself a reset is read as an end of the stream.
#[test]
fn its_demo_server_resets_and_closes() {
    for (fault, kind) in [("negotiate-reset", "reset"), ("negotiate-close", "closed")] {
        let Some(mut windows) = program() else { return };
        let port = free_port();
        windows.args(["demo", "--serve", &format!("127.0.0.1:{port}"), "--fault", fault]);
        let _server = Program::start(&mut windows, &folder("windows").join("log"));
        wait_for(port);
        assert_eq!(trace(port, &[], None).at("/verdict/failure/kind"), kind);
    }
}

/// Wine makes CTRL_C_EVENT of SIGINT.
fn interrupt(child: &Child) {
    let sent = Command::new("sh").args(["-c", "kill -INT \"$0\"", &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()));
}

#[test]
fn ctrl_c_ends_a_wait_with_its_report() {
    let Some(mut windows) = program() else { return };
    let target = format!("127.0.0.1:{}", free_port());
    windows.args(["trace", &target, "--wait", "1h", "--format", "json"]);
    let mut child = windows.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("Wine runs");
    let mut stderr = BufReader::new(child.stderr.take().expect("it was piped"));
    let mut said = String::new();
    stderr.read_line(&mut said).expect("a line");
    assert!(said.starts_with("try 1, "), "{said}");
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    stderr.read_to_string(&mut said).expect("text");
    assert_eq!(output.status.code(), Some(11), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["verdict"]["failure"]["kind"], "refused");
}

#[test]
fn ctrl_c_ends_a_trace_with_an_exit_code_of_its_own() {
    let Some(mut windows) = program() else { return };
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let target = silent.local_addr().expect("an address").to_string();
    let child = windows.args(["trace", &target]).stdout(Stdio::piped()).spawn().expect("Wine runs");
    let _connection = silent.accept().expect("the trace connects");
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{printed}");
    assert!(printed.contains("interrupted by the user"), "{printed}");
}
