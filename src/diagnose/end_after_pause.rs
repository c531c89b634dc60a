//! An end that comes late: after a time-out of somebody, in answer to a keep-alive, or after bytes that had to be sent again.

use super::{
    Facts,
    pace::{AGAIN_MS, SHORT_TRIP_MS, quiet},
    path,
};
use crate::{
    codes::Phase,
    report::{Connection, FailureKind, Tcp},
};

/// Nobody needs a second to say that nobody is there: whoever ended the connection so late had waited for something else.
pub(super) fn timed_out(facts: &Facts<'_>) -> Option<String> {
    const TIME_OUT_MS: f64 = 900.0;
    // The end itself came earlier, and never arrived.
    if answers_probe(facts).is_some() {
        return None;
    }
    let failure = facts.failed().filter(|failed| failed.phase >= Phase::Negotiate)?.failure?;
    let cut = matches!(failure.kind, FailureKind::Closed | FailureKind::Reset);
    let end = failure.end.as_ref().filter(|_| cut && failure.received.is_none())?;
    let since = quiet(end)?;
    let trip = facts.transport.and_then(|tcp| tcp.round_trip_ms).map_or(0.0, |trip| trip.0);
    (since >= TIME_OUT_MS + 2.0 * trip)
        .then(|| format!("the end came {:.1} s after the last byte, as after a time-out", since / 1000.0))
}

/// That a reset answers no byte of ours but the question of our system whether the peer is there: its connection had ended before.
/// Whether that question or a byte of ours is the first to meet it is chance, so another connection shows it as well.
fn answers_probe(facts: &Facts<'_>) -> Option<String> {
    const BEFORE: &str = "the connection had ended there before, and that end never came";
    let failure = facts.failed().filter(|failed| failed.phase >= Phase::Negotiate)?.failure?;
    (failure.kind == FailureKind::Reset && path::is_direct(facts)).then_some(())?;
    let asked = |tcp: &Tcp| tcp.probes.is_some_and(|probes| probes > 0);
    if facts.transport.is_some_and(asked) {
        return Some(format!("the reset only answers a keep-alive of our system: {BEFORE}"));
    }
    let reset = |made: &&Connection| {
        let last = made.phases.summaries().pop().and_then(|last| last.failure);
        made.tcp.as_ref().is_some_and(asked) && last.is_some_and(|end| end.kind == FailureKind::Reset)
    };
    let others = facts.trace.connections.iter().filter(reset).count();
    let text =
        || format!("of the other connections {others} were reset only in answer to a keep-alive: {BEFORE}");
    (others > 0).then(text)
}

/// That what was sent last was sent again before a reset came: the peer's system had neither answered nor taken it.
pub(super) fn reset_late(facts: &Facts<'_>) -> Option<String> {
    answers_probe(facts).or_else(|| sent_again(facts))
}

fn sent_again(facts: &Facts<'_>) -> Option<String> {
    let failure = facts.failed().filter(|failed| failed.phase >= Phase::Negotiate)?.failure?;
    let since = failure.end.as_ref().filter(|_| failure.kind == FailureKind::Reset)?.after_sent_ms?.0;
    let tcp = facts.transport.filter(|_| path::is_direct(facts))?;
    let trip = tcp.round_trip_ms?.0;
    let again = tcp.retransmissions?.saturating_sub(tcp.syn_retries?);
    (again > 0 && trip < SHORT_TRIP_MS / 2.0 && since >= AGAIN_MS - 2.0 * trip && since < AGAIN_MS * 5.0).then(|| {
        format!("our last bytes were sent again before the reset, {since:.0} ms after them: nobody had acknowledged them")
    })
}
