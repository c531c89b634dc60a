//! The page of one report.

use std::io::{self, Write};

use super::{page::Page, shown::Shown, view::View};
use crate::report::Report;

/// Writes the page.
///
/// # Errors
/// Those of the writer.
pub fn html(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let view = View::alone(report)?;
    let title = Shown::new(format!("{}: {}", view.target, view.verdict.word));
    Page::new(title, None, vec![view]).written(out)
}
