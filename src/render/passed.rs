//! The line of phases or steps that passed, and where facts begin.

use std::io;

use super::{
    cells,
    page::{Page, Tone},
};
use crate::report::Millis;

/// Where the facts of a phase begin.
pub(super) const FACTS: usize = 24;

/// What passed, on one line with the time of all of it.
///
/// # Errors
/// Those of the writer.
pub(super) fn in_one<'a>(
    page: &mut Page<'_>,
    passed: impl Iterator<Item = (&'a str, Millis)>,
) -> io::Result<()> {
    let (names, times): (Vec<&str>, Vec<f64>) = passed.map(|(name, took)| (name, took.0)).unzip();
    if names.is_empty() {
        return Ok(());
    }
    let lead = format!("  {:<10}{}", "passed", cells::duration(Millis(times.iter().sum())));
    page.row((Tone::Plain, &lead), FACTS, (Tone::Plain, ""), &names.join(", "))
}
