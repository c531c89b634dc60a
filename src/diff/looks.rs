//! What a report looked at, and what has to be looked at to see a fact.

use crate::codes::Phase;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A connection at this phase.
    Phase(Phase),
    /// What the server accepts.
    Posture,
    /// A machine.
    Machine,
    /// A policy.
    Policy,
}

/// Several, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looks(u16);

impl Looks {
    pub(super) fn of(looks: impl IntoIterator<Item = Look>) -> Self {
        Self(looks.into_iter().fold(0, |all, look| all | bit(look)))
    }

    /// Whether all of these are among them.
    pub(super) fn hold(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

/// The phases come first.
fn bit(look: Look) -> u16 {
    let phases = Phase::ALL.len();
    let at = match look {
        Look::Phase(phase) => Phase::ALL.iter().position(|one| *one == phase).unwrap_or_default(),
        Look::Posture => phases,
        Look::Machine => phases + 1,
        Look::Policy => phases + 2,
    };
    1 << at
}
