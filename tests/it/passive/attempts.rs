//! Which connections of a client belong to one attempt.

use rdptrace::{
    diagnose,
    internal::{
        flow::{At, Flow, Side},
        net::Recorded,
        passive::{Attempts, Watched},
    },
    report::{Connection, Outcome, Trace},
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

/// A connection of the client with this number, at this time.
fn of_client(number: u16, flow: &Flow, connection: &Connection, began: At) -> Watched {
    let [high, low] = number.to_be_bytes();
    let server = ([192, 0, 2, 15], 3389).into();
    let last = began + flow.last - flow.began;
    Watched { connection: connection.clone(), client: [10, 0, high, low].into(), server, began, last }
}

/// Who made the first connection of an attempt.
fn clients(traces: &[Trace]) -> Vec<i64> {
    traces.iter().filter_map(|trace| Some(trace.connections[0].started?.0.unix_timestamp())).collect()
}

/// What is kept is bounded: of too many connections those are judged that have been quiet for longest, and none twice.
#[tokio::test(start_paused = true)]
async fn attempts_that_were_quiet_for_longest_are_handed_out_first() {
    const MOST: u16 = 1024;
    let (flow, keys) = captured("nla-required").await;
    let seen = watched(&flow, &keys);
    let mut attempts = Attempts::default();
    let add = |attempts: &mut Attempts, number: u16| {
        let began = At::from(number) * SECOND;
        attempts.add(of_client(number, &flow, &seen, began))
    };
    for number in 0..MOST {
        assert!(add(&mut attempts, number).is_empty(), "{number}");
    }
    // Another connection of the first client is one too many, and makes its attempt the one that was heard of last.
    let first = add(&mut attempts, 0);
    assert_eq!(first.len(), 257);
    assert!(first.iter().all(|trace| trace.connections.len() == 1), "the first client's has two");
    // So many fewer are kept.
    for number in MOST..MOST + 256 {
        assert!(add(&mut attempts, number).is_empty(), "{number}");
    }
    let second = add(&mut attempts, MOST + 256);
    assert!(second.len() > 250, "{}", second.len());
    let left = attempts.finish();
    let all = first.len() + second.len() + left.len();
    assert_eq!(all, usize::from(MOST) + 257);
    let two: Vec<_> = left.iter().filter(|trace| trace.connections.len() == 2).collect();
    assert_eq!(two.len() + second.iter().filter(|trace| trace.connections.len() == 2).count(), 1);
    assert_eq!(clients(&left).len(), left.len());
}

/// Of an attempt the first and the last eight are kept, and count as so many.
#[tokio::test(start_paused = true)]
async fn a_client_that_tries_all_the_time_is_kept_in_part() {
    let (flow, keys) = captured("nla-required").await;
    let seen = watched(&flow, &keys);
    let mut attempts = Attempts::default();
    for second in 0..100 {
        assert!(attempts.add(of_client(1, &flow, &seen, second * SECOND)).is_empty());
    }
    for number in 2..=1009 {
        assert!(attempts.add(of_client(number, &flow, &seen, 0)).is_empty(), "{number}");
    }
    assert_eq!(attempts.add(of_client(1010, &flow, &seen, 0)).len(), 253);
    let mut left = attempts.finish();
    left.sort_by_key(|trace| trace.connections.len());
    let busy = left.last();
    assert!(busy.is_none_or(|busy| busy.connections.len() == 1), "it was quiet for longest");
}

/// What a client begins before its session is there belongs to the same attempt.
#[tokio::test(start_paused = true)]
async fn a_session_begins_when_all_its_phases_have_passed() {
    let (flow, opened) = captured("session-closed").await;
    let mut works = watched(&flow, &opened);
    works.phases.connect.as_mut().expect("it was opened").elapsed_ms.0 = 5000.0;
    let (refused, keys) = captured("nla-required").await;
    let other = watched(&refused, &keys);
    for (began, expected) in [(3, 1), (4, 1), (6, 2)] {
        let mut attempts = Attempts::default();
        assert!(attempts.add(of_client(1, &flow, &works, 0)).is_empty());
        assert!(attempts.add(of_client(1, &refused, &other, began * SECOND)).is_empty());
        assert_eq!(attempts.finish().len(), expected, "{began}");
    }
}

/// The name that was given is the one that certificates have to be for.
#[tokio::test(start_paused = true)]
async fn a_name_that_is_given_is_that_of_every_attempt() {
    let (flow, keys) = captured("nla-required").await;
    let seen = watched(&flow, &keys);
    let mut attempts = Attempts::new(Some("given.example".to_owned()));
    attempts.add(of_client(1, &flow, &seen, 0));
    let trace = attempts.finish().pop().expect("one attempt");
    assert_eq!(trace.target.map(|target| target.server_name).as_deref(), Some("given.example"));
}

/// What a trace asks at another address, to follow up its own connection, belongs to it; what somebody else asks there does not.
#[tokio::test(start_paused = true)]
async fn a_connection_that_follows_up_another_belongs_to_the_same_client() {
    let (flow, keys) = captured("nla-required").await;
    let seen = watched(&flow, &keys);
    let mut follows = seen.clone();
    follows.purpose = serde_json::from_value("experiment:no-sni".into()).expect("a purpose");
    for (client, expected) in [(1, &[2][..]), (2, &[1, 1][..])] {
        let mut attempts = Attempts::default();
        attempts.add(of_client(1, &flow, &seen, 0));
        let server = ([192, 0, 2, 16], 3389).into();
        attempts.add(Watched { server, ..of_client(client, &flow, &follows, SECOND) });
        let made: Vec<usize> = attempts.finish().iter().map(|trace| trace.connections.len()).collect();
        assert_eq!(made, expected, "{client}");
    }
}
