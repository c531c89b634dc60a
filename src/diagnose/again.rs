//! What must be made again before a difference between connections proves anything, or their failure is called steady.
//!
//! The traced connection and the experiment that got further are made four times more, in turn. A repetition that
//! ended before the failing phase counts neither way. Repetition speaks for no cause in particular: it is evidence
//! only beside the other side of a difference.

use super::{
    Facts, added,
    difference::{self, Difference},
    handshakes,
};
use crate::{
    codes::Phase,
    report::{Connection, ExperimentKind, ExperimentName, FailureKind, Summary, Trace},
};

/// What to make again, in turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Again {
    /// How often the traced connection.
    pub times: u32,
    /// The experiments that made a difference, by their names.
    pub between: Vec<ExperimentName>,
}

/// A pool of which half the members fail looks steady no more than once in thirty times.
const OFTEN: u32 = 5;
/// Where nothing failed.
const SOUND: u32 = 3;
/// More would be a load, and one difference is what a cause is made of.
const MOST: usize = 1;

/// What to make again after the experiments that were wanted.
pub(crate) fn again(trace: &Trace, wanted: &[ExperimentKind]) -> Again {
    let facts = Facts::of(trace);
    if !wanted.contains(&ExperimentKind::Repeat) {
        return Again::default();
    }
    let Some(failed) = facts.failed() else { return Again { times: SOUND, between: Vec::new() } };
    let between = separating(&facts, failed.phase);
    let silent = failed.failure.is_some_and(|failure| failure.kind == FailureKind::Timeout);
    // Whoever reacts to anything is not simply silent.
    let apart = [ExperimentKind::ConnectOnly, ExperimentKind::HttpRequest];
    // What needs no repetition: a connection that asks nothing, and an answer of HTTP, after which its author is known.
    let asked = facts.experiments.iter().filter(|made| !apart.iter().any(|kind| made.name.is(*kind)));
    let reached = asked.into_iter().any(|made| is_reaction(made.connection, failed.phase));
    let times = match (silent, reached) {
        (false, _) | (true, true) => OFTEN,
        // Who is silent is silent for a while: waiting for it again takes longer than it tells.
        (true, false) => 0,
    };
    Again { times, between }
}

fn is_reaction(made: &Connection, phase: Phase) -> bool {
    let reached = |last: &Summary<'_>| last.phase >= phase;
    let silent =
        |last: &Summary<'_>| last.failure.is_some_and(|failure| failure.kind == FailureKind::Timeout);
    made.phases.summaries().last().is_some_and(|last| reached(last) && !silent(last))
}

/// The experiments that passed where the trace failed, as far as a cause is made of them.
fn separating(facts: &Facts<'_>, phase: Phase) -> Vec<ExperimentName> {
    let added = [
        ExperimentKind::SmallSegments,
        ExperimentKind::NoScreenshot,
        ExperimentKind::NoAdditions,
        ExperimentKind::NoCookie,
        ExperimentKind::NoPreconnection,
        ExperimentKind::NoServerName,
    ];
    let added = added.into_iter().filter(|kind| added::gets_further(facts, *kind));
    // What differs in more than one thing proves nothing, however often it is made.
    let single = |difference: &Difference| !matches!(difference, Difference::Content(_));
    let hello = difference::difference(facts).filter(single).map(Difference::shown_by);
    let legacy = handshakes::legacy(facts).map(|_| ExperimentKind::LegacyHello);
    let request = [ExperimentKind::ProtocolSsl, ExperimentKind::ProtocolHybrid]
        .into_iter()
        .filter(|_| phase == Phase::Negotiate);
    let other = [ExperimentKind::NextAddress].into_iter();
    let passes = |kind: &ExperimentKind| facts.passes(*kind, phase) == Some(true);
    let named = added.chain(hello).chain(legacy).chain(request.chain(other).filter(passes));
    let made = named.filter_map(|kind| Some(facts.experiment(kind)?.name.clone()));
    made.take(MOST).collect()
}
