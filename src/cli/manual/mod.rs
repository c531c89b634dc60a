//! The manual: what is said of each command beside its options.

mod entry;
mod texts;

pub use entry::{Manual, Pairs};
pub use texts::MANUALS;

/// The manual of this command.
pub fn of(command: &str) -> Option<&'static Manual> {
    MANUALS.iter().find(|manual| manual.command == command)
}

/// The names of the pages.
pub fn names() -> Vec<&'static str> {
    MANUALS.iter().map(|manual| manual.command).collect()
}
