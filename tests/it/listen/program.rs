//! The program: where it listens, what it writes, and what it refuses.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
};

use rdptrace::report::Report;

use crate::program::{command, rdptrace, text};
#[cfg(unix)]
use crate::program::{ended_by_sigterm, terminate};

/// The exit code and the report of a listener for one client, the program with these arguments and then the address.
fn listened(client: &[&str]) -> (Option<i32>, String) {
    let arguments = ["listen", "127.0.0.1:0", "--once", "--format", "ndjson"];
    let mut child =
        command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut stderr = BufReader::new(child.stderr.take().expect("it was piped"));
    let mut told = String::new();
    stderr.read_line(&mut told).expect("a line");
    assert!(told.contains("Ctrl-C ends it"), "{told}");
    let address =
        told.split("listening on ").nth(1).and_then(|rest| rest.split(';').next()).expect("an address");
    rdptrace(&[client, &[address]].concat());
    let output = child.wait_with_output().expect("it ends");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "");
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().count(), 1, "{lines}");
    (output.status.code(), lines)
}

#[test]
fn one_client_is_a_report_a_line_and_an_exit_code() {
    let (code, lines) = listened(&["--local", "off", "--experiments", "off"]);
    assert_eq!(code, Some(0), "{lines}");
    let report: Report = serde_json::from_str(&lines).expect("a report");
    assert!(report.trace.connections[0].client.as_ref().is_some_and(|client| client.credssp.is_some()));
}

/// Who expects a gateway is not answered, and nobody has failed.
#[test]
fn tls_without_a_connection_request_is_told() {
    let (code, line) = listened(&["host.invalid", "--local", "off", "--gateway"]);
    let report: Report = serde_json::from_str(&line).expect("a report");
    let tls = report.trace.connections[0].phases.tls.as_ref().expect("a ClientHello");
    let why = tls.stopped.as_deref().unwrap_or_default();
    assert_eq!(code, Some(3), "{line}");
    assert!(why.contains("without a Connection Request") && tls.failure.is_none(), "{line}");
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_types, reason = "a client outside of a runtime, as others are")]
fn asked_to_end_it_reports_a_client_that_has_not_gone() {
    use std::{io::Write as _, net::TcpStream};

    let arguments = ["listen", "127.0.0.1:0", "--format", "ndjson"];
    let mut client = None;
    let (code, lines) = ended_by_sigterm(&arguments, |address, program| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        // A Connection Request for NLA, and the confirm.
        stream
            .write_all(&[3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0])
            .expect("it is taken");
        stream.read_exact(&mut [0; 19]).expect("an answer");
        client = Some(stream);
        terminate(program);
    });
    let report: Report = serde_json::from_str(&lines).expect("a report");
    let request = report.trace.connections[0].client.as_ref().and_then(|client| client.request.clone());
    assert_eq!(request.and_then(|request| request.protocols_code), Some(3));
    assert_eq!((code, report.answered_by.is_none()), (Some(3), true));
}

#[test]
fn an_address_that_is_none_is_one_sentence() {
    for address in ["here", "192.0.2.9", "0.0.0.0", "70000", "203.0.113.1:3390"] {
        let output = rdptrace(&["listen", address, "--once"]);
        assert_eq!(output.status.code(), Some(2), "{address}");
        assert!(output.stdout.is_empty(), "{address}");
    }
}
