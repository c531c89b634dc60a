//! The manual: what is said of each command beside its options.

mod entry;
mod many;
mod texts;
mod watching;

pub(crate) use entry::{Manual, Pairs};
pub(crate) use texts::MANUALS;

/// The manual of this command.
pub(super) fn of(command: &str) -> Option<&'static Manual> {
    MANUALS.iter().find(|manual| manual.command == command)
}

/// The names of the pages.
pub(super) fn names() -> Vec<&'static str> {
    MANUALS.iter().map(|manual| manual.command).collect()
}
