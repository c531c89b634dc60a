//! What is watched of the way through a gateway is what its client reports, over WebSocket and over two connections.

use rdptrace::{
    Network, Report, Settings, Target, Tracer,
    codes::Phase,
    internal::{
        demo::{DNS_COMPUTER, gateway},
        net::{Recorded, Recording},
    },
    report::{Connection, Phases, Status},
    settings::Experiments,
};

use super::{
    lab::{Lab, anonymous},
    packets::Carrier,
    rows::rows,
    script::Script,
};
use crate::{demo_gateway, passive, relay::about_us};

/// How a connection ended: the phase, the step of the gateway, the kind and the code of its failure.
type Ending = (&'static str, &'static str, &'static str, Option<i64>);

fn ending(connection: &Connection) -> Option<Ending> {
    let summaries = connection.phases.summaries();
    let failed = summaries.iter().find(|seen| seen.status == Status::Failed)?;
    let failure = failed.failure.expect("a failure");
    Some((failed.phase.name(), step(&connection.phases), failure.kind.name(), failure.code))
}

/// The step of the gateway that failed.
fn step(phases: &Phases) -> &'static str {
    let Some(gateway) = &phases.gateway else { return "" };
    let steps = gateway.evidence.steps.summaries();
    steps.iter().find(|seen| seen.status == Status::Failed).map_or("", |seen| seen.step.as_str())
}

/// The thumbprints of the gateway's certificate, and of the server's.
fn certificates(phases: &Phases) -> [Option<&str>; 2] {
    let through = phases.gateway.as_ref().and_then(|gateway| gateway.evidence.steps.tls.as_ref());
    [through, phases.tls.as_ref()].map(|tls| Some(tls?.evidence.thumbprints.as_ref()?.sha1.as_str()))
}

/// Steps that passed, in order.
fn passed(phases: &Phases) -> Vec<&'static str> {
    let Some(gateway) = &phases.gateway else { return Vec::new() };
    let steps = gateway.evidence.steps.summaries();
    let passed = steps.iter().filter(|seen| seen.status == Status::Passed).map(|seen| seen.step.as_str());
    passed.filter(|step| *step != "resolve").collect()
}

async fn traced(network: &dyn Network, settings: &Settings, target: &str) -> (Report, Recorded) {
    let recording = Recording::of(network);
    let target: Target = target.parse().expect("a target");
    let settings = settings.clone().experiments(Experiments::Off);
    let report = Tracer::new(&target, &settings, &recording).run().await;
    (report, recording.take())
}

/// How what was watched differs from what the client reports of its first connection.
fn difference(live: &Report, recorded: &Recorded) -> Option<String> {
    let live = &live.trace.connections[0];
    let report = passive::read(recorded);
    let ours: Vec<_> = about_us(&report).collect();
    let same = |watched: &&Connection| match ending(live) {
        Some(expected) if ending(watched) == Some(expected) => true,
        Some(_) if !is_by_client(live) => false,
        _ => {
            let steps = passed(&watched.phases);
            ending(watched).is_none() && passed(&live.phases).iter().all(|step| steps.contains(step))
        }
    };
    let found = report.trace.connections.iter().find(same);
    let certificate = found.is_none_or(|found| certificates(&found.phases) == certificates(&live.phases));
    let told: Vec<_> =
        report.trace.connections.iter().map(|made| (ending(made), passed(&made.phases))).collect();
    (found.is_none() || !certificate || !ours.is_empty()).then(|| {
        format!(
            "{:?} {:?}, but {told:?} certificate {certificate} {ours:?}",
            ending(live),
            passed(&live.phases)
        )
    })
}

/// Whether the client found no way to log on that it knows, which is its own choice.
fn is_by_client(live: &Connection) -> bool {
    let auth = live.phases.gateway.as_ref().and_then(|gateway| gateway.evidence.steps.auth.as_ref());
    ending(live).is_some_and(|(_, step, kind, _)| (step, kind) == ("auth", "http_status"))
        && auth.is_some_and(|auth| !auth.evidence.attempted)
}

/// Before anything is asked inside TLS nobody knows that it is a gateway.
fn is_known(report: &Report) -> bool {
    !matches!(step(&report.trace.connections[0].phases), "connect" | "tls")
}

#[tokio::test(start_paused = true)]
async fn faults_of_the_demos_gateway_are_watched_as_they_are_met() {
    let mut wrong = Vec::new();
    for fault in gateway::all() {
        let lab = demo_gateway::Lab::of(Some(fault));
        let (live, recorded) = traced(&lab, &lab.settings(fault.entry), DNS_COMPUTER).await;
        if is_known(&live) {
            wrong.extend(difference(&live, &recorded).map(|how| format!("{}: {how}", fault.name)));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn faults_of_a_gateway_are_watched_over_either_way() {
    let mut wrong = Vec::new();
    for row in rows() {
        for carrier in [row.script.carrier, Carrier::Bodies] {
            let lab = Lab::new(Script { carrier, ..row.script.clone() });
            let settings = lab.settings(row.gateway.clone());
            let (live, recorded) = traced(&lab, &settings, "rdsh01.corp.example").await;
            if is_known(&live) {
                let how = difference(&live, &recorded);
                wrong.extend(how.map(|how| format!("{} {carrier:?}: {how}", row.about)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Nobody is blamed for what is in no record.
#[tokio::test(start_paused = true)]
async fn one_of_two_connections_alone_is_unseen_where_the_other_begins() {
    let fault = gateway::find("gateway-upgrade-stripped");
    let lab = demo_gateway::Lab::of(fault);
    let (live, recorded) = traced(&lab, &lab.settings(gateway::Entry::Account), DNS_COMPUTER).await;
    assert_eq!(recorded.flows.len(), 2);
    let both = passive::read(&recorded);
    assert_eq!(both.trace.connections.len(), 1);
    let through = &both.trace.connections[0].phases.gateway.as_ref().expect("a gateway").evidence;
    assert_eq!(through.transport.as_ref().map(|way| way.as_str()), Some("http"));
    let channel = |report: &Report| {
        let gateway = report.trace.connections[0].phases.gateway.clone().expect("a gateway");
        gateway.evidence.steps.channel.map(|channel| channel.evidence.port)
    };
    assert_eq!(channel(&both), channel(&live).map(|_| Some(3389)));
    for index in [0, 1] {
        let keys = recorded.keys.clone();
        let mut alone = Recorded::default();
        (alone.flows, alone.keys) = (vec![recorded.flows[index].clone()], keys);
        let report = passive::read(&alone);
        let connection = &report.trace.connections[0];
        assert_eq!(ending(connection), None, "{index}");
        let through = connection.phases.gateway.as_ref().expect("a gateway");
        assert_eq!(through.status, Status::Unseen, "{index}");
        let why = through.stopped.as_deref().unwrap_or_default();
        assert!(why.contains("not in the record"), "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_gateway_says_by_number_needs_no_second_connection() {
    let script = Script { carrier: Carrier::Bodies, tunnel: 0x59E6, ..Script::default() };
    let lab = Lab::new(script);
    let (_, mut recorded) = traced(&lab, &lab.settings(anonymous()), "rdsh01.corp.example").await;
    recorded.flows.truncate(1);
    let report = passive::read(&recorded);
    let expected = Some(("gateway", "tunnel", "gateway_error", Some(0x59E6)));
    assert_eq!(ending(&report.trace.connections[0]), expected);
}

/// A gateway ends sessions by their time, of which much more has crossed than is kept.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_closes_a_long_session_says_why() {
    let lab = demo_gateway::Lab::of(None);
    let settings = lab.settings(gateway::Entry::Account).until(Some(Phase::Activate)).take_session(true);
    let (live, recorded) = traced(&lab, &settings, DNS_COMPUTER).await;
    assert_eq!(
        live.verdict.reached,
        Some(Phase::Activate),
        "{} {}",
        live.verdict.summary,
        recorded.flows.len()
    );
    for (status, failed) in [(0x59F6, true), (0, false)] {
        let long = passive::long::closed_by_gateway(&recorded.flows[0], &recorded, status);
        let mut made = Recorded::default();
        (made.flows, made.keys) = (vec![long], recorded.keys.clone());
        let report = passive::read(&made);
        let connection = &report.trace.connections[0];
        let activated = connection.phases.activate.as_ref().map(|activate| activate.status);
        assert_eq!(activated, Some(Status::Passed), "{}", report.verdict.summary);
        let failure = connection.session.as_ref().and_then(|session| session.failure.as_ref());
        assert_eq!(failure.and_then(|failure| failure.code), failed.then_some(0x59F6), "{failure:?}");
        assert_eq!(failure.is_some(), failed);
    }
}

/// In whatever order they end, and wherever either is cut.
#[tokio::test(start_paused = true)]
async fn two_connections_are_joined_wherever_they_are_cut() {
    let fault = gateway::find("gateway-upgrade-stripped");
    let lab = demo_gateway::Lab::of(fault);
    let (_, recorded) = traced(&lab, &lab.settings(gateway::Entry::Account), DNS_COMPUTER).await;
    let whole = passive::read(&recorded);
    let watched = whole.trace.connections[0].watched.as_ref().expect("it was watched");
    let sent: u64 = recorded.flows.iter().map(|flow| flow.from_client.total).sum();
    let came: u64 = recorded.flows.iter().map(|flow| flow.from_server.total).sum();
    assert_eq!((watched.client.bytes, watched.server.bytes), (sent, came));
    let ended = whole.trace.connections[0].ended_by.as_ref().expect("it ended");
    let ends = recorded.flows.iter().flat_map(|flow| [flow.from_client.end, flow.from_server.end]);
    let first = ends.flatten().min_by_key(|end| (end.at, end.packet)).expect("both end");
    let began = recorded.flows.iter().map(|flow| flow.began).min().expect("two");
    assert!((ended.at_ms.0 - (first.at - began) as f64 / 1e6).abs() < 0.1, "{ended:?} {first:?}");
    let mut turned = Recorded::default();
    turned.flows = recorded.flows.iter().rev().cloned().collect();
    turned.keys = recorded.keys.clone();
    let other = passive::read(&turned);
    assert_eq!(whole.verdict.summary, other.verdict.summary);
    for index in [0, 1] {
        let length =
            recorded.flows[index].from_client.bytes.len().max(recorded.flows[index].from_server.bytes.len());
        for cut in (0..length).step_by(61) {
            let mut made = Recorded::default();
            (made.flows, made.keys) = (recorded.flows.clone(), recorded.keys.clone());
            let flow = &mut made.flows[index];
            for stream in [&mut flow.from_client, &mut flow.from_server] {
                stream.bytes.truncate(cut);
                stream.marks.retain(|mark| mark.offset < cut);
                stream.miss(100);
            }
            for connection in &passive::read(&made).trace.connections {
                assert_eq!(ending(connection), None, "{index} cut at {cut}");
            }
        }
    }
}

/// An alert that answers the handshake is met by the first request, as live.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_wants_a_certificate_fails_in_tls_and_not_in_the_first_request() {
    let fault = gateway::find("gateway-client-certificate").expect("a fault");
    let lab = demo_gateway::Lab::of(Some(fault));
    let (live, recorded) = traced(&lab, &lab.settings(fault.entry), DNS_COMPUTER).await;
    let watched = passive::read(&recorded);
    for report in [&live, &watched] {
        assert_eq!(step(&report.trace.connections[0].phases), "tls", "{}", report.verdict.summary);
        let first = &report.causes[0];
        assert_eq!(first.code.as_str(), "gateway-client-certificate-required");
    }
}
