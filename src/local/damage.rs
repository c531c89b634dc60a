//! The check that a machine has only when it is read from files: whether all of them could be read.

use super::{Said, Source, named};
use crate::report::LocalCheck;

/// The code of this check, which comes after all others.
pub const FILES_DAMAGED: &str = "files-damaged";

/// More files are not named.
const MOST_NAMED: usize = 20;

/// What the files showed while they were read, and which ones were.
pub fn result(source: &Source) -> LocalCheck {
    let said = match source.damage.as_slice() {
        [] => Said::ok("every file could be read").seen(listed(&source.read)),
        [only] => Said::warning(only.clone()).seen(format!("read: {}", listed(&source.read))),
        [first, more @ ..] => Said::warning(format!("{first}, and {} more", more.len())).seen(format!(
            "{}; read: {}",
            listed(&source.damage),
            listed(&source.read)
        )),
    };
    named(FILES_DAMAGED, None, said)
}

impl Source {
    /// Which files were read and what each holds, and what is damaged.
    pub fn told(&self) -> String {
        let all: Vec<_> = self.read.iter().chain(&self.damage).cloned().collect();
        listed(&all)
    }
}

fn listed(files: &[String]) -> String {
    let shown = files.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    match files.len().saturating_sub(MOST_NAMED) {
        _ if files.is_empty() => "none".to_owned(),
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}
