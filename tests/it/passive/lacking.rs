//! What a capture lacks is told, and nobody is blamed for it.

use rdptrace::{
    codes::Phase,
    diagnose,
    internal::{
        certificate::Roots,
        flow::{Flow, KeyLog, Mark, Side, Stream},
        net::Recorded,
        passive::{Known, walk},
        pdu::preconnection::preconnection,
    },
    report::{CauseCode, FailureKind, FindingCode, Likelihood, Outcome, Status},
};

use super::{captured, has, recorded, report, watched};
use crate::capture::Chance;

/// Nothing is negotiated before TLS, so without keys nobody knows what is inside: not even that it is CredSSP.
#[tokio::test(start_paused = true)]
async fn a_connection_that_begins_with_tls_is_judged_by_what_is_inside() {
    let recorded = recorded(None).await;
    let mut direct = recorded.flows[0].clone();
    // The same without its first exchange.
    for stream in [&mut direct.from_client, &mut direct.from_server] {
        let length = stream.marks[1].offset;
        stream.bytes.drain(..length);
        stream.marks.remove(0);
        stream.marks.iter_mut().for_each(|mark| mark.offset -= length);
    }
    judged_by_what_is_inside(&direct, &recorded);
    // As a client of a Hyper-V console begins.
    let blob = preconnection("7d8ab6a1-65c0-4f3a-9ab1-cdd4a5c2d2a8").expect("a pre-connection PDU");
    direct.from_client.marks.iter_mut().for_each(|mark| mark.offset += blob.len());
    let first = Mark { offset: 0, ..direct.from_client.marks[0] };
    direct.from_client.marks.insert(0, first);
    direct.from_client.total += blob.len() as u64;
    direct.from_client.bytes.splice(0..0, blob);
    judged_by_what_is_inside(&direct, &recorded);
}

fn judged_by_what_is_inside(direct: &Flow, recorded: &Recorded) {
    let phases = watched(direct, recorded).phases;
    assert_eq!(phases.mcs.map(|mcs| mcs.status), Some(Status::Passed));
    assert_eq!(phases.credssp.map(|credssp| credssp.status), Some(Status::Passed));
    // What comes then is no Connection Request, as it would be inside TLS.
    assert_eq!(phases.negotiate.map(|negotiate| negotiate.status), Some(Status::Unseen));
    let roots = Roots::new(Ok(Vec::new()));
    let blind = walk(direct, &Known::of(&KeyLog::default(), &roots)).phases;
    assert!(blind.credssp.is_none() && blind.summaries().iter().all(|seen| seen.status != Status::Failed));
}

#[tokio::test(start_paused = true)]
async fn what_a_capture_lacks_is_told_and_nobody_is_blamed_for_it() {
    let (mut cut, recorded) = captured("negotiate-silence").await;
    (cut.from_client.end, cut.from_server.end, cut.cut) = (None, None, true);
    cut.watched = cut.from_client.marks.last().map_or(cut.began, |mark| mark.at);
    let told = report(cut.clone(), &recorded);
    assert!(has(&told, FindingCode::CaptureCut));
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);

    let (mut gap, recorded) = captured("tls-silence").await;
    gap.from_server.bytes.truncate(10);
    gap.from_server.miss(500);
    let told = report(gap, &recorded);
    assert!(has(&told, FindingCode::CaptureHasGaps));
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);

    let mut one_sided = cut;
    one_sided.from_server = Stream::default();
    one_sided.watched = one_sided.last + 60_000_000_000;
    let told = report(one_sided, &recorded);
    assert!(has(&told, FindingCode::CaptureOneSided));
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_says_by_number_needs_no_packet_of_the_client() {
    let (flow, recorded) = captured("nla-required").await;
    let mut one_sided = flow.clone();
    one_sided.from_client = Stream::default();
    let mut late = flow;
    late.opening = Default::default();
    late.from_client.bytes.clear();
    late.from_client.marks.clear();
    for changed in [one_sided, late] {
        let told = report(changed, &recorded);
        let failure = told.verdict.failure.as_ref().expect("a failure");
        assert_eq!((failure.kind, failure.code), (FailureKind::NegotiationFailure, Some(5)));
        assert_eq!(told.verdict.phase, Some(Phase::Negotiate));
    }
}

#[tokio::test(start_paused = true)]
async fn the_host_is_not_accused_of_what_the_path_loses() {
    let (mut flow, recorded) = captured("tls-silence").await;
    flow.from_client.packets.lost = Some((1460, 6));
    flow.from_client.packets.unacknowledged = 1460;
    let told = report(flow, &recorded);
    assert!(has(&told, FindingCode::PathDropsLargePackets));
    let codes: Vec<String> = told.causes.iter().map(|cause| cause.code.to_string()).collect();
    assert!(codes.iter().any(|code| code == "path-drops-large-packets"), "{codes:?}");
    assert!(!codes.iter().any(|code| code == "services-hung"), "{codes:?}");
}

/// The stream without the bytes that came with this mark.
fn without(stream: &Stream, lost: usize) -> Stream {
    let mut kept = Stream { end: stream.end, packets: stream.packets.clone(), ..Stream::default() };
    for (index, mark) in stream.marks.iter().enumerate() {
        let end = stream.marks.get(index + 1).map_or(stream.bytes.len(), |next| next.offset);
        let bytes = &stream.bytes[mark.offset..end];
        match index == lost {
            true => kept.miss(bytes.len() as u64),
            false => kept.push(bytes, mark.at, mark.packet),
        }
    }
    kept
}

/// A capture that lost a packet of a connection that works accuses nobody, whichever packet it was.
#[tokio::test(start_paused = true)]
async fn a_packet_that_the_capture_lost_is_nobodys_failure() {
    let recorded = recorded(None).await;
    let flow = &recorded.flows[0];
    for side in [Side::Client, Side::Server] {
        for lost in 0..flow.stream(side).marks.len() {
            let mut changed = flow.clone();
            *changed.stream_mut(side) = without(flow.stream(side), lost);
            let report = report(changed, &recorded);
            assert!(has(&report, FindingCode::CaptureHasGaps), "{side:?} {lost}");
            assert_ne!(
                report.verdict.outcome,
                Outcome::Aborted,
                "{side:?} {lost}: {}",
                report.verdict.summary
            );
            assert!(report.causes.is_empty(), "{side:?} {lost}: {:?}", report.causes);
        }
    }
}

/// Bytes, marks and gaps of a stream, changed at random.
fn damaged(stream: &mut Stream, chance: &mut Chance) {
    for _ in 0..chance.below(8) {
        match (chance.below(4), stream.bytes.len()) {
            (_, 0) => {}
            (0, length) => stream.bytes.truncate(chance.below(length)),
            (1, _) => stream.miss(1 + chance.below(2000) as u64),
            (_, length) => stream.bytes[chance.below(length)] = chance.next() as u8,
        }
    }
    stream.marks.retain(|mark| mark.offset < stream.bytes.len());
    stream.gaps.retain(|gap| gap.offset <= stream.bytes.len());
}

#[tokio::test(start_paused = true)]
async fn what_is_damaged_is_read_without_a_panic() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for name in ["nla-required", "licensing-close", "activate-garbage", "redirect", "session-slow-path"] {
        let (flow, recorded) = captured(name).await;
        for _ in 0..40 {
            let mut changed = flow.clone();
            damaged(&mut changed.from_client, &mut chance);
            damaged(&mut changed.from_server, &mut chance);
            let connection = watched(&changed, &recorded);
            assert!(connection.frames.len() <= 48, "{name}");
        }
    }
}

/// The Connection Request is the first that a client sends.
#[tokio::test(start_paused = true)]
async fn packets_that_open_the_connection_are_not_needed() {
    let (mut flow, recorded) = captured("tls-close").await;
    flow.opening = Default::default();
    let told = report(flow, &recorded);
    assert_eq!(told.verdict.failure.map(|failure| failure.kind), Some(FailureKind::Closed));
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_was_not_seen_is_unknown() {
    let (mut flow, recorded) = captured("tls-silence").await;
    flow.from_client = Stream::default();
    flow.opening.syn = None;
    let told = report(flow, &recorded);
    assert!(has(&told, FindingCode::CaptureOneSided));
    assert!(!has(&told, FindingCode::ProtocolNotRequested) && !has(&told, FindingCode::CaptureCut));
}

/// What a client encrypts, and a password that it has, speak against a server that wants one.
#[tokio::test(start_paused = true)]
async fn a_client_info_that_was_not_read_may_hold_a_password() {
    const INFO_AUTOLOGON: u32 = 0x8;
    let (flow, recorded) = captured("licensing-close").await;
    let wants = |trace| {
        let told = diagnose(trace);
        told.causes.iter().any(|cause| cause.code == CauseCode::ClientInfoAccountRequired)
    };
    let trace = || report(flow.clone(), &recorded).trace;
    assert!(wants(trace()));
    let mut encrypted = trace();
    encrypted.connections[0].client.as_mut().expect("an offer").info = None;
    assert!(!wants(encrypted));
    let mut given = trace();
    let info = given.connections[0].client.as_mut().and_then(|client| client.info.as_mut());
    info.expect("Client Info").flags |= INFO_AUTOLOGON;
    assert!(!wants(given));
}

/// Only what arrived when it was sent again shows that a path loses some.
/// SYNs alone are also left unanswered by a listener whose queue is full, as one is whose service hangs.
#[tokio::test(start_paused = true)]
async fn unanswered_syns_alone_do_not_accuse_the_path() {
    let told = |again: u32, flow: &Flow, recorded: &Recorded| {
        let mut flow = flow.clone();
        let begin = flow.began - 7_000_000_000;
        (flow.began, flow.opening.syn, flow.opening.syn_retries) = (begin, Some(begin), 3);
        flow.from_client.packets.retransmissions = again;
        flow.from_client.packets.round_trip_ms = Some(1.0);
        report(flow, recorded)
    };
    let (flow, recorded) = captured("negotiate-silence").await;
    let queue = told(0, &flow, &recorded);
    let first = &queue.causes[0];
    assert_eq!((first.code.as_str(), first.likelihood), ("services-hung", Likelihood::Likely));
    assert!(first.because.iter().any(|line| line.contains("queue")), "{:?}", first.because);
    let loss =
        queue.causes.iter().find(|cause| cause.code == CauseCode::PathLoss).expect("it may be the path");
    assert_eq!((loss.likelihood, loss.against.len()), (Likelihood::Possible, 1));
    // Where other segments are lost too it is the path.
    let path = told(4, &flow, &recorded);
    assert_eq!(path.causes[0].code, CauseCode::PathLoss, "{:?}", path.causes[0]);
}

#[tokio::test(start_paused = true)]
async fn a_segment_that_never_arrives_is_not_lost_by_chance() {
    let (mut flow, recorded) = captured("negotiate-silence").await;
    let packets = &mut flow.from_client.packets;
    (packets.retransmissions, packets.unacknowledged, packets.lost) = (5, 19, Some((19, 6)));
    assert!(!has(&report(flow.clone(), &recorded), FindingCode::PathLoss));
    (flow.from_client.packets.retransmissions, flow.from_client.packets.mended) = (8, 3);
    let told = report(flow, &recorded);
    let loss = told.findings.iter().find(|finding| finding.code == FindingCode::PathLoss).expect("loss");
    assert!(loss.message.contains("3 segments"), "{}", loss.message);
}
