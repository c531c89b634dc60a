//! What the tries showed, bounded: the first ones and the last ones.

use std::time::Duration;

use crate::report::{Report, Wait, WaitEntry};

const FIRST: usize = 10;
const LAST: usize = 20;

/// The tries so far.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    tries: u64,
    entries: Vec<WaitEntry>,
}

impl Timeline {
    /// Adds a try that ended `at` this time after the wait began.
    pub(super) fn add(&mut self, at: Duration, report: &Report) -> WaitEntry {
        let failure = report.verdict.failure.as_ref();
        let described = report.trace.described();
        let last = described.and_then(|connection| connection.phases.summaries().last().copied());
        let entry = WaitEntry {
            at_ms: at.into(),
            phase: last.map(|summary| summary.phase),
            status: last.map(|summary| summary.status),
            kind: failure.map(|failure| failure.kind),
            code: failure.and_then(|failure| failure.code),
        };
        if self.entries.len() == FIRST + LAST {
            self.entries.remove(FIRST);
        }
        self.entries.push(entry.clone());
        self.tries += 1;
        entry
    }

    /// How many tries were made.
    pub(super) fn tries(&self) -> u64 {
        self.tries
    }

    /// The record of a wait, which lasted to the end of the last try.
    pub(super) fn record(self, interrupted: bool) -> Wait {
        let elapsed_ms = self.entries.last().map(|entry| entry.at_ms).unwrap_or_default();
        Wait { tries: self.tries, elapsed_ms, interrupted, timeline: self.entries }
    }
}
