//! A size that success and refusal share says nothing alone.

use rdptrace::{
    codes::Phase,
    internal::flow::{At, End, Flow, How, KeyLog, Side},
    report::{Likelihood, Outcome, Status},
};

use super::{captured, read, recorded, report};
use crate::lab::fault;

const SECOND: At = 1_000_000_000;

/// What is seen of CredSSP without keys, and what is inferred of it.
fn credssp(report: &rdptrace::Report) -> (Status, String) {
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
    (credssp.status, credssp.inferred.clone().expect("what sizes and times say"))
}

/// A server that waits for its client in vain has permitted it.
#[tokio::test(start_paused = true)]
async fn a_server_that_closes_long_after_its_early_result_has_not_denied() {
    for (after, denied) in [(SECOND / 1000, true), (10 * SECOND, false)] {
        let mut recorded = recorded(Some(fault("early-authorization-denied"))).await;
        recorded.keys = KeyLog::default();
        let Flow { from_client, from_server, .. } = &mut recorded.flows[0];
        let result = from_server.marks.iter().rfind(|mark| from_server.bytes[mark.offset + 4] == 21);
        let result = *result.expect("a result of four bytes");
        from_server.bytes.truncate(result.offset + 26);
        let goodbye =
            from_client.marks.pop_if(|last| from_client.bytes.len() - last.offset == 24).expect("an alert");
        from_client.bytes.truncate(goodbye.offset);
        from_client.end = None;
        let end = End { how: How::Fin, at: result.at + after, packet: result.packet + 1 };
        from_server.end = Some(end);
        let told = read(&recorded);
        let (status, inferred) = credssp(&told);
        assert_eq!(
            (status == Status::Failed, inferred.contains("is denied")),
            (denied, denied),
            "{inferred}"
        );
        assert_eq!(told.causes.is_empty(), !denied, "{:?}", told.causes);
    }
}

/// What a server says to a client that has said nothing yet is about the handshake.
#[tokio::test(start_paused = true)]
async fn an_end_before_the_first_message_of_the_client_is_no_answer_to_it() {
    let (mut flow, mut recorded) = captured("credssp-silence").await;
    recorded.keys = KeyLog::default();
    let sealed = |flow: &Flow, offset: usize| flow.from_client.bytes[offset] == 23;
    let finished =
        *flow.from_client.marks.iter().find(|mark| sealed(&flow, mark.offset)).expect("a Finished");
    let server = &mut flow.from_server;
    let before = server.marks.partition_point(|mark| mark.order() < finished.order());
    if let Some(ticket) = server.marks.get(before).copied() {
        server.bytes.truncate(ticket.offset);
        server.marks.truncate(before);
        server.total = ticket.offset as u64;
    }
    (flow.from_client.end, flow.from_server.end) = (None, None);
    let last = flow.last;
    flow.ends(Side::Server, End { how: How::Fin, at: finished.at, packet: finished.packet });
    (flow.last, flow.watched) = (last, last);
    let first = flow.from_client.marks.iter_mut().filter(|mark| mark.order() > finished.order());
    first.for_each(|mark| mark.at += 1);
    let told = report(flow, &recorded);
    let (status, inferred) = credssp(&told);
    assert_eq!((status, told.verdict.outcome), (Status::Failed, Outcome::Aborted), "{inferred}");
    assert!(inferred.contains("before the first message of the client"), "{inferred}");
    assert!(told.verdict.summary.contains("tls may be what failed"), "{}", told.verdict.summary);
    let unsure = told.causes.iter().all(|cause| cause.likelihood == Likelihood::Possible);
    assert!(unsure, "{:?}", told.causes);
}

/// A proof that is too short is no refusal, and what answers the first message may be no message at all.
#[tokio::test(start_paused = true)]
async fn not_every_short_answer_is_a_refused_logon() {
    for name in ["key-binding-short", "credssp-garbage", "credssp-error-long"] {
        let mut recorded = recorded(Some(fault(name))).await;
        recorded.keys = KeyLog::default();
        let told = read(&recorded);
        let (status, inferred) = credssp(&told);
        let is_first = name != "key-binding-short";
        assert_eq!(status == Status::Failed, is_first, "{name}: {inferred}");
        let unsure = told.causes.iter().all(|cause| cause.likelihood == Likelihood::Possible);
        assert!(unsure && told.causes.is_empty() != is_first, "{name}: {:?}", told.causes);
        if is_first {
            assert_eq!(told.verdict.phase, Some(Phase::Credssp));
            let detail = told.verdict.failure.expect("an answer").detail;
            assert!(detail.contains("or what no client can read"), "{detail}");
            assert!(told.causes[0].against.iter().any(|text| text.contains("may be as short")), "{name}");
        }
    }
}
