//! Several reports on one page: a table of all, and pages of some.

use std::io::{self, Write};

use super::{
    overview::{Line, MOST_ROWS, Overview},
    page::Page,
    shown::Shown,
    view::View,
};
use crate::{
    plain,
    render::conversations::{Row, numbered, place},
    report::Report,
};

/// Writes the rows, in the order in which the conversations begin, and the pages of these.
///
/// # Errors
/// Those of the writer.
pub fn html_many(rows: &mut [Row], pages: &[&Report], out: &mut dyn Write) -> io::Result<()> {
    let numbered = numbered(rows);
    let number = |report: &Report| numbered.iter().position(|row| row.place() == place(report));
    let pages: Vec<(usize, View)> = pages
        .iter()
        .filter_map(|report| Some((number(report)?, report)))
        .map(|(at, report)| (at, View::one_of_many(report, at + 1)))
        .collect();
    let rows = numbered.iter().take(MOST_ROWS).enumerate().map(|(at, row)| Line {
        number: at + 1,
        linked: pages.iter().any(|(page, _)| *page == at),
        cells: row.cells().into_iter().map(Shown::new).chain([Shown::new(row.ended())]).collect(),
    });
    let rows = rows.collect();
    let title = Shown::new(plain::plural(numbered.len() as u64, "conversation"));
    let left = numbered.len().saturating_sub(MOST_ROWS);
    let rows_left = (left > 0).then(|| format!("{left} more are in --format ndjson"));
    let pages_left = numbered.len() - pages.len();
    let pages_left =
        (pages_left > 0).then(|| format!("{pages_left} without a page here: --conversation N shows one"));
    let reports = pages.into_iter().map(|(_, page)| page).collect();
    let heads = vec!["Time", "Client", "Server", "Reached", "Ended"];
    let many = Overview {
        label: "Conversations",
        heads,
        rows,
        notes: Shown::all(rows_left.into_iter().chain(pages_left)),
    };
    Page::new(title, Some(many), reports).written(out)
}
