//! What is shown above several reports.

use super::shown::Shown;

/// Rows of the table; more make no page that a browser likes to open.
pub(super) const MOST_ROWS: usize = 2000;

/// The table of all reports.
pub(super) struct Overview {
    /// What it lists.
    pub(super) label: &'static str,
    /// What its columns hold, after the number.
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<Line>,
    /// What they come to, and that not all rows or reports are here.
    pub(super) notes: Vec<Shown>,
}

/// A row of the table.
pub(super) struct Line {
    pub(super) number: usize,
    /// Whether its report is on the page.
    pub(super) linked: bool,
    pub(super) cells: Vec<Shown>,
}
