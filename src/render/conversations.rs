//! A table of many reports: when, who to whom, how far, and how it ended.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use crate::{
    plain,
    report::{Connection, Report},
};

/// Writes a row for each report, numbered from 1.
///
/// # Errors
/// Those of the writer.
pub fn conversations(reports: &[Report], out: &mut dyn Write) -> io::Result<()> {
    row(out, "", ["time", "client", "server", "reached", "ended"])?;
    for (index, report) in reports.iter().enumerate() {
        let described = report.trace.described();
        let place = |end: fn(&Connection) -> Option<SocketAddr>| {
            described.and_then(end).map(|end| end.to_string()).unwrap_or_default()
        };
        let time = report.trace.started.to_rfc3339().unwrap_or_default();
        let time: String = time.chars().take(19).collect();
        let reached = report.verdict.reached.map_or("-", |phase| phase.name());
        let (client, server) = (place(|made| made.local), place(|made| made.peer));
        row(out, &(index + 1).to_string(), [&time, &client, &server, reached, &ended(report)])?;
    }
    Ok(())
}

fn row(out: &mut dyn Write, number: &str, cells: [&str; 5]) -> io::Result<()> {
    let [time, client, server, reached, ended] = cells;
    let line = format!("{number:>5}  {time:<19}  {client:<21}  {server:<21}  {reached:<9}  {ended}");
    writeln!(out, "{}", plain::line(line.trim_end()))
}

fn ended(report: &Report) -> String {
    let verdict = &report.verdict;
    let several = match report.trace.connections.len() {
        0 | 1 => String::new(),
        count => format!(" ({count} connections)"),
    };
    let last = || {
        let summaries = report.trace.described()?.phases.summaries();
        let last = summaries.last()?;
        Some(format!(
            "{} in {}: {}",
            if last.stopped.is_some() { "ended" } else { "passed" },
            last.phase,
            last.stopped?
        ))
    };
    let how = match (&verdict.failure, verdict.phase) {
        (Some(failure), Some(phase)) => format!("failed in {phase}: {}", failure.detail),
        _ => last().unwrap_or_else(|| "passed".to_owned()),
    };
    format!("{how}{several}")
}
