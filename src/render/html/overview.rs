//! What is shown above several reports.

use super::shown::Shown;

/// The table of all reports.
pub(super) struct Overview {
    pub(super) rows: Vec<Line>,
    /// That not all rows or reports are here.
    pub(super) notes: Vec<Shown>,
}

/// A row of the table.
pub(super) struct Line {
    pub(super) number: usize,
    /// Whether its report is on the page.
    pub(super) linked: bool,
    pub(super) cells: Vec<Shown>,
    pub(super) ended: Shown,
}
