//! What a proxy says is told as its client tells it, and what it leads to is read as without it.

use std::{collections::BTreeSet, net::SocketAddr};

use rdptrace::{
    Report, Settings, Target, Tracer,
    codes::Phase,
    internal::{
        demo::{DNS_COMPUTER, FAULTS, Fault, gateway},
        net::{Recorded, Recording},
        passive::is_relevant,
    },
    report::Status,
    settings::{Experiments, ProxyKind},
};

use super::{
    led::{Exchange, Led, Manner, Then},
    report, watched,
};
use crate::{
    demo_gateway,
    faults::settings_for,
    lab::Lab,
    relay::{about_us, difference, unseen},
};

const CONNECTED: &[Exchange] =
    &[(b"\r\n\r\n", b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 Connected\r\nVia: 1.1 p\r\n\r\n")];
const SOCKS: &[Exchange] = &[
    (&[5, 2, 0, 2], &[5, 2]),
    (b"\x06s3cret", &[1, 0]),
    (b"\x0d\x3d", &[5, 0, 0, 3, 4, b'h', b'o', b's', b't', 0, 80]),
];
const HTTP: Manner = Manner { kind: ProxyKind::Http, account: true, exchanges: CONNECTED, then: Then::Leads };
const SOCKS5: Manner = Manner { kind: ProxyKind::Socks5, account: true, exchanges: SOCKS, then: Then::Leads };

/// What a trace through this proxy reports, and what was recorded of it.
async fn through(manner: Manner, fault: Option<&'static Fault>) -> (Report, Recorded) {
    let lab = Lab::of(fault);
    let target = SocketAddr::from(([192, 0, 2, 15], 3389));
    let led = Led { manner, behind: &lab, target };
    let settings = manner.settings(settings_for(fault).experiments(Experiments::Off));
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    traced(&led, &settings, &target).await
}

async fn traced(led: &Led<'_>, settings: &Settings, target: &Target) -> (Report, Recorded) {
    let recording = Recording::of(led);
    let report = Tracer::new(target, settings, &recording).run().await;
    (report, recording.take())
}

/// The report of what was watched.
fn read(recorded: &Recorded, index: usize) -> Report {
    let flow = &recorded.flows[index];
    let connection = watched(flow, recorded);
    assert!(is_relevant(flow, &connection), "{:?}", connection.phases.connect);
    report(flow.clone(), recorded)
}

/// How the report of what was watched differs from that of the client.
fn differences(live: &Report, recorded: &Recorded) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, live) in live.trace.connections.iter().enumerate() {
        let report = read(recorded, index);
        wrong.extend(about_us(&report));
        let json = serde_json::to_string(&report).expect("a report is JSON");
        assert!(!json.contains("s3cret") && !json.contains("YW5uYT"), "no account is in the report");
        wrong.extend(difference(live, &report.trace.connections[0]));
    }
    wrong
}

/// For each manner one fault of every kind of failure in every phase.
#[tokio::test(start_paused = true)]
async fn what_is_behind_a_proxy_is_read_as_without_it() {
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, fault) in FAULTS.iter().map(Some).chain([None, None]).enumerate() {
        let name = fault.map_or("healthy", |fault| fault.name);
        let of_http = index % 2 == 0;
        if !seen.insert((of_http, fault.map(|fault| (fault.expect.phase, fault.expect.kind)))) {
            continue;
        }
        let manner = if of_http { HTTP } else { SOCKS5 };
        let (live, recorded) = through(manner, fault).await;
        let failure = live.trace.connections[0].phases.summaries();
        let failure = failure.iter().find_map(|seen| Some(seen.failure?.kind.name()));
        if !unseen(name, failure) {
            wrong.extend(differences(&live, &recorded).into_iter().map(|how| format!("{name}: {how}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Who it is, what it was asked for and how it answered.
#[tokio::test(start_paused = true)]
async fn a_proxy_is_told_as_its_client_tells_it() {
    for manner in [HTTP, SOCKS5] {
        let (live, recorded) = through(manner, None).await;
        let report = read(&recorded, 0);
        let target = report.trace.target.as_ref().expect("a target");
        assert_eq!((target.host.as_str(), target.port), ("rdsh01.corp.example", 3389));
        let of = |report: &Report| {
            let connect = report.trace.connections[0].phases.connect.clone().expect("connect");
            let mut proxy = connect.evidence.proxy.expect("a proxy");
            assert!(proxy.elapsed_ms.take().is_some());
            proxy
        };
        let (mut live, watched) = (of(&live), of(&report));
        // Its name was looked up before anything crossed.
        live.host = "192.0.2.9".to_owned();
        assert_eq!(live, watched);
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_and_silence_of_a_proxy_are_its_own() {
    const REFUSES: &[Exchange] = &[(b"\r\n\r\n", b"HTTP/1.0 403 Forbidden\r\n\r\n<html>")];
    const WANTS: &[Exchange] = &[(
        b"\r\n\r\n",
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 4\r\n\r\nbody",
    )];
    const ODD: &[Exchange] = &[(b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n")];
    const NOTHING: &[Exchange] = &[(b"\r\n\r\n", b"")];
    const NO_METHOD: &[Exchange] = &[(&[5, 1, 0], &[5, 255])];
    const WANTS_ACCOUNT: &[Exchange] = &[(&[5, 1, 0], &[5, 2])];
    const REFUSES_ACCOUNT: &[Exchange] = &[(&[5, 2, 0, 2], &[5, 2]), (b"s3cret", &[1, 9])];
    const UNREACHABLE: &[Exchange] = &[(&[5, 1, 0], &[5, 0]), (b"\x0d\x3d", &[5, 5])];
    const NO_SOCKS: &[Exchange] = &[(&[5, 1, 0], b"HTTP/1.1 400 Bad Request\r\n\r\n")];
    const BROKEN: &[Exchange] = &[(&[5, 1, 0], &[5, 0]), (b"\x0d\x3d", &[5, 0, 0, 9, 1, 2, 3])];
    const CHOSEN: &[Exchange] = &[(&[5, 1, 0], &[5, 0]), (b"\x0d\x3d", b"")];
    type Row = (ProxyKind, bool, &'static [Exchange], Then);
    let rows: [Row; 16] = [
        (ProxyKind::Http, false, REFUSES, Then::Closes),
        (ProxyKind::Http, false, WANTS, Then::Waits),
        (ProxyKind::Http, true, WANTS, Then::Closes),
        (ProxyKind::Http, false, ODD, Then::Waits),
        (ProxyKind::Http, false, NOTHING, Then::Waits),
        (ProxyKind::Http, false, NOTHING, Then::Closes),
        (ProxyKind::Http, false, NOTHING, Then::Resets),
        (ProxyKind::Socks5, false, NO_METHOD, Then::Closes),
        (ProxyKind::Socks5, false, WANTS_ACCOUNT, Then::Waits),
        (ProxyKind::Socks5, true, REFUSES_ACCOUNT, Then::Closes),
        (ProxyKind::Socks5, false, UNREACHABLE, Then::Closes),
        (ProxyKind::Socks5, false, NO_SOCKS, Then::Waits),
        (ProxyKind::Socks5, false, BROKEN, Then::Waits),
        (ProxyKind::Socks5, false, CHOSEN, Then::Waits),
        (ProxyKind::Socks5, false, CHOSEN, Then::Closes),
        (ProxyKind::Socks5, false, CHOSEN, Then::Resets),
    ];
    for (kind, account, exchanges, then) in rows {
        let manner = Manner { kind, account, exchanges, then };
        let (live, recorded) = through(manner, None).await;
        let flow = &recorded.flows[0];
        let connection = watched(flow, &recorded);
        assert_eq!(difference(&live.trace.connections[0], &connection), None, "{manner:?}");
        // Before it asked for anything, nobody knows that it is for Remote Desktop.
        if !is_relevant(flow, &connection) {
            let proxy = connection.phases.connect.and_then(|connect| connect.evidence.proxy);
            assert_eq!(proxy.expect("a proxy").asked_for, "", "{manner:?}");
            continue;
        }
        let report = read(&recorded, 0);
        assert_eq!(about_us(&report).collect::<Vec<_>>(), [""; 0], "{manner:?}");
        let finding = |report: &Report| report.findings.first().map(|found| found.code.to_string());
        assert_eq!(finding(&live), finding(&report), "{manner:?}");
        assert!(report.verdict.mstsc.is_none(), "{manner:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_behind_a_proxy_has_it_as_a_step() {
    let lab = demo_gateway::Lab::of(None);
    let settings = lab.settings(gateway::Entry::Account).experiments(Experiments::Off);
    let target: Target = DNS_COMPUTER.parse().expect("a target");
    let at = SocketAddr::from(([192, 0, 2, 1], 443));
    let (live, recorded) = {
        let led = Led { manner: HTTP, behind: &lab, target: at };
        traced(&led, &HTTP.settings(settings.clone()), &target).await
    };
    assert_eq!(differences(&live, &recorded), [""; 0]);
    let report = read(&recorded, 0);
    let through = report.trace.connections[0].phases.gateway.as_ref().expect("a gateway");
    assert_eq!((through.evidence.host.as_str(), through.evidence.port), (gateway::NAME, 443));
    let proxy = through.evidence.steps.proxy.as_ref().expect("a proxy");
    assert_eq!((proxy.status, proxy.evidence.status), (Status::Passed, Some(200)));
    assert!(report.trace.connections[0].phases.connect.is_none());
    // What no proxy leads to on the port of gateways would have been one.
    const DOWN: &[Exchange] = &[(b"\r\n\r\n", b"HTTP/1.1 503 Down\r\n\r\n")];
    let manner = Manner { exchanges: DOWN, then: Then::Closes, ..HTTP };
    let led = Led { manner, behind: &lab, target: at };
    let (live, recorded) = traced(&led, &manner.settings(settings), &target).await;
    let connection = watched(&recorded.flows[0], &recorded);
    assert_eq!(difference(&live.trace.connections[0], &connection), None);
    assert_eq!(live.verdict.phase, Some(Phase::Gateway));
    // A browser asks for that port too.
    assert!(!is_relevant(&recorded.flows[0], &connection));
}
