//! The check that a machine has only when it is read from files: whether all of them could be read.

use super::{check_result::CheckResult, host::Source};
use crate::report::LocalCheck;

/// The code of this check, which comes after all others.
pub const FILES_DAMAGED: &str = "files-damaged";

/// Of more files only what they are is told.
const MOST_NAMED: usize = 4;
/// More kinds of damage are not told.
const MOST_KINDS: usize = 3;

/// What the files showed while they were read, and which ones were; one line, however many there are.
pub(super) fn result(source: &Source) -> LocalCheck {
    let read = read(&source.read);
    let result = match source.damage.as_slice() {
        [] => CheckResult::ok("every file could be read").seen(read),
        [only] => CheckResult::warning(only.clone()).seen(format!("read: {read}")),
        several => CheckResult::warning(damage(several))
            .seen(format!("{}; read: {read}", names(several.iter().map(|damage| file(damage))))),
    };
    result.named(FILES_DAMAGED, None)
}

/// What is wrong, each with how often; what is wrong with most files first.
fn damage(damage: &[String]) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for why in damage.iter().map(|damage| damage.split_once(": ").map_or(damage.as_str(), |(_, why)| why)) {
        match kinds.iter_mut().find(|(known, _)| *known == why) {
            Some((_, times)) => *times += 1,
            None => kinds.push((why, 1)),
        }
    }
    kinds.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let more = kinds.len().saturating_sub(MOST_KINDS);
    let told = |(why, times): &(&str, usize)| match times {
        1 => format!("one file: {why}"),
        _ => format!("{times} files: {why}"),
    };
    let shown = kinds.iter().take(MOST_KINDS).map(told).collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}

/// Which files were read, or of many what they are.
fn read(files: &[String]) -> String {
    if files.len() <= MOST_NAMED {
        return names(files.iter().map(String::as_str));
    }
    let logs = files.iter().filter(|file| file.contains(": events of ")).count();
    let machines = files.iter().filter(|file| file.ends_with(": a collected machine")).count();
    let others = files.len() - logs - machines;
    let counted = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
    let parts = [
        counted(logs, "event logs"),
        counted(others, "registry exports and hives"),
        counted(machines, "collected machines"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The file that a note is about.
fn file(damage: &str) -> &str {
    damage.split_once(": ").map_or(damage, |(file, _)| file)
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let shown = all.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join("; ");
    match all.len().saturating_sub(MOST_NAMED) {
        _ if all.is_empty() => "none".to_owned(),
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

impl Source {
    /// Which files were read and what each holds, and what is damaged.
    pub fn told(&self) -> String {
        match self.damage.as_slice() {
            [] => read(&self.read),
            [only] => format!("{}; {only}", read(&self.read)),
            several => format!("{}; {}", read(&self.read), damage(several)),
        }
    }
}
