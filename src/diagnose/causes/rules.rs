//! What a hypothesis is made of, and the kinds of them.
//!
//! A rule is `certain` only if the server says so by number, or if one difference between connections decided every
//! time. Nothing that another connection of the trace contradicts is certain; nor is a greeting, because a member of
//! a pool may be behind it. A failure that comes and goes makes every other cause `possible`, because then no
//! experiment proves anything. So does a certain cause, because it explains the failure. A report that passed may
//! have a cause too, if clients would leave there.
//!
//! A difference is proved, a place is not. That one hello or request is accepted and another is not can be certain;
//! whether the host or something in front of it decides cannot be seen from here. Such a cause has no place (`at` is
//! null, "host or path" in the text), or is listed twice, for the host and for a device, and certain for neither. Its
//! first check is the same trace on the host.

use super::{Weighed, refused_with};
use crate::{
    diagnose::Facts,
    report::{CauseCode, FindingCode, Likelihood, Place},
};

/// One hypothesis; what settles and mends it stands in the section of its page.
pub(crate) struct CauseRule {
    /// None where what was seen may be the host's doing or that of something in front of it.
    pub at: Option<Place>,
    pub code: CauseCode,
    weigh: Weigh,
    /// Whether a connection that passes now and then fits it.
    pub comes_and_goes: bool,
}

/// What it is weighed by.
#[derive(Clone, Copy)]
enum Weigh {
    /// What was observed.
    Facts(fn(&Facts<'_>) -> Option<Weighed>),
    /// How a gateway or a proxy ended the way, which tells it as well as this.
    Ending(FindingCode, Likelihood),
}

/// A hypothesis about what is there every time.
pub(super) const fn rule(at: Place, code: CauseCode, weigh: fn(&Facts<'_>) -> Option<Weighed>) -> CauseRule {
    CauseRule { at: Some(at), code, weigh: Weigh::Facts(weigh), comes_and_goes: false }
}

/// The same, where nothing that can be seen tells the host from what stands in front of it.
pub(super) const fn unplaced(code: CauseCode, weigh: fn(&Facts<'_>) -> Option<Weighed>) -> CauseRule {
    CauseRule { at: None, code, weigh: Weigh::Facts(weigh), comes_and_goes: false }
}

/// The same, told by how a gateway or a proxy ended the way.
pub(super) const fn told_by(
    at: Place,
    code: CauseCode,
    ending: FindingCode,
    likelihood: Likelihood,
) -> CauseRule {
    CauseRule { at: Some(at), code, weigh: Weigh::Ending(ending, likelihood), comes_and_goes: false }
}

impl CauseRule {
    /// The same about what comes and goes.
    pub(crate) const fn intermittent(self) -> Self {
        Self { comes_and_goes: true, ..self }
    }

    /// How well it fits; none where it does not.
    pub(super) fn weighed(&self, facts: &Facts<'_>) -> Option<Weighed> {
        match self.weigh {
            Weigh::Facts(weigh) => weigh(facts),
            Weigh::Ending(code, likelihood) => {
                refused_with(facts, code).map(|detail| Weighed::new(likelihood, detail))
            }
        }
    }
}
