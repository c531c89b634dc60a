//! What a machine is asked.

use super::{
    checked::{Checked, ask},
    host::{Host, TargetName},
    pseudonym,
    roles::RoleChoice,
    target::Target,
};
use crate::report::Report;

/// Asks the machine everything that fits its system and its roles.
pub fn check(machine: &dyn Host, choice: RoleChoice, target: Option<&Target>) -> Checked {
    let named = target.map(|target| (target, machine.name_of(target)));
    match named {
        Some((target, TargetName::Pseudonym(pseudonym))) => {
            pseudonym::under(machine, choice, target, &pseudonym)
        }
        Some((target, TargetName::Unknown)) => pseudonym::nowhere(machine, choice, target),
        Some((_, TargetName::Own)) | None => ask(machine, choice, target, None),
    }
}

/// Asks this machine only what matters to a trace that has ended: other questions cost processes, and answer nothing.
pub fn check_beside(machine: &dyn Host, report: &Report) -> Checked {
    let target = Target::of(&report.trace);
    ask(machine, RoleChoice::Auto, target.as_ref(), Some(report))
}
