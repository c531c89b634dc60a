//! A table of many reports: when, who to whom, how far, and how it ended.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use super::ended;
use crate::{
    codes::Phase,
    plain,
    report::{Connection, Report, Timestamp},
};

/// Characters of how a conversation ended, so that a hundred thousand rows are small.
const LONGEST: usize = 160;

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

    fn place(&self) -> Place {
        (self.started, self.client, self.server)
    }
}

/// By what a report is numbered.
pub fn place(report: &Report) -> Place {
    let described = report.trace.described();
    let end = |end: fn(&Connection) -> Option<SocketAddr>| described.and_then(end);
    (report.trace.started, end(|made| made.local), end(|made| made.peer))
}

/// Writes the rows, numbered from 1 in the order in which the conversations begin.
///
/// # Errors
/// Those of the writer.
pub fn conversations(rows: &mut [Row], out: &mut dyn Write) -> io::Result<()> {
    rows.sort_by_key(Row::place);
    line(out, "", ["time", "client", "server", "reached", "ended"])?;
    for (index, row) in rows.iter().enumerate() {
        let shown = |end: Option<SocketAddr>| end.map(|end| end.to_string()).unwrap_or_default();
        let time = row.started.to_rfc3339().unwrap_or_default();
        let time: String = time.chars().take(19).collect();
        let reached = row.reached.map_or("-", |phase| phase.name());
        let (client, server) = (shown(row.client), shown(row.server));
        line(out, &(index + 1).to_string(), [&time, &client, &server, reached, &row.ended])?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, number: &str, cells: [&str; 5]) -> io::Result<()> {
    let [time, client, server, reached, ended] = cells;
    let line = format!("{number:>5}  {time:<19}  {client:<21}  {server:<21}  {reached:<9}  {ended}");
    writeln!(out, "{}", plain::line(line.trim_end()))
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
