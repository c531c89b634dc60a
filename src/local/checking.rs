//! What a machine is asked.

use super::{
    checked::{Checked, asked},
    host::{Host, Known},
    pseudonym,
    roles::RoleChoice,
    target::Subject,
};
use crate::report::Report;

/// Asks the machine everything that fits its system and its roles.
pub fn check(host: &dyn Host, choice: RoleChoice, subject: Option<&Subject>) -> Checked {
    let known = subject.map(|subject| (subject, host.known_as(subject)));
    match known {
        Some((subject, Known::As(pseudonym))) => pseudonym::under(host, choice, subject, &pseudonym),
        Some((subject, Known::Not)) => pseudonym::nowhere(host, choice, subject),
        Some((_, Known::AsIs)) | None => asked(host, choice, subject, None),
    }
}

/// Asks this machine only what matters to a trace that has ended: other questions cost processes, and answer nothing.
pub fn check_beside(host: &dyn Host, report: &Report) -> Checked {
    let subject = Subject::of(&report.trace);
    asked(host, RoleChoice::Auto, subject.as_ref(), Some(report))
}
