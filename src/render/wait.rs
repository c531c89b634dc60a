//! How a host was waited for, a line for each stretch of tries that ended alike.

use super::cells;
use crate::report::{Millis, Status, Wait, WaitEntry};

/// Stretches shown at either end of a long wait.
const SHOWN: usize = 3;

/// How a try ended, such as `connect refused`.
pub fn tried(entry: &WaitEntry) -> String {
    let phase = entry.phase.map_or("", |phase| phase.name());
    match entry.kind {
        Some(kind) => format!("{phase} {}{}", kind.name().replace('_', " "), cells::code(entry.code)),
        None if entry.status == Some(Status::Stopped) => format!("stopped in {phase}"),
        None => format!("reached {phase}"),
    }
}

/// How long it took, in how many tries.
pub(super) fn total(wait: &Wait) -> String {
    let time = seconds(wait.elapsed_ms);
    let word = if wait.tries == 1 { "try" } else { "tries" };
    let end = match (wait.interrupted, wait.tries) {
        (true, 0) => return format!("{time}, interrupted in the first try"),
        (true, _) => "; interrupted, a try under way is not in here",
        (false, _) => "",
    };
    format!("{time}, {} {word}{end}", wait.tries)
}

/// When the tries ended how.
pub(super) fn stretches(wait: &Wait) -> Vec<String> {
    let alike = |a: &WaitEntry, b: &WaitEntry| {
        (a.phase, a.status, a.kind, a.code) == (b.phase, b.status, b.kind, b.code)
    };
    let mut lines: Vec<String> = wait.timeline.chunk_by(alike).map(line).collect();
    let hidden = lines.len().saturating_sub(2 * SHOWN);
    // One line would hide no more than it takes.
    if hidden > 1 {
        lines.splice(SHOWN..SHOWN + hidden, [format!("and {hidden} other endings")]);
    }
    lines
}

fn line(stretch: &[WaitEntry]) -> String {
    let (first, last) = (&stretch[0], &stretch[stretch.len() - 1]);
    let begin = seconds(first.at_ms);
    match stretch.len() {
        1 => format!("{begin}: {}", tried(first)),
        _ => format!("{begin} to {}: {}", seconds(last.at_ms), tried(first)),
    }
}

fn seconds(millis: Millis) -> String {
    format!("{:.1} s", millis.0 / 1000.0)
}
