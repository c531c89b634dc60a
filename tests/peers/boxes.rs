//! Boxes on the way that judge or spoil connections, each as a relay in front of a real server.

use std::{
    fs,
    net::SocketAddr,
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    lab::{Traced, folder, has, is_root, trace, traced},
    namespace::Namespace,
    relay::{Fate, Sent, relay, relay_on, silent},
    xrdp::{VALID, Xrdp, xrdp, xrdp_in},
};

const NAMED: [&str; 4] = ["--timeout", "1", "--server-name", "xrdp.example"];

fn healthy() -> Option<Xrdp> {
    xrdp(&[("security_layer", "tls")], VALID)
}

fn aborted(traced: &Traced, phase: &str, kind: &str) {
    assert_eq!(traced.ending(), [json!("aborted"), json!(phase), json!(kind)], "{traced:#?}");
}

/// Whether a ClientHello lists TLS 1.3, alone or before or after TLS 1.2 (RFC 8446 4.2.1).
fn offers_tls_1_3(sent: Sent<'_>) -> bool {
    let lists: [&[u8]; 3] = [&[0, 3, 2, 3, 4], &[0, 5, 4, 3, 4, 3, 3], &[0, 5, 4, 3, 3, 3, 4]];
    sent.is_hello() && lists.iter().any(|list| sent.has(&[&[0, 43], *list].concat()))
}

#[test]
fn a_box_that_stumbles_over_tls_1_3_lets_tls_1_2_pass() {
    let Some(server) = healthy() else { return };
    let port = relay(server.port, |sent| if offers_tls_1_3(sent) { Fate::Reset } else { Fate::Pass });
    let traced = trace(port, &NAMED, None);
    aborted(&traced, "tls", "reset");
    let expected = [
        "tls12-only: tls passed",
        "tls13-only: tls reset",
        "small-hello: tls reset",
        "large-hello: tls reset",
        "no-sni: tls reset",
        "legacy-hello: tls passed",
        "protocol-rdp: negotiate negotiation_failure",
        "repeat: tls reset",
    ];
    assert_eq!(traced.experiments(), expected);
    assert_eq!(traced.experiment("tls12-only", "tls")["version"], "TLSv1.2");
    assert_eq!(traced.code, Some(14));
}

/// The first connection fails, and some of those that are like it.
#[test]
fn every_third_connection_that_fails_shows_in_the_repetitions() {
    let Some(server) = healthy() else { return };
    let unlucky = |sent: Sent<'_>| sent.is_hello() && sent.connection.is_multiple_of(3);
    let port = relay(server.port, move |sent| if unlucky(sent) { Fate::Reset } else { Fate::Pass });
    let traced = trace(port, &NAMED, None);
    aborted(&traced, "tls", "reset");
    let made = traced.experiments();
    assert_eq!(made.len(), 9, "{made:?}");
    assert_eq!(made[7..], ["repeat: tls reset", "repeat: tls passed"]);
    assert_eq!(traced.at("/causes/0/code"), "pool-member-broken");
}

#[test]
fn a_slow_way_takes_its_time_and_passes() {
    let Some(server) = healthy() else { return };
    let port = relay(server.port, |_| Fate::Late(Duration::from_millis(150)));
    let traced = trace(port, &["--timeout", "3"], None);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    for phase in ["negotiate", "tls", "licensing"] {
        let took = traced.at(&format!("/connections/0/phases/{phase}/elapsed_ms")).as_f64();
        assert!(took.is_some_and(|took| took > 150.0), "{phase}: {took:?}");
    }
}

#[test]
fn a_way_that_is_slower_than_the_timeout_ends_at_it() {
    let Some(server) = healthy() else { return };
    let late = |sent: Sent<'_>| match sent.is_hello() {
        true => Fate::Late(Duration::from_secs(2)),
        false => Fate::Pass,
    };
    let traced = trace(relay(server.port, late), &["--timeout", "1", "--experiments", "off"], None);
    aborted(&traced, "tls", "timeout");
    assert_eq!(traced.experiments(), [""; 0]);
}

/// Stopped while the hello is on its way, xrdp still has its port: the system takes connections for it.
#[test]
fn a_server_that_stops_in_the_middle_answers_nothing_any_more() {
    let Some(server) = healthy() else { return };
    let (to, server) = (server.port, Arc::new(server));
    let port = relay(to, move |sent| {
        if sent.is_hello() {
            server.signal("-STOP");
        }
        Fate::Pass
    });
    let traced = trace(port, &["--timeout", "1", "--deadline", "3"], None);
    aborted(&traced, "tls", "timeout");
    assert_eq!(traced.at("/verdict/reached"), "negotiate");
    let made = traced.experiments();
    assert!(!made.is_empty() && made.iter().all(|end| end.ends_with(": negotiate timeout")), "{made:?}");
}

/// Each lasts the whole second; what the deadline leaves no time for is not begun.
#[test]
fn no_more_than_two_connections_are_made_at_once() {
    let begins = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&begins);
    let port = relay(silent(), move |_| {
        seen.lock().expect("nobody panicked").push(Instant::now());
        Fate::Swallowed
    });
    let traced = trace(port, &["--timeout", "1", "--deadline", "4"], None);
    aborted(&traced, "negotiate", "timeout");
    let begins = begins.lock().expect("nobody panicked");
    assert_eq!(traced.experiments().len() + 1, begins.len(), "{traced:#?}");
    assert!(begins.len() >= 5);
    let crowded = begins.windows(3).any(|three| three[2] - three[0] < Duration::from_millis(500));
    assert!(!crowded, "{begins:?}");
}

/// The sixth connection is the last that this filter lets pass; a server of TLS 1.1 fails them all.
#[test]
fn a_limit_of_connections_shows_where_it_begins() {
    let Some(namespace) = Namespace::new() else { return };
    let old = [("security_layer", "tls"), ("ssl_protocols", "TLSv1.1"), ("tls_ciphers", "ALL:@SECLEVEL=0")];
    let Some(_server) = xrdp_in(&namespace, &old) else { return };
    namespace
        .rules("tcp dport 3389 ct state new limit rate over 5/minute burst 6 packets reject with tcp reset");
    let traced = namespace.trace("127.0.0.1", &["--timeout", "1"]);
    aborted(&traced, "tls", "tls_alert");
    let made = traced.experiments();
    assert!(made[..5].iter().all(|end| end.ends_with(": tls tls_alert")), "{made:?}");
    assert_eq!(made[5..].len(), 2, "who knocks on is not let in again: {made:?}");
    assert!(made[5..].iter().all(|end| end.ends_with(": connect refused")), "{made:?}");
    assert!(traced.found("experiment-turned-away") && traced.may_be("rate-limited"));
}

/// The resolver of both addresses is a hosts file of the test's own.
#[test]
fn the_other_address_of_a_name_shows_that_one_host_alone_is_ill() {
    if !(has(&["unshare", "mount"]) && is_root()) {
        return;
    }
    let Some(server) = healthy() else { return };
    let ill = relay(server.port, |sent| if sent.is_hello() { Fate::Reset } else { Fate::Pass });
    relay_on(SocketAddr::from(([127, 0, 0, 2], ill)), server.port, |_| Fate::Pass);
    let hosts = folder("hosts").join("hosts");
    fs::write(&hosts, "127.0.0.1 farm.example\n127.0.0.2 farm.example\n").expect("a file");
    let script = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script]).arg(&hosts).arg(env!("CARGO_BIN_EXE_rdptrace"));
    let traced = traced(command, "farm.example", ill, &["--timeout", "1"]);
    aborted(&traced, "tls", "reset");
    assert_eq!(traced.at("/connections/0/phases/connect/evidence/peer"), &json!(format!("127.0.0.1:{ill}")));
    let made = traced.experiments();
    let (others, same): (Vec<_>, Vec<_>) = made.iter().partition(|end| end.starts_with("next-address"));
    assert_eq!(others, ["next-address-1: tls passed"]);
    assert!(same.len() == 8, "{made:?}");
    let resets = |end: &&&String| end.ends_with(": tls reset");
    assert_eq!(same.iter().filter(resets).count(), 7, "only Standard RDP Security needs no TLS: {made:?}");
}
