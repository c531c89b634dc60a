//! How a session ends, as far as what is kept of it shows.

use rdptrace::{
    internal::flow::Vain,
    report::{FailureKind, FindingCode},
};

use super::{captured, has, report};
use crate::{faults::both_of, lab::fault};

#[tokio::test(start_paused = true)]
async fn a_session_that_its_server_ends_without_a_word_has_ended() {
    let (flow, recorded) = captured("session-closed").await;
    let told = report(flow.clone(), &recorded);
    assert!(has(&told, FindingCode::SessionEnded), "{:#?}", told.findings);
    let session = told.trace.connections[0].session.as_ref().expect("a session");
    assert_eq!(session.failure.as_ref().map(|failure| failure.kind), Some(FailureKind::Closed));

    let mut long = flow;
    // The server may have said farewell in what is not kept.
    long.from_server.total += 1;
    assert!(!has(&report(long, &recorded), FindingCode::SessionEnded));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_loses_its_packets_is_ended_by_neither_side() {
    let (mut flow, recorded) = captured("session-closed").await;
    let mut sent = Vain::once(69, flow.last, 900);
    (1..6).for_each(|times| sent.again(flow.last + times * 1_000_000_000, 900 + times as u64));
    flow.from_client.packets.in_vain = Some(sent);
    let told = report(flow, &recorded);
    assert!(has(&told, FindingCode::PacketsNeverArrive) && has(&told, FindingCode::SessionEnded));
    let session = told.trace.connections[0].session.as_ref().expect("a session");
    assert!(session.failure.as_ref().is_some_and(|failure| failure.is_of_path()), "{session:?}");
    assert!(told.verdict.summary.contains("ended on the way between"), "{}", told.verdict.summary);
}

/// Who ends a connection for another reason has no doubt about the server's key.
#[tokio::test(start_paused = true)]
async fn only_a_client_that_leaves_at_the_servers_proof_is_told_to_doubt_it() {
    for (name, expected) in [
        (None, false),
        (Some("mcs-silence"), false),
        (Some("licensing-close"), false),
        (Some("logon-failure"), false),
        (Some("key-binding-altered"), true),
    ] {
        let (_, watched) = both_of(name.map(fault)).await;
        let told = has(&watched, FindingCode::CredsspKeyBindingFailed);
        assert_eq!(told, expected, "{name:?}");
    }
}
