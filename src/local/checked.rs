//! The facts of a machine and its checks, asked for a target and a trace.

use super::{
    check::Check,
    damage,
    host::Host,
    machine,
    roles::{self, RoleChoice},
    scene::Scene,
    target::Subject,
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
pub fn asked(
    host: &dyn Host,
    choice: RoleChoice,
    subject: Option<&Subject>,
    report: Option<&Report>,
) -> Checked {
    let scene = Scene::new(host, subject);
    let roles = roles::roles(&scene, choice);
    let machine = machine::machine(&scene, &roles, report);
    let fits = |check: &&Check| {
        let matters = report.is_none_or(|report| matters(check, &machine, report));
        matters && check.on.contains(&host.system()) && roles.contains(&check.role)
    };
    let mut checks: Vec<_> =
        topics::checks().filter(fits).map(|check| topics::result(check, &scene)).collect();
    // The last one: files show their damage while they are read.
    checks.extend(host.source().map(|source| damage::result(&source)));
    Checked { machine, checks }
}

/// Whether a check of this machine matters to this trace; how it does as a host matters to a trace of itself alone.
fn matters(check: &Check, machine: &Machine, report: &Report) -> bool {
    let concerns = check.role == Role::Client || report.trace.is_to(machine);
    concerns && check.beside.includes(report)
}
