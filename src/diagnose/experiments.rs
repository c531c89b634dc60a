//! What the experiments showed, as the rules ask for it.

use super::{Facts, hellos::HELLOS};
use crate::{
    codes::Phase,
    report::{
        Connection, Direction, ExperimentKind, ExperimentName, Failure, FailureKind, Frame, Purpose, Status,
        Summary, Trace,
    },
};

/// The version of a TPKT, in hex (RFC 1006 section 6).
const TPKT: &str = "03";
/// Who is silent for so long was waited for.
const PATIENCE_MS: f64 = 1000.0;

/// What answers inside TLS.
pub(super) enum Inside {
    /// Something of RDP.
    Rdp,
    /// Another service, by name.
    Other(String),
    /// Nothing, until the time was over.
    Silence(String),
    /// An end without a word.
    End(String),
}

impl Inside {
    /// The sentence of what is no RDP.
    pub(super) fn foreign(&self) -> Option<String> {
        match self {
            Self::Rdp => None,
            Self::Other(speaks) => Some(format!("inside TLS nothing of RDP answers: the answer is {speaks}")),
            Self::Silence(ended) | Self::End(ended) => {
                Some(format!("inside TLS nothing of RDP answers: {ended}"))
            }
        }
    }
}

/// One experiment that was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Experiment<'a> {
    /// Its name, with its number where it has one.
    pub name: &'a ExperimentName,
    /// What was seen.
    pub connection: &'a Connection,
}

/// How an experiment's phase ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ending<'a> {
    /// It passed.
    Passed,
    /// It failed so.
    Failed(&'a Failure),
}

impl<'a> Experiment<'a> {
    /// How this phase ended; none when the experiment did not get there.
    pub(super) fn ending(&self, phase: Phase) -> Option<Ending<'a>> {
        let summary =
            self.connection.phases.summaries().into_iter().find(|summary| summary.phase == phase)?;
        match (summary.status, summary.failure) {
            (Status::Passed, _) => Some(Ending::Passed),
            (_, Some(failure)) => Some(Ending::Failed(failure)),
            _ => None,
        }
    }
}

/// Whether a connection ended in this phase, which is one of the first two on a direct way, without a byte. An end that comes right
/// after the SYN-ACK is seen by connect or by the first read, as chance has it.
fn ended_at_the_door(made: &Connection, last: &Summary<'_>) -> bool {
    use FailureKind::{Closed, Refused, Reset};
    let proxy = made.phases.connect.as_ref().is_some_and(|connect| connect.evidence.proxy.is_some());
    let direct = !proxy && made.phases.gateway.is_none();
    direct
        && last.failure.is_some_and(|failure| match last.phase {
            Phase::Connect => matches!(failure.kind, Closed | Refused | Reset),
            Phase::Negotiate => matches!(failure.kind, Closed | Reset) && failure.received.is_none(),
            _ => false,
        })
}

/// Every experiment of a trace.
pub(super) fn all(trace: &Trace) -> Vec<Experiment<'_>> {
    let made = trace.connections.iter().filter_map(|connection| match &connection.purpose {
        Purpose::Experiment(name) => Some(Experiment { name, connection }),
        _ => None,
    });
    made.collect()
}

impl<'a> Facts<'a> {
    /// The experiment of this kind; of several the first.
    pub(super) fn experiment(&self, kind: ExperimentKind) -> Option<&Experiment<'a>> {
        self.experiments.iter().find(|experiment| experiment.name.is(kind) && !experiment.name.is_again())
    }

    /// Whether this phase passed in the experiment of this kind; none when it was not reached.
    pub(super) fn passes(&self, kind: ExperimentKind, phase: Phase) -> Option<bool> {
        Some(self.ending_in(phase, self.experiment(kind)?)? == Ending::Passed)
    }

    /// How this phase ended in an experiment. Where the traced connection ended there without a byte, an end one step off is the same.
    pub(super) fn ending_in(&self, phase: Phase, made: &Experiment<'a>) -> Option<Ending<'a>> {
        let traced = || Some((self.described?, self.failed()?));
        let at_the_door = |&(described, failed): &(&Connection, &Summary<'a>)| {
            failed.phase == phase && ended_at_the_door(described, failed)
        };
        let early = traced().filter(at_the_door).and_then(|_| early_end(made));
        early
            .or_else(|| made.ending(phase))
            .or_else(|| self.wants_account(phase, made).then_some(Ending::Passed))
    }

    /// Whether this phase went past where the traced one failed, and stopped only because no experiment shows an account.
    fn wants_account(&self, phase: Phase, made: &Experiment<'a>) -> bool {
        let unproved = self.credssp.is_some_and(|credssp| !credssp.attempted);
        let fails = self.failed().is_some_and(|failed| failed.phase == phase && phase == Phase::Credssp);
        let stopped = || made.connection.phases.credssp.as_ref().is_some_and(|one| one.stopped.is_some());
        fails && unproved && stopped()
    }

    /// How this phase ended in the experiment of this kind and in those that made it again.
    pub(super) fn endings(&self, kind: ExperimentKind, phase: Phase) -> Vec<Ending<'a>> {
        let first = self.experiment(kind).map(|made| made.name.first());
        let same = |made: &&Experiment<'_>| Some(made.name.first()) == first;
        self.experiments.iter().filter(same).filter_map(|made| self.ending_in(phase, made)).collect()
    }

    /// How many of the same experiment passed this phase, where some did and some did not; of the traced connection in the first
    /// place.
    pub(super) fn mixed(&self, phase: Phase) -> Option<(usize, usize)> {
        let (passed, made) = self.passed_again(phase);
        if passed > 0 {
            return Some((passed, made));
        }
        let again = self.experiments.iter().filter(|made| made.name.is_again());
        let counts = again.filter_map(|made| made.name.kind()).map(|kind| {
            let endings = self.endings(kind, phase);
            (endings.iter().filter(|ending| **ending == Ending::Passed).count(), endings.len())
        });
        counts.into_iter().find(|(passed, made)| *passed > 0 && passed < made)
    }

    /// How many of the repetitions failed in this phase as the trace did, and how many got there.
    pub(super) fn repeated(&self, phase: Phase) -> (usize, usize) {
        let kind = self.failed().and_then(|failed| failed.failure).map(|failure| failure.kind);
        // Whether an end is a FIN or a RST is often chance, and so is which step meets it.
        let ended = |kind| matches!(kind, FailureKind::Closed | FailureKind::Reset | FailureKind::Refused);
        let alike = |other| Some(other) == kind || ended(other) && kind.is_some_and(ended);
        let same = |ending: &&Ending<'_>| matches!(ending, Ending::Failed(failure) if alike(failure.kind));
        let endings = self.repetitions(phase);
        (endings.iter().filter(same).count(), endings.len())
    }

    /// How many of the repetitions passed this phase, and how many got there.
    pub(super) fn passed_again(&self, phase: Phase) -> (usize, usize) {
        let endings = self.repetitions(phase);
        // TLS 1.3 lets the client finish first: an experiment that ends there is gone before it is refused.
        let too_early = phase == Phase::Tls && self.tls.is_some_and(|tls| tls.client_certificate_requested);
        let passed = endings.iter().filter(|ending| **ending == Ending::Passed && !too_early);
        (passed.count(), endings.len())
    }

    /// How the repetitions ended that passed this phase and failed after it.
    pub(super) fn failed_later(&self, phase: Phase) -> Vec<Summary<'a>> {
        let repeats = self.experiments.iter().filter(|made| made.name.is(ExperimentKind::Repeat));
        let passed = repeats.filter(|made| self.ending_in(phase, made) == Some(Ending::Passed));
        let ended = passed.filter_map(|made| made.connection.phases.summaries().pop());
        ended.filter(|last| last.phase > phase && last.status == Status::Failed).collect()
    }

    /// Another number by which the same connection was refused, as by another member of a pool.
    pub(super) fn other_refusal(&self) -> Option<&'a Failure> {
        let failed = self.failed()?;
        let number = |failure: &Failure| Some((failure.kind, failure.code?));
        let traced = number(failed.failure?)?;
        let repeats = self.experiments.iter().filter(|made| made.name.is(ExperimentKind::Repeat));
        let ended = repeats.filter_map(|made| made.connection.phases.summaries().pop());
        let refused = ended.filter(|last| last.phase <= failed.phase).filter_map(|last| last.failure);
        refused.into_iter().find(|other| number(other).is_some_and(|other| other != traced))
    }

    /// How this phase ended in the repetitions; one that ended otherwise before it says nothing of it.
    fn repetitions(&self, phase: Phase) -> Vec<Ending<'a>> {
        let repeats = self.experiments.iter().filter(|experiment| experiment.name.is(ExperimentKind::Repeat));
        repeats.filter_map(|experiment| self.ending_in(phase, experiment)).collect()
    }

    /// How the connections that followed ended before the phase in which the trace failed, though they do the same as it up
    /// to there; and how many such connections were made.
    pub(super) fn turned_away(&self) -> (Vec<Summary<'a>>, usize) {
        let Some(failed) = self.failed().map(|failed| failed.phase) else { return (Vec::new(), 0) };
        // A server of old suites refuses the hellos that do without them.
        let is_old = self.tls.is_some_and(|tls| tls.has_old_suite());
        let same_hello = |kind: Option<ExperimentKind>| !(is_old && kind.is_some_and(is_another_hello));
        let alike = |made: &&Experiment<'_>| {
            let kind = made.name.kind();
            failed <= Phase::Negotiate || kind.is_none_or(opens_alike) && same_hello(kind)
        };
        let followed = self.experiments.iter().filter(|made| !made.name.is(ExperimentKind::NextAddress));
        let followed: Vec<_> = followed.filter(alike).collect();
        // A port that is closed now is another matter than an end that connect meets by chance.
        let chance = |made: &Experiment<'_>| match self.ending_in(failed, made) {
            Some(Ending::Failed(failure)) => failure.kind != FailureKind::Refused,
            _ => false,
        };
        let told = followed.iter().filter(|made| !chance(made));
        let last = told.filter_map(|made| made.connection.phases.summaries().pop());
        // Who took longer for the same in the traced connection was only not waited for.
        let waited = |last: &Summary<'_>| {
            let traced = self.phases.iter().find(|summary| summary.phase == last.phase);
            last.failure.is_none_or(|failure| failure.kind != FailureKind::Timeout)
                || traced.is_none_or(|traced| last.elapsed_ms.0 > traced.elapsed_ms.0)
        };
        let early = last.filter(|last| {
            last.phase < failed && last.phase > Phase::Resolve && is_away(last) && waited(last)
        });
        (early.collect(), followed.len())
    }

    /// The certificate that was served without a Connection Request, which may be another host's than the target's.
    pub(super) fn direct_certificate(&self) -> Option<String> {
        let tls = self.experiment(ExperimentKind::DirectTls)?.connection.phases.tls.as_ref()?;
        let served = tls.evidence.certificate.as_ref()?;
        let subject = if served.subject.is_empty() { "no subject" } else { &served.subject };
        Some(format!("the certificate of {subject}, SHA-1 {}", served.sha1))
    }

    /// What answers RDP inside TLS without a Connection Request.
    pub(super) fn inside_direct_tls(&self) -> Option<Inside> {
        let made = &self.experiment(ExperimentKind::DirectTls)?.connection;
        let mcs = made.phases.mcs.as_ref()?;
        let came = |frame: &Frame| frame.tls && frame.direction == Direction::Received;
        let head = |frame: &Frame| frame.head.as_ref().is_some_and(|head| head.starts_with(TPKT));
        // Whatever ends it later: the host may want its own TLS inside that of the front.
        if mcs.failure.is_none() || made.frames.iter().any(|frame| came(frame) && head(frame)) {
            return Some(Inside::Rdp);
        }
        Some(match &made.phases.tls.as_ref()?.evidence.speaks_inside {
            Some(speaks) => Inside::Other(speaks.to_string()),
            None => match mcs.failure.as_ref()? {
                end if end.kind == FailureKind::Timeout => Inside::Silence(end.detail.clone()),
                end => Inside::End(end.detail.clone()),
            },
        })
    }

    /// The names of the other addresses' experiments that passed this phase.
    pub(super) fn other_addresses(&self, phase: Phase) -> Vec<&Experiment<'a>> {
        let others = self.experiments.iter().filter(|e| e.name.is(ExperimentKind::NextAddress));
        others.filter(|experiment| self.ending_in(phase, experiment) == Some(Ending::Passed)).collect()
    }
}

/// The failure of an experiment that ended in connect, or in what follows it, without a byte.
fn early_end<'a>(made: &Experiment<'a>) -> Option<Ending<'a>> {
    let last = made.connection.phases.summaries().pop()?;
    last.failure.filter(|_| ended_at_the_door(made.connection, &last)).map(Ending::Failed)
}

/// Whether its Connection Request is the usual one.
fn opens_alike(kind: ExperimentKind) -> bool {
    use ExperimentKind as Kind;
    !matches!(kind, Kind::DirectTls | Kind::NoCookie | Kind::ConnectOnly) && kind.alone().is_none()
}

/// Whether its ClientHello is not the usual one but for the name.
fn is_another_hello(kind: ExperimentKind) -> bool {
    kind != ExperimentKind::NoSni && HELLOS.contains(&kind)
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
