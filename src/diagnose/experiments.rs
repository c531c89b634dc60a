//! What the experiments showed, as the rules ask for it.

use super::Facts;
use crate::{
    codes::Phase,
    report::{Connection, Failure, FailureKind, Purpose, Status, Trace},
};

/// One experiment that was made.
#[derive(Clone, Copy, Debug)]
pub struct Experiment<'a> {
    /// Its name, with its number where it has one.
    pub name: &'a str,
    /// What was seen.
    pub connection: &'a Connection,
}

/// How an experiment's phase ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending<'a> {
    /// It passed.
    Passed,
    /// It failed so.
    Failed(&'a Failure),
}

impl<'a> Experiment<'a> {
    /// How this phase ended; none when the experiment did not get there.
    pub fn ending(&self, phase: Phase) -> Option<Ending<'a>> {
        let summary =
            self.connection.phases.summaries().into_iter().find(|summary| summary.phase == phase)?;
        match (summary.status, summary.failure) {
            (Status::Passed, _) => Some(Ending::Passed),
            (_, Some(failure)) => Some(Ending::Failed(failure)),
            _ => None,
        }
    }
}

/// Every experiment of a trace.
pub fn all(trace: &Trace) -> Vec<Experiment<'_>> {
    let made = trace.connections.iter().filter_map(|connection| match &connection.purpose {
        Purpose::Experiment(name) => Some(Experiment { name, connection }),
        _ => None,
    });
    made.collect()
}

impl<'a> Facts<'a> {
    /// The experiment with this name.
    pub fn experiment(&self, name: &str) -> Option<&Experiment<'a>> {
        self.experiments.iter().find(|experiment| experiment.name == name)
    }

    /// Whether this phase passed in the experiment with this name; none when it was not reached.
    pub fn passes(&self, name: &str, phase: Phase) -> Option<bool> {
        Some(self.experiment(name)?.ending(phase)? == Ending::Passed)
    }

    /// How many of the repetitions failed in this phase as the trace did, and how many were made.
    pub fn repeated(&self, phase: Phase) -> (usize, usize) {
        let kind = self.failed().and_then(|failed| failed.failure).map(|failure| failure.kind);
        let repeats = self.experiments.iter().filter(|experiment| experiment.name.starts_with("repeat-"));
        // Whether an end is a FIN or a RST is often chance.
        let ended = |kind| matches!(kind, FailureKind::Closed | FailureKind::Reset);
        let alike = |other| Some(other) == kind || ended(other) && kind.is_some_and(ended);
        let same = |ending| matches!(ending, Some(Ending::Failed(failure)) if alike(failure.kind));
        let endings: Vec<_> = repeats.map(|experiment| experiment.ending(phase)).collect();
        (endings.iter().filter(|ending| same(**ending)).count(), endings.len())
    }
    /// How many of the repetitions passed this phase, and how many were made.
    pub fn passed_again(&self, phase: Phase) -> (usize, usize) {
        let repeats = self.experiments.iter().filter(|experiment| experiment.name.starts_with("repeat-"));
        let endings: Vec<_> = repeats.map(|experiment| experiment.ending(phase)).collect();
        // TLS 1.3 lets the client finish first: an experiment that ends there is gone before it is refused.
        let too_early = phase == Phase::Tls && self.tls.is_some_and(|tls| tls.client_certificate_requested);
        let passed = endings.iter().filter(|ending| **ending == Some(Ending::Passed) && !too_early);
        (passed.count(), endings.len())
    }

    /// The names of the other addresses' experiments that passed this phase.
    pub fn other_addresses(&self, phase: Phase) -> Vec<&Experiment<'a>> {
        let others = self.experiments.iter().filter(|e| e.name.starts_with("next-address-"));
        others.filter(|experiment| experiment.ending(phase) == Some(Ending::Passed)).collect()
    }
}
