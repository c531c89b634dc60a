//! A table of many reports: when, who to whom, how far, and how it ended.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use super::{
    ended,
    page::{Page, Room, Tone},
};
use crate::{
    codes::Phase,
    report::{Connection, Report, Timestamp},
};

/// Characters of how a conversation ended, so that a hundred thousand rows are small.
const LONGEST: usize = 160;

/// The columns before how it ended, and what separates them.
const HEAD: [&str; 5] = ["", "time", "client", "server", "reached"];
const GAP: &str = "  ";
/// The last column has at least so many characters a line.
const NARROWEST: usize = 30;

/// By what conversations are numbered: when they begin, and who opened them to whom.
pub type Place = (Timestamp, Option<SocketAddr>, Option<SocketAddr>);

/// What the table shows of a report.
pub struct Row {
    started: Timestamp,
    client: Option<SocketAddr>,
    server: Option<SocketAddr>,
    reached: Option<Phase>,
    ended: Box<str>,
}

impl Row {
    /// The row of a report.
    pub fn of(report: &Report) -> Self {
        let (started, client, server) = place(report);
        let broken = match report.broken().count() {
            0 => String::new(),
            1 => "; 1 promise broken".to_owned(),
            many => format!("; {many} promises broken"),
        };
        let ended = format!("{}{broken}", ended(report));
        Self { started, client, server, reached: report.verdict.reached, ended: ended.into() }
    }

    pub(super) fn place(&self) -> Place {
        (self.started, self.client, self.server)
    }

    /// When, who to whom, and how far.
    pub(super) fn cells(&self) -> [String; 4] {
        let shown = |end: Option<SocketAddr>| end.map(|end| end.to_string()).unwrap_or_default();
        let time = self.started.to_rfc3339().unwrap_or_default();
        let time = time.chars().take(19).collect();
        let reached = self.reached.map_or("-", |phase| phase.name()).to_owned();
        [time, shown(self.client), shown(self.server), reached]
    }

    /// How it ended.
    pub(super) fn ended(&self) -> &str {
        &self.ended
    }
}

/// By what a report is numbered.
pub fn place(report: &Report) -> Place {
    let described = report.trace.described();
    let end = |end: fn(&Connection) -> Option<SocketAddr>| described.and_then(end);
    (report.trace.started, end(|made| made.local), end(|made| made.peer))
}

/// Writes the rows, numbered from 1 in the order in which the conversations begin, on a page of so many columns.
///
/// # Errors
/// Those of the writer.
pub fn conversations(rows: &mut [Row], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let rows = numbered(rows);
    let mut widths = HEAD.map(|name| name.chars().count());
    for cells in rows.iter().enumerate().map(|(index, row)| cells(index, row)) {
        for (width, cell) in widths.iter_mut().zip(&cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let page = &mut Page::new(out, Room::Usual, width);
    line(page, &widths, &HEAD.map(str::to_owned), "ended")?;
    rows.iter().enumerate().try_for_each(|(index, row)| line(page, &widths, &cells(index, row), &row.ended))
}

/// The rows in the order in which the conversations begin, by which they are numbered.
pub(super) fn numbered(rows: &mut [Row]) -> &[Row] {
    rows.sort_by_key(Row::place);
    rows
}

/// What a row shows before how it ended.
fn cells(index: usize, row: &Row) -> [String; 5] {
    let [time, client, server, reached] = row.cells();
    [(index + 1).to_string(), time, client, server, reached]
}

/// How it ended stands behind the other cells if that leaves it a column of words, else below them.
fn line(page: &mut Page<'_>, widths: &[usize; 5], cells: &[String; 5], ended: &str) -> io::Result<()> {
    let mut lead = String::new();
    for (width, cell) in widths.iter().zip(cells) {
        lead += &format!("{cell:<width$}{GAP}");
    }
    let column = lead.chars().count();
    if column + NARROWEST <= page.width() {
        return page.row((Tone::Plain, &lead), column, (Tone::Plain, ""), ended);
    }
    page.row((Tone::Plain, lead.trim_end()), 0, (Tone::Plain, ""), "")?;
    page.text(widths[0] + GAP.len(), ended)
}

fn ended(report: &Report) -> String {
    let verdict = &report.verdict;
    let several = match report.trace.connections.len() as u64 + report.trace.connections_omitted {
        0 | 1 => String::new(),
        count => format!(" ({count} connections)"),
    };
    let how = match (&verdict.failure, verdict.phase) {
        (Some(failure), Some(phase)) => format!("failed in {phase}: {}", failure.detail),
        _ => report.trace.described().map_or_else(|| "passed".to_owned(), unfailed),
    };
    let cut = if how.chars().count() > LONGEST { "..." } else { "" };
    let how: String = how.chars().take(LONGEST).collect();
    format!("{how}{cut}{several}")
}

/// Who ended a connection in which nothing failed, and why its last phase tells no more.
fn unfailed(connection: &Connection) -> String {
    let who = ended::short(connection);
    let summaries = connection.phases.summaries();
    let last = summaries.last().and_then(|last| Some(format!("{}: {}", last.phase, last.stopped?)));
    match (who, last) {
        (Some(who), Some(last)) => format!("{who}; {last}"),
        (who, last) => who.or(last).unwrap_or_else(|| "passed".to_owned()),
    }
}
