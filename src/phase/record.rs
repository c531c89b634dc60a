//! One phase as the report keeps it: evidence, time and ending.

use super::{PhaseResult, Step};
use crate::{
    net::Instant,
    report::{Failure, INTERRUPTED, PhaseRecord, Status},
};

/// Runs a phase and records what it saw, how long it took and how it ended; none when the walk ends with it. What it saw is also
/// recorded where it is given up.
pub(crate) async fn record<E: Default, T>(
    slot: &mut Option<PhaseRecord<E>>,
    run: impl AsyncFnOnce(&mut E) -> PhaseResult<T>,
) -> Option<T> {
    let mut open = Open { slot, begin: Instant::now(), evidence: Some(E::default()) };
    let result = run(open.evidence.get_or_insert_default()).await;
    let (status, failure, stopped, value) = match result {
        Ok(Step::Passed(value)) => (Status::Passed, None, None, Some(value)),
        Ok(Step::Stopped(reason)) => (Status::Stopped, None, Some(reason.into_owned()), None),
        Err(failure) => (Status::Failed, Some(failure), None, None),
    };
    open.close(status, failure, stopped);
    value
}

/// A phase under way.
struct Open<'a, E> {
    slot: &'a mut Option<PhaseRecord<E>>,
    begin: Instant,
    evidence: Option<E>,
}

impl<E> Open<'_, E> {
    fn close(&mut self, status: Status, failure: Option<Failure>, stopped: Option<String>) {
        if let Some(evidence) = self.evidence.take() {
            let elapsed_ms = self.begin.elapsed().into();
            *self.slot = Some(PhaseRecord { status, elapsed_ms, evidence, failure, stopped, inferred: None });
        }
    }
}

impl<E> Drop for Open<'_, E> {
    fn drop(&mut self) {
        self.close(Status::Stopped, None, Some(INTERRUPTED.to_owned()));
    }
}
