//! A scan on one page: the table of its hosts, and pages of the first of them.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    overview::{Line, MOST_ROWS, Overview},
    page::Page,
    shown::Shown,
    view::View,
};
use crate::{
    plain,
    render::overview::{HostRow, Overview as Hosts},
    report::Report,
};

/// Hosts with a page of their own, the first of the table.
const MOST_PAGES: usize = 20;

/// The pages of hosts that answer, as many as are shown.
#[derive(Debug, Default)]
pub struct HostPages(BTreeMap<HostRow, Report>);

impl HostPages {
    /// Keeps a report if it is one of them.
    pub fn add(&mut self, report: &Report) {
        let row = HostRow::of(report);
        if row.is_unanswered() {
            return;
        }
        self.0.insert(row, report.clone());
        if self.0.len() > MOST_PAGES {
            self.0.pop_last();
        }
    }
}

/// Writes the table of a scan and these pages.
///
/// # Errors
/// Those of the writer.
pub fn html_hosts(hosts: &mut Hosts, pages: &HostPages, out: &mut dyn Write) -> io::Result<()> {
    let title = Shown::new(plain::plural(hosts.hosts(), "host"));
    let notes = hosts.notes();
    let rows = hosts.rows();
    let line = |(at, row): (usize, &HostRow)| Line {
        number: at + 1,
        linked: pages.0.contains_key(row),
        cells: row.cells().into_iter().map(Shown::new).chain([Shown::new(&*row.remarks)]).collect(),
    };
    let lines = rows.iter().take(MOST_ROWS).enumerate().map(line).collect();
    let views = pages.0.iter().filter_map(|(row, report)| {
        let at = rows.iter().position(|other| other == row)?;
        Some(View::one_of_many(report, at + 1))
    });
    let views: Vec<View> = views.collect();
    let left = rows.len().saturating_sub(MOST_ROWS);
    let left = (left > 0).then(|| format!("{left} more rows are in the text and in --format ndjson"));
    let heads = vec!["Host", "Verdict", "Certificate", "NLA", "Answers", "Remarks"];
    let notes = Shown::all(notes.into_iter().chain(left));
    Page::new(title, Some(Overview { label: "Hosts", heads, rows: lines, notes }), views).written(out)
}
