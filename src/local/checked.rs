//! The facts of a machine and its checks, asked for a target and a trace.

use super::{
    check::Check,
    damage,
    facts::facts,
    host::Host,
    roles::{self, RoleChoice},
    survey::Survey,
    target::Target,
    topics,
};
use crate::report::{LocalCheck, Machine, Report, Role};

/// The facts of a machine and its checks.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What can be compared with the wire.
    pub machine: Machine,
    /// What the checks showed, in the order of the tables.
    pub checks: Vec<LocalCheck>,
}

impl Checked {
    /// Without the checks that do not matter to this trace.
    #[must_use]
    pub fn beside(self, report: &Report) -> Self {
        let Self { machine, mut checks } = self;
        let check = |code: &str| topics::checks().find(|check| check.code == code);
        checks.retain(|made| check(&made.code).is_none_or(|check| matters(check, &machine, report)));
        Self { machine, checks }
    }
}

/// Asks what matters to the trace, or everything.
pub(super) fn ask(
    machine: &dyn Host,
    choice: RoleChoice,
    target: Option<&Target>,
    report: Option<&Report>,
) -> Checked {
    let survey = Survey::new(machine, target);
    let roles = roles::roles(&survey, choice);
    let facts = facts(&survey, &roles, report);
    let fits = |check: &&Check| {
        let matters = report.is_none_or(|report| matters(check, &facts, report));
        matters && check.on.contains(&machine.system()) && roles.contains(&check.role)
    };
    let mut checks: Vec<_> =
        topics::checks().filter(fits).map(|check| topics::make(check, &survey)).collect();
    // The last one: files show their damage while they are read.
    checks.extend(machine.source().map(|source| damage::result(&source)));
    Checked { machine: facts, checks }
}

/// Whether a check of this machine matters to this trace; how it does as a host matters to a trace of itself alone.
fn matters(check: &Check, machine: &Machine, report: &Report) -> bool {
    let concerns = check.role == Role::Client || report.trace.is_to(machine);
    concerns && check.beside.includes(report)
}
