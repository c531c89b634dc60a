//! One phase as the report keeps it: evidence, time and ending.

use super::{PhaseResult, Step};
use crate::{
    net::Instant,
    report::{PhaseRecord, Status},
};

/// Runs a phase and records what it saw, how long it took and how it ended; none when the walk ends with it.
pub async fn record<E: Default, T>(
    slot: &mut Option<PhaseRecord<E>>,
    run: impl AsyncFnOnce(&mut E) -> PhaseResult<T>,
) -> Option<T> {
    let begin = Instant::now();
    let mut evidence = E::default();
    let result = run(&mut evidence).await;
    let elapsed_ms = begin.elapsed().into();
    let (status, failure, stopped, value) = match result {
        Ok(Step::Passed(value)) => (Status::Passed, None, None, Some(value)),
        Ok(Step::Stopped(reason)) => (Status::Stopped, None, Some(reason.into_owned()), None),
        Err(failure) => (Status::Failed, Some(failure), None, None),
    };
    *slot = Some(PhaseRecord { status, elapsed_ms, evidence, failure, stopped });
    value
}
