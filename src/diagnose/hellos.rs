//! What became of the other ClientHellos: accepted with a ServerHello, answered with something else, or left without an answer.
//!
//! A ServerHello accepts; an alert or anything else that comes back answers; an end without a byte does neither. A
//! negotiation failure or a disconnect answers a Connection Request. A difference is looked for among the accepted
//! hellos first, then, if the traced one got nothing back, among the answered ones; only acceptance makes one
//! certain. A long hello that is refused was not lost.

use super::{Facts, experiments::Experiment};
use crate::{
    codes::Phase,
    report::{Answer, ExperimentKind, FailureKind, Posture, Summary},
};

/// The experiments that offer what every current client offers, in other words.
pub(super) const HELLOS: &[ExperimentKind] = &[
    ExperimentKind::Tls12Only,
    ExperimentKind::Tls13Only,
    ExperimentKind::SmallHello,
    ExperimentKind::LargeHello,
    ExperimentKind::NoSni,
    ExperimentKind::LegacyHello,
];

impl Experiment<'_> {
    /// Whether anything answered in this phase, be it a refusal; none where the phase was not reached.
    pub(super) fn is_answered(&self, phase: Phase) -> Option<bool> {
        let summary =
            self.connection.phases.summaries().into_iter().find(|summary| summary.phase == phase)?;
        let received = self.connection.phases.tls.as_ref().map_or(0, |record| record.evidence.bytes_received);
        Some(is_answer(&summary, received))
    }
}

/// An end without a byte is no answer, and neither is silence. An alert is one.
fn is_answer(summary: &Summary<'_>, received: u64) -> bool {
    use FailureKind::{Closed, Refused, Reset, Timeout, Unreachable};
    let began = summary.phase == Phase::Tls && received > 0;
    summary.failure.is_none_or(|failure| {
        began || !matches!(failure.kind, Closed | Refused | Reset | Timeout | Unreachable)
    })
}

impl Facts<'_> {
    /// Whether anything answered the experiment of this kind in this phase, be it a refusal; none where the phase was not reached.
    pub(super) fn answers(&self, kind: ExperimentKind, phase: Phase) -> Option<bool> {
        self.experiment(kind)?.is_answered(phase)
    }

    /// Whether a Connection Request of this kind was answered as a Remote Desktop server answers, be it with a refusal.
    pub(super) fn answers_request(&self, kind: ExperimentKind) -> bool {
        let negotiate = self.experiment(kind).and_then(|made| made.connection.phases.negotiate.as_ref());
        negotiate.is_some_and(|record| {
            record.failure.as_ref().is_none_or(|failure| {
                matches!(failure.kind, FailureKind::NegotiationFailure | FailureKind::Disconnect)
            })
        })
    }

    /// Whether anything answered the traced ClientHello.
    pub(super) fn is_hello_answered(&self) -> bool {
        let tls = self.phases.iter().find(|summary| summary.phase == Phase::Tls);
        tls.is_some_and(|summary| is_answer(summary, self.tls.map_or(0, |tls| tls.bytes_received)))
    }

    /// Whether any other ClientHello was accepted.
    pub(super) fn any_hello_accepted(&self) -> bool {
        let accepted = |posture: &Posture| posture.tls.iter().any(|tls| tls.answer == Answer::Accepted);
        self.posture.as_ref().is_some_and(accepted)
            || HELLOS.iter().any(|kind| self.passes(*kind, Phase::Tls) == Some(true))
    }

    /// The sentence that none was, when some were tried, and whether anything answered them.
    pub(super) fn no_hello_accepted(&self) -> Option<String> {
        let tried: Vec<bool> = HELLOS.iter().filter_map(|kind| self.answers(*kind, Phase::Tls)).collect();
        if tried.is_empty() || self.any_hello_accepted() {
            return None;
        }
        let (all, answered) = (tried.len(), tried.iter().filter(|answered| **answered).count());
        Some(match answered {
            0 => format!("none of {all} other ClientHellos was answered"),
            some if some < all => {
                format!("{some} of {all} other ClientHellos were answered, none was accepted")
            }
            _ if self.only_alerts() => {
                format!("{all} other ClientHellos were answered with alerts, none was accepted")
            }
            _ => format!("{all} other ClientHellos were answered, none was accepted"),
        })
    }

    /// Whether every ClientHello that was answered was answered with an alert.
    fn only_alerts(&self) -> bool {
        let made = HELLOS.iter().filter_map(|kind| self.experiment(*kind)?.connection.phases.tls.as_ref());
        made.filter_map(|record| record.failure.as_ref()).all(|end| end.kind == FailureKind::TlsAlert)
    }
}
