//! Which connections of a client belong to one attempt.

use rdptrace::{
    diagnose,
    internal::{
        flow::{At, Flow, Side},
        net::Recorded,
        passive::{Attempts, Watched},
    },
    report::Outcome,
};

use super::{captured, watched};

const SECOND: At = 1_000_000_000;

/// The same connection at this time.
fn at(flow: &Flow, began: At) -> Flow {
    let mut moved = flow.clone();
    let by = began - flow.began;
    let opening = &mut moved.opening;
    let opened = [&mut opening.syn, &mut opening.syn_ack, &mut opening.ack];
    opened.into_iter().flatten().for_each(|at| *at += by);
    [&mut moved.began, &mut moved.last, &mut moved.watched].into_iter().for_each(|at| *at += by);
    for side in [Side::Client, Side::Server] {
        let stream = moved.stream_mut(side);
        stream.marks.iter_mut().for_each(|mark| mark.at += by);
        stream.end.iter_mut().for_each(|end| end.at += by);
    }
    moved
}

/// The outcomes of the attempts that these connections are, in the order of their beginnings, with how many they have.
fn judged(connections: &[(&Flow, &Recorded, At)]) -> Vec<(Outcome, usize)> {
    let mut attempts = Attempts::default();
    for (flow, recorded, began) in connections {
        let (flow, client) = (at(flow, *began), flow.client.ip());
        let connection = watched(&flow, recorded);
        let server = ([192, 0, 2, 15], 3389).into();
        attempts.add(Watched { connection, client, server, began: flow.began, last: flow.last });
    }
    let mut traces = attempts.finish();
    traces.sort_by_key(|trace| trace.connections[0].started.map(|started| started.0));
    traces
        .into_iter()
        .map(|trace| {
            let count = trace.connections.len();
            (diagnose(trace).verdict.outcome, count)
        })
        .collect()
}

/// A session that works hides no refusal that its client meets after it, in whatever order the connections end.
#[tokio::test(start_paused = true)]
async fn a_session_ends_the_attempt() {
    let (works, opened) = captured("session-slow-path").await;
    let (refused, keys) = captured("nla-required").await;
    let session = (&works, &opened, 10 * SECOND);
    let before = (&refused, &keys, 0);
    let after = [(&refused, &keys, 90 * SECOND), (&refused, &keys, 100 * SECOND)];
    let expected = [(Outcome::Passed, 2), (Outcome::Aborted, 2)];
    assert_eq!(judged(&[before, session, after[0], after[1]]), expected);
    assert_eq!(judged(&[before, after[0], after[1], session]), expected);
    assert_eq!(judged(&[after[1], session, after[0], before]), expected);
}

/// A connection that is given up for another one is no attempt of its own.
#[tokio::test(start_paused = true)]
async fn what_a_session_follows_belongs_to_it() {
    let (works, opened) = captured("session-slow-path").await;
    let (refused, keys) = captured("nla-required").await;
    let all = [(&refused, &keys, 0), (&refused, &keys, 30 * SECOND), (&works, &opened, 60 * SECOND)];
    assert_eq!(judged(&all), [(Outcome::Passed, 3)]);
}

/// Nobody saw how the first one went on; a failure after it is the client's, one before it is not.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_sealed_hides_no_failure_after_it() {
    let sealed = captured("session-slow-path").await.0;
    let (refused, keys) = captured("nla-required").await;
    let unknown = Recorded::default();
    let first = (&sealed, &unknown, 10 * SECOND);
    assert_eq!(judged(&[first, (&refused, &keys, 20 * SECOND)]), [(Outcome::Aborted, 2)]);
    assert_eq!(judged(&[(&refused, &keys, 0), first]), [(Outcome::Stopped, 2)]);
}
