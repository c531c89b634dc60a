//! A client that nobody here wrote, through the relay, beside a capture of the same connection that dumpcap made.

use std::{fs, process::Command};

use serde_json::Value;

use crate::{
    demo_server::serve,
    display::Display,
    dumpcap::{capturing, rdptrace, read, text},
    lab::{folder, free_port, has, is_root, skipped, wait_for_line},
};

/// What xfreerdp does with this server: as the relay reports it, and as `read` does of the capture.
fn both(fault: &[&str], client: &[&str]) -> (Value, Value) {
    let (_server, port) = serve(fault);
    let at = folder("relayed");
    let (reports, capture) = (at.join("reports.ndjson"), at.join("capture.pcapng"));
    let (target, door) = (format!("127.0.0.1:{port}"), free_port());
    let _dumpcap = capturing(port, &capture);
    let (listen, log) = (door.to_string(), at.join("relay.log"));
    let mut relay = rdptrace(&["relay", &target, "--listen", &listen, "--once", "-o", text(&reports)]);
    let mut relay = relay.stderr(fs::File::create(&log).expect("a file")).spawn().expect("it runs");
    wait_for_line(&log, "Ctrl-C ends it");
    let display = Display::start();
    let place = format!("/v:127.0.0.1:{door}");
    let arguments = [&[place.as_str(), "/u:demo", "/p:demo", "/cert:ignore"], client].concat();
    Command::new("xfreerdp").args(arguments).env("DISPLAY", &display.name).output().expect("xfreerdp runs");
    relay.wait().expect("it ends with its client");
    let relayed = fs::read(&reports).expect("a report");
    (serde_json::from_slice(&relayed).expect("one report"), read(&capture))
}

/// What both see: each phase with its ending, the failure, TLS and the certificate.
fn seen(report: &Value) -> Vec<(String, [Value; 6])> {
    let connection = &report["connections"][0];
    let phases = ["negotiate", "tls", "credssp", "mcs"];
    let of = |phase: &str| {
        let record = &connection["phases"][phase];
        let facts =
            ["/status", "/failure/kind", "/failure/code", "/evidence/version", "/evidence/cipher_suite"];
        let facts = facts.map(|fact| record.pointer(fact).cloned().unwrap_or_default());
        let print = record.pointer("/evidence/thumbprints/sha1").cloned().unwrap_or_default();
        let [a, b, c, d, e] = facts;
        (phase.to_owned(), [a, b, c, d, e, print])
    };
    phases.into_iter().map(of).collect()
}

#[test]
fn the_relay_and_a_capture_agree_on_what_freerdp_does() {
    if !has(&["xfreerdp", "Xvfb", "dumpcap"]) {
        return;
    }
    if !is_root() {
        return skipped("only root may capture");
    }
    let cases: [(&[&str], &[&str], &str, &str); 4] = [
        (&[], &["+auth-only", "/sec:nla"], "tls", "passed"),
        (&["--fault", "nla-required"], &["/sec:tls"], "negotiate", "failed"),
        (&["--fault", "tls-reset"], &["/sec:tls"], "tls", "failed"),
        (&["--fault", "tls-handshake-failure"], &["/sec:nla"], "tls", "failed"),
    ];
    for (fault, client, phase, status) in cases {
        let (relayed, captured) = both(fault, client);
        assert_eq!(relayed["connections"][0]["phases"][phase]["status"], status, "{fault:?} {relayed}");
        assert_eq!(seen(&relayed), seen(&captured), "{fault:?}");
        let ends = [&relayed, &captured].map(|report| &report["connections"][0]["ended_by"]);
        // Ends may cross on the way. The relay passes the client's on only once it has met it, so what it has met of the server
        // before that was first at the server too.
        if ends[0]["side"] == "server" {
            assert_eq!(ends[1]["side"], "server", "{fault:?}");
        }
        if fault.contains(&"tls-reset") {
            assert_eq!(ends.map(|end| [&end["side"], &end["how"]]), [["server", "rst"]; 2], "{fault:?}");
        }
    }
}
