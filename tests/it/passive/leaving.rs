//! Whoever ended first has left: what the other side says after that answers the end, and is nobody's failure.

use rdptrace::{
    Report,
    codes::Phase,
    internal::flow::{At, End, Flow, How, Mark, Side},
    report::{FailureKind, Likelihood, Outcome},
};

use super::{captured, report};

const MILLISECOND: At = 1_000_000;
const SECOND: At = 1000 * MILLISECOND;
/// The TLS alert decode_error, as OpenSSL answers the end of a connection in the middle of a handshake.
const DECODE_ERROR: &[u8] = &[21, 3, 3, 0, 2, 2, 50];

/// A connection that was negotiated, without a byte of TLS, and when that was.
async fn negotiated(name: &'static str) -> (Flow, rdptrace::internal::net::Recorded, At) {
    let (mut flow, recorded) = captured(name).await;
    for stream in [&mut flow.from_client, &mut flow.from_server] {
        let length = stream.marks.get(1).map_or(stream.bytes.len(), |mark| mark.offset);
        stream.bytes.truncate(length);
        stream.marks.truncate(1);
        (stream.total, stream.end) = (length as u64, None);
    }
    let at = flow.from_server.marks[0].at;
    (flow.last, flow.watched) = (at, at);
    (flow, recorded, at)
}

fn codes(report: &Report) -> Vec<String> {
    report.causes.iter().map(|cause| cause.code.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_after_the_confirm_is_answered_and_not_refused() {
    for how in [How::Fin, How::Rst] {
        let (mut flow, recorded, at) = negotiated("tls-silence").await;
        flow.ends(Side::Client, End { how, at: at + MILLISECOND, packet: 90 });
        flow.sends(Side::Server, at + 2 * MILLISECOND, 91, DECODE_ERROR);
        flow.ends(Side::Server, End { how: How::Fin, at: at + 3 * MILLISECOND, packet: 92 });
        let told = report(flow, &recorded);
        assert_eq!((told.verdict.outcome, told.verdict.phase), (Outcome::Stopped, Some(Phase::Tls)));
        let summary = &told.verdict.summary;
        assert!(summary.contains("the client") && summary.contains("sent no ClientHello"), "{summary}");
        assert!(told.causes.is_empty(), "{:?}", codes(&told));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_offers_nla_and_leaves_without_it_may_insist_on_it() {
    // What the Connection Confirm selects: TLS, and NLA.
    for (selected, insists) in [(1, true), (2, false)] {
        let (mut flow, recorded, at) = negotiated("tls-silence").await;
        flow.from_server.bytes[15] = selected;
        flow.ends(Side::Client, End { how: How::Fin, at: at + MILLISECOND, packet: 90 });
        let summary = report(flow, &recorded).verdict.summary;
        assert_eq!(summary.contains("insists on NLA"), insists, "{selected}: {summary}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hung_up_is_not_left_by_the_clients_alert() {
    let (mut flow, recorded) = captured("tls-close").await;
    let end = flow.from_server.end.expect("the server closes");
    flow.from_client.end = None;
    flow.sends(Side::Client, end.at + MILLISECOND, 900, DECODE_ERROR);
    let failure = report(flow, &recorded).verdict.failure.expect("the server's end");
    assert_eq!(failure.kind, FailureKind::Closed);
}

#[tokio::test(start_paused = true)]
async fn an_alert_before_the_end_is_the_servers_refusal() {
    let (mut flow, recorded) = captured("tls-close").await;
    let at = flow.from_client.marks.last().expect("a hello").at;
    (flow.from_client.end, flow.from_server.end) = (None, None);
    flow.sends(Side::Server, at + MILLISECOND, 900, DECODE_ERROR);
    flow.ends(Side::Client, End { how: How::Fin, at: at + 2 * MILLISECOND, packet: 901 });
    let failure = report(flow, &recorded).verdict.failure.expect("the alert");
    assert_eq!((failure.kind, failure.code), (FailureKind::TlsAlert, Some(50)));
}

/// Who was sent no ClientHello shows nothing of its certificate or the names it knows.
#[tokio::test(start_paused = true)]
async fn without_a_client_hello_nothing_is_said_of_the_servers_tls() {
    for (after, outcome) in [(20 * MILLISECOND, Outcome::Aborted), (60 * SECOND, Outcome::Stopped)] {
        let (mut flow, recorded, at) = negotiated("tls-silence").await;
        flow.ends(Side::Server, End { how: How::Rst, at: at + after, packet: 90 });
        let told = report(flow, &recorded);
        assert_eq!(told.verdict.outcome, outcome, "{}", told.verdict.summary);
        assert!(told.verdict.summary.contains("the client sent no ClientHello"), "{}", told.verdict.summary);
        let accused = codes(&told);
        let tls =
            |code: &String| code.contains("certificate") || code.contains("name") || code.contains("hello");
        assert!(!accused.iter().any(tls), "{accused:?}");
        assert!(told.verdict.mstsc.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_to_a_client_that_has_left_is_no_refusal() {
    let (mut flow, recorded) = captured("licensing-ultimatum-user").await;
    let told = report(flow.clone(), &recorded);
    assert_eq!(told.verdict.failure.map(|failure| failure.kind), Some(FailureKind::Disconnect));
    // The same if the client leaves right after its last message.
    let said = flow.from_server.marks.last().map(|mark| (mark.at, mark.packet));
    let asked =
        flow.from_client.marks.iter().rfind(|mark| Some((mark.at, mark.packet)) < said).expect("Client Info");
    flow.from_client.end = Some(End { how: How::Fin, at: asked.at, packet: asked.packet });
    let told = report(flow, &recorded);
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);
}

/// Only a client that has the proof and leaves at once shows that it finds it wrong.
#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_after_the_proof_objects_to_it_only_if_it_has_it_and_does_so_at_once() {
    let (mut flow, recorded) = captured("key-binding-altered").await;
    let proof = flow.from_server.last().expect("the proof");
    // Its goodbye is left out.
    let client = &mut flow.from_client;
    let said = client.marks.partition_point(|mark| mark.order() <= proof.order());
    if let Some(goodbye) = client.marks.get(said).copied() {
        client.bytes.truncate(goodbye.offset);
        client.marks.truncate(said);
        client.total = goodbye.offset as u64;
    }
    let proved = flow.from_server.total - proof.offset as u64;
    for (how, after, unacknowledged, objects) in [
        (How::Fin, 2 * MILLISECOND, 0, true),
        (How::Rst, 2 * MILLISECOND, 0, true),
        (How::Fin, 2 * MILLISECOND, proved, false),
        (How::Fin, 3 * SECOND, 0, false),
        (How::Rst, 15 * SECOND, 0, false),
    ] {
        let mut flow = flow.clone();
        (flow.from_client.end, flow.from_server.end) = (None, None);
        flow.from_server.packets.unacknowledged = unacknowledged;
        flow.ends(Side::Client, End { how, at: proof.at + after, packet: proof.packet + 10 });
        let told = report(flow, &recorded);
        let kind = told.verdict.failure.as_ref().map(|failure| failure.kind);
        assert_eq!(kind, objects.then_some(FailureKind::KeyBinding), "{how:?} {after} {unacknowledged}");
        assert_eq!(told.causes.is_empty(), !objects, "{how:?} {after}: {:?}", codes(&told));
        let outcome = if objects { Outcome::Aborted } else { Outcome::Stopped };
        assert_eq!(told.verdict.outcome, outcome, "{}", told.verdict.summary);
    }
}

/// What the client would have said next was lost before it came here, and the server has waited long enough: it refuses nothing,
/// whichever message it is.
#[tokio::test(start_paused = true)]
async fn a_server_that_closes_when_it_was_the_clients_turn_refuses_nothing() {
    for name in ["certificate-expired", "mcs-alert-tls12", "standard-security"] {
        let (whole, recorded) = captured(name).await;
        // Those that the server still had something to say to.
        let order = |mark: &Mark| (mark.at, mark.packet);
        let last = whole.from_server.marks.last().map(order).expect("it speaks");
        let turns: Vec<Mark> =
            whole.from_client.marks.iter().copied().skip(1).filter(|mark| order(mark) < last).collect();
        assert!(turns.len() > 4, "{name}: {turns:?}");
        for lost in turns {
            let mut flow = whole.clone();
            let before = |mark: &Mark| order(mark) < order(&lost);
            let later = flow.from_server.marks.iter().find(|mark| !before(mark)).map(|mark| mark.offset);
            for (stream, end) in [(&mut flow.from_client, Some(lost.offset)), (&mut flow.from_server, later)]
            {
                let length = end.unwrap_or(stream.bytes.len());
                stream.bytes.truncate(length);
                stream.marks.retain(|mark| mark.offset < length);
                (stream.total, stream.end) = (length as u64, None);
            }
            let end = End { how: How::Fin, at: lost.at + 10 * SECOND, packet: lost.packet + 1 };
            flow.ends(Side::Server, end);
            let told = report(flow, &recorded);
            let summary = &told.verdict.summary;
            assert_ne!(told.verdict.outcome, Outcome::Aborted, "{name} {lost:?}: {summary}");
            assert!(
                told.causes.iter().all(|cause| cause.likelihood == Likelihood::Possible),
                "{name} {lost:?}: {summary}"
            );
        }
    }
}
