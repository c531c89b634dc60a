//! The check that a machine has only when it is read from files: whether all of them could be read.

use super::{Said, Source, named};
use crate::report::LocalCheck;

/// The code of this check, which comes after all others.
pub const FILES_DAMAGED: &str = "files-damaged";

/// What the files showed while they were read.
pub fn result(source: &Source) -> LocalCheck {
    let said = match source.damage.as_slice() {
        [] => Said::ok("every file could be read").seen(source.read.join("; ")),
        [only] => Said::warning(only.clone()),
        [first, more @ ..] => {
            Said::warning(format!("{first}, and {} more", more.len())).seen(source.damage.join("; "))
        }
    };
    named(FILES_DAMAGED, None, said)
}
