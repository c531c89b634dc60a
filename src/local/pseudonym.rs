//! The target in files in which names were replaced: under its pseudonym where they were collected for it, else nowhere.
//!
//! A target cannot be found among pseudonyms, so `Host::name_of` gives its own. If the files do not know it,
//! whatever differs with and without the target is unknown.

use super::{
    checked::{Checked, ask},
    damage::FILES_DAMAGED,
    host::Host,
    roles::RoleChoice,
    target::Target,
};
use crate::report::{CheckStatus, LocalCheck};

/// The checks for a target under its pseudonym; facts that the wire is compared with are the target's own.
pub(super) fn under(machine: &dyn Host, choice: RoleChoice, target: &Target, pseudonym: &str) -> Checked {
    let pseudonymous = Target { host: pseudonym.to_owned(), ..target.clone() };
    let mut checked = ask(machine, choice, Some(&pseudonymous), None);
    let facts = &mut checked.machine;
    let remembered = facts.remembered.iter_mut().map(|entry| &mut entry.host);
    let entries = facts.hosts_entries.iter_mut().map(|entry| &mut entry.name);
    let servers = facts.attempts.iter_mut().filter_map(|attempt| attempt.server.as_mut());
    let own = remembered.chain(entries).chain(servers).filter(|name| name.eq_ignore_ascii_case(pseudonym));
    own.for_each(|name| target.host.clone_into(name));
    note(&mut checked, &format!("it was collected for {pseudonym}, which is taken to be {}", target.host));
    checked
}

/// The checks where the target cannot be found: what depends on it is not known.
pub(super) fn nowhere(machine: &dyn Host, choice: RoleChoice, target: &Target) -> Checked {
    let named = ask(machine, choice, Some(target), None).checks;
    let mut checked = ask(machine, choice, None, None);
    let same = |one: &LocalCheck, other: &LocalCheck| {
        one.status == other.status && one.message == other.message && one.observed == other.observed
    };
    for (check, named) in checked.checks.iter_mut().zip(&named) {
        if check.code != FILES_DAMAGED && !same(check, named) {
            check.status = CheckStatus::Unknown;
            check.observed = None;
            check.message =
                format!("names were replaced, so what the files say of {} is not known", target.host);
        }
    }
    note(&mut checked, &format!("names were replaced, so {} cannot be found in it", target.host));
    checked
}

/// Beside the files that were read.
fn note(checked: &mut Checked, note: &str) {
    let files = checked.checks.iter_mut().filter(|check| check.code == FILES_DAMAGED);
    for check in files {
        check.observed = Some(match &check.observed {
            Some(observed) => format!("{observed}; {note}"),
            None => note.to_owned(),
        });
    }
}
