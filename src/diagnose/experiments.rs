//! What the experiments showed, as the rules ask for it.

use super::{Facts, handshakes::HELLOS};
use crate::{
    codes::Phase,
    report::{Connection, Failure, FailureKind, Purpose, Status, Summary, Trace},
};

/// Who is silent for so long was waited for.
const PATIENCE_MS: f64 = 1000.0;

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

    /// How this phase ended in the experiment with this name and in those that made it again.
    pub fn endings(&self, name: &str, phase: Phase) -> Vec<Ending<'a>> {
        let same = |made: &&Experiment<'_>| {
            made.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("-again-"))
        };
        self.experiments.iter().filter(same).filter_map(|made| made.ending(phase)).collect()
    }

    /// How many of the same experiment passed this phase, where some did and some did not; of the traced connection in the first
    /// place.
    pub fn mixed(&self, phase: Phase) -> Option<(usize, usize)> {
        let (passed, made) = self.passed_again(phase);
        if passed > 0 {
            return Some((passed, made));
        }
        let names = self.experiments.iter().filter_map(|made| Some(made.name.split_once("-again-")?.0));
        let counts = names.map(|name| {
            let endings = self.endings(name, phase);
            (endings.iter().filter(|ending| **ending == Ending::Passed).count(), endings.len())
        });
        counts.into_iter().find(|(passed, made)| *passed > 0 && passed < made)
    }

    /// How many of the repetitions failed in this phase as the trace did, and how many got there.
    pub fn repeated(&self, phase: Phase) -> (usize, usize) {
        let kind = self.failed().and_then(|failed| failed.failure).map(|failure| failure.kind);
        // Whether an end is a FIN or a RST is often chance.
        let ended = |kind| matches!(kind, FailureKind::Closed | FailureKind::Reset);
        let alike = |other| Some(other) == kind || ended(other) && kind.is_some_and(ended);
        let same = |ending: &&Ending<'_>| matches!(ending, Ending::Failed(failure) if alike(failure.kind));
        let endings = self.repetitions(phase);
        (endings.iter().filter(same).count(), endings.len())
    }

    /// How many of the repetitions passed this phase, and how many got there.
    pub fn passed_again(&self, phase: Phase) -> (usize, usize) {
        let endings = self.repetitions(phase);
        // TLS 1.3 lets the client finish first: an experiment that ends there is gone before it is refused.
        let too_early = phase == Phase::Tls && self.tls.is_some_and(|tls| tls.client_certificate_requested);
        let passed = endings.iter().filter(|ending| **ending == Ending::Passed && !too_early);
        (passed.count(), endings.len())
    }

    /// How this phase ended in the repetitions; one that ended before it says nothing of it.
    fn repetitions(&self, phase: Phase) -> Vec<Ending<'a>> {
        let repeats = self.experiments.iter().filter(|experiment| experiment.name.starts_with("repeat-"));
        repeats.filter_map(|experiment| experiment.ending(phase)).collect()
    }

    /// How the connections that followed ended before the phase in which the trace failed, though they do the same as it up
    /// to there; and how many such connections were made.
    pub fn turned_away(&self) -> (Vec<Summary<'a>>, usize) {
        let Some(failed) = self.failed().map(|failed| failed.phase) else { return (Vec::new(), 0) };
        // A server of old suites refuses the hellos that do without them.
        let is_old = self.tls.is_some_and(|tls| tls.has_old_suite());
        let same_hello = |name: &str| !is_old || name == "no-sni" || !HELLOS.contains(&name);
        let alike = |made: &&Experiment<'_>| {
            failed <= Phase::Negotiate || opens_alike(made.name) && same_hello(made.name)
        };
        let followed = self.experiments.iter().filter(|made| !made.name.starts_with("next-address-"));
        let followed: Vec<_> = followed.filter(alike).collect();
        let last = followed.iter().filter_map(|made| made.connection.phases.summaries().pop());
        let early = last.filter(|last| last.phase < failed && last.phase > Phase::Resolve && is_away(last));
        (early.collect(), followed.len())
    }

    /// The certificate that was served without a Connection Request, which may be another host's than the target's.
    pub fn direct_certificate(&self) -> Option<String> {
        let tls = self.experiment("direct-tls")?.connection.phases.tls.as_ref()?;
        let served = tls.evidence.certificate.as_ref()?;
        let subject = if served.subject.is_empty() { "no subject" } else { &served.subject };
        Some(format!("the certificate of {subject}, SHA-1 {}", served.sha1))
    }

    /// The names of the other addresses' experiments that passed this phase.
    pub fn other_addresses(&self, phase: Phase) -> Vec<&Experiment<'a>> {
        let others = self.experiments.iter().filter(|e| e.name.starts_with("next-address-"));
        others.filter(|experiment| experiment.ending(phase) == Some(Ending::Passed)).collect()
    }
}

/// Whether its Connection Request is the usual one.
fn opens_alike(name: &str) -> bool {
    name != "direct-tls" && name != "no-cookie" && !name.starts_with("protocol-")
}

/// Whether the connection was refused, cut or left without an answer. A phase that the end of the run cut short shows nothing.
fn is_away(last: &Summary<'_>) -> bool {
    use FailureKind::{Closed, Refused, Reset, Timeout, Unreachable};
    last.failure.is_some_and(|failure| match failure.kind {
        Closed | Refused | Reset | Unreachable => true,
        Timeout => last.elapsed_ms.0 >= PATIENCE_MS,
        _ => false,
    })
}
