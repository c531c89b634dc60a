//! What a connection shows to whoever only watches it. That it is what its client reports is held by `relay`.

mod asked;
mod attempts;
mod damaged;
mod followed;
mod lacking;
mod leaving;
mod led;
mod leftovers;
pub(crate) mod long;
pub(crate) mod on_the_way;
mod place;
mod proxies;
mod sealed;
pub(crate) mod server_key;
mod sessions;
mod sizes;
mod unanswered;

use rdptrace::{
    Report, Target, Tracer, diagnose,
    internal::{
        certificate::Roots,
        demo::Fault,
        flow::{End, Flow, How, KeyLog, Reset},
        net::{Recorded, Recording},
        passive::{Attempts, Halves, Known, Taken, Watched, is_relevant, walk, walk_alone, walk_both},
    },
    report::{Connection, FindingCode, Status, Trace},
    settings::Experiments,
};

use crate::{
    faults::settings_for,
    lab::{Lab, fault},
};

/// What was recorded of a trace of this fault without experiments.
async fn recorded(fault: Option<&'static Fault>) -> Recorded {
    let lab = Lab::of(fault);
    let recording = Recording::of(&lab);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = settings_for(fault).experiments(Experiments::Off);
    Tracer::new(&target, &settings, &recording).run().await;
    recording.take()
}

fn watched(flow: &Flow, recorded: &Recorded) -> Connection {
    let roots = Roots::new(Ok(Vec::new()));
    walk(flow, &Known::of(&recorded.keys, &roots))
}

/// The report of a connection whose flow was changed.
pub(crate) fn report(flow: Flow, recorded: &Recorded) -> Report {
    diagnose(attempt(&flow, recorded))
}

/// The attempt that this connection alone is.
pub(crate) fn attempt(flow: &Flow, recorded: &Recorded) -> Trace {
    let mut attempts = Attempts::default();
    attempts.add(Watched::of(flow, watched(flow, recorded)));
    attempts.finish().pop().expect("one attempt")
}

/// The report of all connections that were recorded, as one attempt.
pub(crate) fn read(recorded: &Recorded) -> Report {
    let roots = Roots::new(Ok(Vec::new()));
    let known = Known::of(&recorded.keys, &roots);
    let (mut attempts, mut halves) = (Attempts::default(), Halves::default());
    for flow in &recorded.flows {
        let (connection, half) = walk_alone(flow, &known);
        if !is_relevant(flow, &connection) {
            continue;
        }
        let watched = Watched::of(flow, connection);
        let Some(half) = half else {
            attempts.add(watched);
            continue;
        };
        match halves.take(flow.clone(), half, watched) {
            Taken::Waits(alone) => assert!(alone.is_empty(), "few wait"),
            Taken::Both(both) => {
                let connection = walk_both(&both.0, &both.1, &known);
                attempts.add(Watched::of(&both.0, connection));
            }
        }
    }
    halves.finish().for_each(|watched| drop(attempts.add(watched)));
    diagnose(attempts.finish().pop().expect("one attempt"))
}

/// The demo's flow, as a capture would hold it: with packets that were counted.
pub(crate) async fn captured(name: &'static str) -> (Flow, Recorded) {
    let mut recorded = recorded(Some(fault(name))).await;
    let mut flow = recorded.flows.remove(0);
    flow.packet = 1;
    for stream in [&mut flow.from_client, &mut flow.from_server] {
        (stream.packets.count, stream.packets.ttl) = (5, Some(128));
        (stream.packets.mac, stream.packets.longest_acknowledged) = (Some([2, 0, 0, 0, 0, 1]), 200);
    }
    (flow, recorded)
}

/// A RST in the server's name, of which these differ from the server's packets.
async fn reset(change: impl FnOnce(&mut Reset)) -> Report {
    let (mut flow, recorded) = captured("tls-close").await;
    let end = flow.from_server.end.expect("the server closes");
    flow.from_server.end = Some(End { how: How::Rst, ..end });
    let mut reset = Reset { ttl: 128, mac: flow.from_server.packets.mac, ..Reset::default() };
    change(&mut reset);
    flow.from_server.packets.reset = Some(reset);
    report(flow, &recorded)
}

/// One that another machine sent.
pub(crate) async fn reset_on_the_way() -> Report {
    reset(|reset| (reset.ttl, reset.mac) = (63, Some([2, 0, 0, 0, 0, 9]))).await
}

fn has(report: &Report, code: FindingCode) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

/// What differs, and what makes it so.
type Change = (&'static str, fn(&mut Reset));

#[tokio::test(start_paused = true)]
async fn a_reset_is_of_the_path_only_if_more_than_its_ttl_says_so() {
    let of_path = reset_on_the_way().await;
    assert!(has(&of_path, FindingCode::ResetFromThePath));
    assert_eq!(of_path.causes.first().map(|cause| cause.code.as_str()), Some("reset-from-the-path"));
    assert_eq!(of_path.trace.connections[0].ended_by.as_ref().map(|ended| ended.side.as_str()), Some("path"));
    let changes: [Change; 3] = [
        ("only the TTL", |reset| reset.ttl = 63),
        ("only the address", |reset| reset.mac = Some([2, 0, 0, 0, 0, 9])),
        ("nothing", |_| {}),
    ];
    for (what, change) in changes {
        let report = reset(change).await;
        assert!(!has(&report, FindingCode::ResetFromThePath), "{what}");
        assert_eq!(
            report.trace.connections[0].ended_by.as_ref().map(|ended| ended.side.as_str()),
            Some("server"),
            "{what}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn long_segments_that_are_lost_are_the_paths() {
    let (mut flow, recorded) = captured("tls-silence").await;
    flow.from_server.packets.lost = Some((1460, 4));
    let lost = report(flow.clone(), &recorded);
    assert!(has(&lost, FindingCode::PathDropsLargePackets));
    assert_eq!(lost.causes.first().map(|cause| cause.code.as_str()), Some("path-drops-large-packets"));
    // Short ones are lost too, or it was sent once: nothing says that the length matters.
    for (length, sent) in [(150, 4), (1460, 1)] {
        flow.from_server.packets.lost = Some((length, sent));
        assert!(
            !has(&report(flow.clone(), &recorded), FindingCode::PathDropsLargePackets),
            "{length} {sent}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_keys_what_is_inside_tls_is_unseen_and_never_passed() {
    // Its client leaves once it has the server's proof, of which nobody sees what it objects to.
    let (flow, _) = captured("key-binding-altered").await;
    let roots = Roots::new(Ok(Vec::new()));
    let keys = KeyLog::default();
    let blind = walk(&flow, &Known::of(&keys, &roots));
    let credssp = blind.phases.credssp.expect("a phase");
    assert_eq!(credssp.status, Status::Unseen);
    let inferred = credssp.inferred.expect("what sizes and times say");
    assert!(inferred.contains("the size of an AUTHENTICATE"), "{inferred}");
    assert!(blind.phases.mcs.is_none());
}

/// The server's answer to a proof that it refuses comes before the client leaves.
#[tokio::test(start_paused = true)]
async fn the_servers_last_record_is_told_without_keys() {
    let (mut flow, _) = captured("credssp-close-after-authenticate").await;
    // Both leave without the alert that ends TLS.
    for stream in [&mut flow.from_client, &mut flow.from_server] {
        let alert = stream.marks.pop_if(|last| stream.bytes.len() - last.offset == 24);
        stream.bytes.truncate(alert.map_or(stream.bytes.len(), |alert| alert.offset));
    }
    let proof = flow
        .from_client
        .marks
        .iter()
        .rfind(|mark| flow.from_client.bytes[mark.offset] == 23)
        .expect("a proof")
        .at;
    flow.from_client.end = Some(End { how: How::Rst, at: proof + 3_000_000, packet: 900 });
    flow.from_server.end = None;
    flow.from_server.push(&[&[23, 3, 3, 0, 44][..], &[7; 44]].concat(), proof + 1_000_000, 899);
    let roots = Roots::new(Ok(Vec::new()));
    let keys = KeyLog::default();
    let blind = walk(&flow, &Known::of(&keys, &roots));
    let inferred =
        blind.phases.credssp.and_then(|credssp| credssp.inferred).expect("what sizes and times say");
    let expected = "with 44 B, and the client ended the connection 2.0 ms later, as after a refusal";
    assert!(inferred.contains("the size of an AUTHENTICATE") && inferred.contains(expected), "{inferred}");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_answered_with_an_alert_has_left_before() {
    let (mut flow, _) = captured("credssp-silence").await;
    let alert = [&[23, 3, 3, 0, 19][..], &[7; 19]].concat();
    // The client leaves without the alert that a polite one sends.
    let polite = flow.from_client.bytes.split_off(flow.from_client.bytes.len() - alert.len());
    assert_eq!(polite[..5], alert[..5]);
    let left = flow.last + 1;
    flow.from_client.end = Some(End { how: How::Rst, at: left, packet: 900 });
    flow.from_server.end = None;
    flow.from_server.push(&alert, left + 1, 901);
    let roots = Roots::new(Ok(Vec::new()));
    let keys = KeyLog::default();
    let blind = walk(&flow, &Known::of(&keys, &roots));
    let inferred =
        blind.phases.credssp.and_then(|credssp| credssp.inferred).expect("what sizes and times say");
    assert!(inferred.contains("the client ended the connection"), "{inferred}");
}
