//! The program: where it listens, what it writes, and what it refuses.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
};

use rdptrace::{DEFAULT_PORT, report::Report};

use crate::program::{Served, command, file, rdptrace, text};
#[cfg(unix)]
use crate::program::{ended_by_sigterm, terminate};

/// A relay for one client, traced with these arguments; the exit code and both outputs of the relay.
pub(super) fn relayed(target: &str, arguments: &[&str], trace: &[&str]) -> (i32, String, String) {
    let client = |address: &str| {
        rdptrace(&[&[address, "--local", "off", "--experiments", "off"], trace].concat());
    };
    relayed_by(target, arguments, client)
}

/// The same for a client that is told the relay's address.
pub(super) fn relayed_by(
    target: &str,
    arguments: &[&str],
    client: impl FnOnce(&str),
) -> (i32, String, String) {
    let all = [&["relay", target, "--listen", "127.0.0.1:0", "--once"], arguments].concat();
    let mut child = command(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut stderr = BufReader::new(child.stderr.take().expect("it was piped"));
    let mut told = String::new();
    stderr.read_line(&mut told).expect("a line");
    let address = told.split("relaying ").nth(1).and_then(|rest| rest.split(' ').next()).expect("an address");
    client(address);
    let output = child.wait_with_output().expect("it ends");
    stderr.read_to_string(&mut told).expect("text");
    (output.status.code().expect("a code"), text(&output.stdout), told)
}

#[test]
fn a_client_ends_in_a_page_with_its_exit_code() {
    let served = Served::start(&["--fault", "nla-required"]);
    let (code, page, told) = relayed(&served.1, &[], &["--security", "tls"]);
    assert_eq!(code, 13, "{page}");
    assert!(page.starts_with(&format!("{}\n", served.1)), "{page}");
    assert!(page.contains("the server refused the offer with failure 5"), "{page}");
    assert!(told.contains("Ctrl-C ends it"), "{told}");
}

#[test]
fn a_file_gets_a_report_a_line_and_a_capture_what_passed() {
    let served = Served::start(&[]);
    let (reports, capture) = (file("relay.ndjson"), file("relay.pcapng"));
    let (reports, capture) = (reports.to_str().expect("UTF-8"), capture.to_str().expect("UTF-8"));
    fs::write(reports, "of yesterday").expect("it can be written");
    let (code, page, _) = relayed(&served.1, &["-o", reports, "--capture", capture], &["--security", "tls"]);
    assert_eq!((code, page.as_str()), (0, ""));
    let lines = fs::read_to_string(reports).expect("reports");
    let report: Report = serde_json::from_str(&lines).expect("one report");
    let connection = &report.trace.connections[0];
    assert_eq!(connection.peer.map(|peer| peer.to_string()).as_deref(), Some(served.1.as_str()));
    let read = text(&rdptrace(&["read", capture, "--format", "ndjson"]).stdout);
    let again: Report = serde_json::from_str(&read).expect("one report");
    let bytes = |report: &Report| {
        let watched = report.trace.connections[0].watched.as_ref().expect("it was watched");
        (watched.client.bytes, watched.server.bytes, watched.client.missing_bytes)
    };
    assert_eq!(bytes(&again), bytes(&report));
    let print = |report: &Report| {
        let tls = report.trace.connections[0].phases.tls.as_ref().expect("TLS passed");
        (tls.evidence.version.clone(), tls.evidence.cipher_suite.clone())
    };
    assert_eq!(print(&again), print(&report));
}

/// The second connection comes while the first is open.
#[test]
fn one_client_of_a_gateway_may_need_two_connections() {
    let gateway = Served::start(&["--gateway", "--fault", "gateway-upgrade-stripped"]);
    let client = |address: &str| {
        let through = ["trace", "rdsh01.corp.example", "--gateway", address, "--gateway-user", "CORP\\demo"];
        let rest = ["--local", "off", "--experiments", "off", "--timeout", "5"];
        let mut trace = command(&[&through[..], &rest].concat());
        let output = trace.env("RDPTRACE_GATEWAY_PASSWORD", "demo").output().expect("it runs");
        let page = text(&output.stdout);
        assert!(page.contains("channel 1") && page.contains("credssp"), "{page}{}", text(&output.stderr));
    };
    let (_, page, _) = relayed_by(&gateway.1, &["--format", "ndjson"], client);
    assert_eq!(page.lines().count(), 2, "without keys each is a report: {page}");
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_types, reason = "a client outside of a runtime, as others are")]
fn asked_to_end_it_reports_the_connections_that_are_open() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let target = server.local_addr().expect("an address").to_string();
    let arguments = ["relay", &target, "--listen", "127.0.0.1:0"];
    let mut open = None;
    let (code, page) = ended_by_sigterm(&arguments, |address, program| {
        let client = std::net::TcpStream::connect(address).expect("it listens");
        open = Some((client, server.accept().expect("the relay connects")));
        terminate(program);
    });
    assert_eq!(code, Some(0), "{page}");
    assert!(page.starts_with(&format!("{target}\n")), "{page}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_capture_that_cannot_be_written_is_exit_code_2() {
    let served = Served::start(&[]);
    let (code, page, told) = relayed(&served.1, &["--capture", "/dev/full"], &["--security", "tls"]);
    assert_eq!(code, 2, "{page}");
    assert!(page.contains("Verdict ") && told.contains("--capture is given up"), "{page}{told}");
}

#[test]
fn what_cannot_be_relayed_is_one_sentence() {
    let taken = Served::start(&[]);
    let cases: [(&[&str], &str); 6] = [
        (&["host", "--listen", "nowhere"], "an address and a port are expected"),
        (&["host"], "--listen"),
        (&["host:0", "--listen", "0"], "port"),
        (&["127.0.0.1:4", "--listen", &taken.1], "cannot listen on"),
        (&["127.0.0.1:3", "--listen", "0", "--capture", "/nowhere/at/all"], "cannot write /nowhere/at/all"),
        (&["127.0.0.1:3", "--listen", "0", "--capture", "same", "-o", "same"], "cannot go to the same file"),
    ];
    for (arguments, said) in cases {
        let output = rdptrace(&[&["relay"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(said), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_relay_does_not_lead_to_itself() {
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it").port();
    assert_ne!(port, DEFAULT_PORT);
    let own = format!("127.0.0.1:{port}");
    let output = rdptrace(&["relay", &own, "--listen", &own]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("where this relay listens itself"), "{}", text(&output.stderr));
}
