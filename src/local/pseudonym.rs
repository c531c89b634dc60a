//! The target in files in which names were replaced: under its pseudonym where they were collected for it, else nowhere.
//!
//! A target cannot be found among pseudonyms, so `Host::known_as` gives its own. If the files do not know it,
//! whatever differs with and without the target is unknown.

use super::{
    checked::{Checked, asked},
    damage::FILES_DAMAGED,
    host::Host,
    roles::RoleChoice,
    target::Subject,
};
use crate::report::{CheckStatus, LocalCheck};

/// The checks for a target under its pseudonym; facts that the wire is compared with are the target's own.
pub fn under(host: &dyn Host, choice: RoleChoice, subject: &Subject, pseudonym: &str) -> Checked {
    let known = Subject { host: pseudonym.to_owned(), ..subject.clone() };
    let mut checked = asked(host, choice, Some(&known), None);
    let machine = &mut checked.machine;
    let remembered = machine.remembered.iter_mut().map(|entry| &mut entry.host);
    let entries = machine.hosts_entries.iter_mut().map(|entry| &mut entry.name);
    let servers = machine.attempts.iter_mut().filter_map(|attempt| attempt.server.as_mut());
    let own = remembered.chain(entries).chain(servers).filter(|name| name.eq_ignore_ascii_case(pseudonym));
    own.for_each(|name| subject.host.clone_into(name));
    note(&mut checked, &format!("it was collected for {pseudonym}, which is taken to be {}", subject.host));
    checked
}

/// The checks where the target cannot be found: what depends on it is not known.
pub fn nowhere(host: &dyn Host, choice: RoleChoice, subject: &Subject) -> Checked {
    let named = asked(host, choice, Some(subject), None).checks;
    let mut checked = asked(host, choice, None, None);
    let same = |one: &LocalCheck, other: &LocalCheck| {
        one.status == other.status && one.message == other.message && one.observed == other.observed
    };
    for (check, named) in checked.checks.iter_mut().zip(&named) {
        if check.code != FILES_DAMAGED && !same(check, named) {
            check.status = CheckStatus::Unknown;
            check.observed = None;
            check.message =
                format!("names were replaced, so what the files say of {} is not known", subject.host);
        }
    }
    note(&mut checked, &format!("names were replaced, so {} cannot be found in it", subject.host));
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
