//! What differs between two lists of reports, as Markdown for a ticket: a table a target.

use std::io::{self, Write};

use super::{
    difference_words::{compared, how, named, once, several, when},
    escape::markdown as escaped,
};
use crate::diff::{Diff, DiffSide, How, TargetDiff};

/// Writes the differences.
///
/// # Errors
/// Those of the writer.
pub fn difference_markdown(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let word = if diff.same { "SAME" } else { "DIFFERENT" };
    let (before, after) = (about(&diff.before), about(&diff.after));
    writeln!(out, "## {before} and {after}\n\n**{word}:** {}", escaped(&compared(diff)))?;
    diff.targets.iter().try_for_each(|target| self::target(out, target))
}

fn about(side: &DiffSide) -> String {
    escaped(&format!("{}{}", side.name, several(side)))
}

fn target(out: &mut dyn Write, target: &TargetDiff) -> io::Result<()> {
    writeln!(out, "\n### {}\n", escaped(&format!("{}{}", target.target, when(target))))?;
    if let Some(summary) = &target.summary {
        let word = if target.before.is_some() { "gone" } else { "new" };
        writeln!(out, "**{word}:** {}", escaped(summary))?;
    }
    if !target.changes.is_empty() {
        writeln!(out, "| | Before | After |\n|---|---|---|")?;
    }
    for change in &target.changes {
        let name = escaped(&named(change.what, change.name.as_deref()));
        let value = |side: &Option<String>| side.as_deref().map_or_else(String::new, escaped);
        let (before, after) = (value(&change.before), value(&change.after));
        let (before, after) = match change.how {
            How::New => (format!("*{}*", how(change).0.trim_end_matches(':')), after),
            How::Gone => (before, "*gone*".to_owned()),
            How::Different => (before, after),
        };
        writeln!(out, "| {name} | {before} | {after} |")?;
    }
    once(target).iter().try_for_each(|(side, names)| {
        writeln!(out, "\nNot compared, because only {side} could see it: {}", escaped(names))
    })
}
