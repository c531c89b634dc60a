//! How a session ends, as far as what is kept of it shows.

use rdptrace::report::{FailureKind, FindingCode};

use super::{captured, has, report};

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
