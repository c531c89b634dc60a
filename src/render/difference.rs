//! What differs between two lists of reports, as a page of text: a target each, a line a difference.

use std::io::{self, Write};

use super::{
    difference_words::{compared, how, named, once, several, when},
    page::{Page, Room, Tone},
};
use crate::{
    diff::{Change, Diff, DiffSide, How, TargetDiff, TargetStatus},
    plain,
};

/// Where a difference begins, behind what it is about.
const BODY: usize = 26;

/// Writes the differences on a page of so many columns.
///
/// # Errors
/// Those of the writer.
pub fn difference(diff: &Diff, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, Room::Usual, width);
    for (word, side) in [("Before", &diff.before), ("After", &diff.after)] {
        page.row((Tone::Heading, word), 8, (Tone::Plain, ""), &about(side))?;
    }
    for target in &diff.targets {
        page.gap()?;
        self::target(page, target)?;
    }
    page.gap()?;
    let tone = if diff.same { Tone::Good } else { Tone::Bad };
    let word = if diff.same { "SAME:" } else { "DIFFERENT:" };
    page.row((Tone::Plain, ""), 0, (tone, word), &compared(diff))
}

fn about(side: &DiffSide) -> String {
    let reports = plain::plural(side.reports, "report");
    let versions = side.versions.join(", ");
    format!("{}: {reports} of rdptrace {versions}{}", side.name, several(side))
}

fn target(page: &mut Page<'_>, target: &TargetDiff) -> io::Result<()> {
    page.heading(&format!("{}{}", target.target, when(target)))?;
    match target.status {
        TargetStatus::New => only(page, (Tone::Caution, "new:"), target)?,
        TargetStatus::Gone => only(page, (Tone::Caution, "gone:"), target)?,
        TargetStatus::Different | TargetStatus::Same => {}
    }
    target.changes.iter().try_for_each(|change| self::change(page, change))?;
    once(target).iter().try_for_each(|(side, names)| {
        let told = format!("only {side} could see {names}");
        page.row((Tone::Plain, "  not compared"), BODY, (Tone::Plain, ""), &told)
    })
}

fn only(page: &mut Page<'_>, word: (Tone, &str), target: &TargetDiff) -> io::Result<()> {
    let summary = target.summary.as_deref().unwrap_or_default();
    page.row((Tone::Plain, "  target"), BODY, word, summary)
}

fn change(page: &mut Page<'_>, change: &Change) -> io::Result<()> {
    let (word, text) = how(change);
    let tone = match change.how {
        How::New => Tone::Caution,
        How::Gone => Tone::Good,
        How::Different => Tone::Plain,
    };
    page.row((Tone::Plain, &format!("  {}", named(change.what, None))), BODY, (tone, word), &text)
}
