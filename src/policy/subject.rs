//! What a promise is held against: a report, and what it does not tell.

use crate::{
    codes::Phase,
    report::{Connection, Outcome, Phases, Purpose, Report, Status, Summary},
};

/// What became of a promise: what was seen, or why nothing was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// This was seen, and it was promised.
    Kept(String),
    /// This was seen in its place.
    Broken(String),
    /// Nothing tells, for this reason.
    NotChecked(String),
}

impl Answer {
    /// What was seen, and whether that is as promised.
    pub(super) fn of(is_kept: bool, seen: impl Into<String>) -> Self {
        if is_kept { Self::Kept(seen.into()) } else { Self::Broken(seen.into()) }
    }

    /// That nothing tells.
    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self::NotChecked(why.into())
    }
}

/// A report whose host was promised something.
#[derive(Clone, Copy)]
pub(super) struct Subject<'r> {
    /// The report.
    pub report: &'r Report,
    /// The connection that its verdict describes.
    pub made: Option<&'r Connection>,
}

impl<'r> Subject<'r> {
    /// That of a report.
    pub(super) fn of(report: &'r Report) -> Self {
        Self { report, made: report.trace.described() }
    }

    /// Whether the connection ended by itself; a posture's only if no connection got further.
    pub(super) fn is_aborted(&self) -> bool {
        match &self.report.posture {
            Some(posture) => posture.unreached.is_some(),
            None => self.report.verdict.outcome == Outcome::Aborted,
        }
    }

    /// What was seen in a phase: in the described connection, or else in another one to the same host.
    pub(super) fn evidence<E>(&self, pick: impl Fn(&'r Phases) -> Option<E>) -> Option<E> {
        let others = self.report.trace.connections.iter();
        let others = others.filter(|made| match &made.purpose {
            Purpose::Main | Purpose::Retry => self.made.is_none_or(|described| described.hop.is_none()),
            Purpose::Posture(_) => true,
            Purpose::Hop(_) | Purpose::Experiment(_) => false,
        });
        self.made.into_iter().chain(others).find_map(|made| pick(&made.phases))
    }

    /// A phase of the described connection; a retry does not resolve again.
    pub(super) fn phase(&self, phase: Phase) -> Option<Summary<'r>> {
        let of = |made: &'r Connection| made.phases.summaries().into_iter().find(|seen| seen.phase == phase);
        let first = || self.report.trace.traced().next().filter(|_| phase == Phase::Resolve);
        self.made.and_then(of).or_else(|| first().and_then(of))
    }

    /// Why nothing of this phase can be told.
    pub(super) fn missing(&self, phase: Phase) -> Answer {
        let ended = self.report.verdict.phase.filter(|_| self.is_aborted());
        let why = match (self.phase(phase), ended) {
            (Some(seen), _) if seen.status == Status::Unseen => "what is encrypted was not seen".to_owned(),
            (_, Some(ended)) => format!("the connection ended in {ended}"),
            (Some(seen), None) => match seen.stopped {
                Some(why) => format!("{phase} was stopped: {why}"),
                None => format!("nothing in {phase} tells"),
            },
            (None, None) => format!("{phase} was not gone through"),
        };
        Answer::NotChecked(why)
    }
}
