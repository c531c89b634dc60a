//! One phase as the report keeps it.

use super::talk::{Halt, Passing, Talk};
use crate::{
    codes::Phase,
    flow::{At, millis},
    report::{Millis, PhaseRecord, Status},
};

/// Reads a phase and records what it shows; none if the walk ends with it.
pub(super) fn record<E: Default, T>(
    talk: &mut Talk<'_>,
    phase: Phase,
    slot: &mut Option<PhaseRecord<E>>,
    run: impl FnOnce(&mut Talk<'_>, &mut E) -> Passing<T>,
) -> Option<T> {
    talk.phase = phase;
    let (record, value) = part(talk, run);
    *slot = Some(record);
    value
}

/// The same for a part of a phase.
pub(super) fn part<'a, E: Default, T>(
    talk: &mut Talk<'a>,
    run: impl FnOnce(&mut Talk<'a>, &mut E) -> Passing<T>,
) -> (PhaseRecord<E>, Option<T>) {
    let mut evidence = E::default();
    let (begin, prompted) = (talk.now, talk.prompted);
    (talk.since, talk.unasked) = (begin, 0);
    let result = run(talk, &mut evidence);
    let undelivered = if result.is_ok() { talk.undelivered() } else { None };
    let result = undelivered.map_or(result, |failure| Err(failure.into()));
    let (mut record, value) = timed(talk, begin, evidence, result);
    record.elapsed_ms = Millis::rounded((record.elapsed_ms.0 - (talk.prompted - prompted)).max(0.0));
    (record, value)
}

/// What was read since `begin`.
pub(super) fn timed<E, T>(
    talk: &Talk<'_>,
    begin: At,
    evidence: E,
    result: Passing<T>,
) -> (PhaseRecord<E>, Option<T>) {
    let elapsed_ms = Millis::rounded(millis(begin, talk.now));
    let result = result.map_err(|halt| match halt {
        Halt::Failed(failure) if talk.is_goodbye(&failure) => talk.left(),
        halt => halt.doubted(talk.flow),
    });
    let (status, failure, stopped, value) = match result {
        Ok(value) => (Status::Passed, None, None, Some(value)),
        Err(Halt::Failed(failure)) => (Status::Failed, Some(failure), None, None),
        Err(Halt::Stopped(why)) => (Status::Stopped, None, Some(why), None),
        Err(Halt::Unseen(why)) => (Status::Unseen, None, Some(why), None),
    };
    (PhaseRecord { status, elapsed_ms, evidence, failure, stopped, inferred: None }, value)
}
