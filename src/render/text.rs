//! The report as a page of text: a line a phase, then certificate, findings and verdict.

use std::io::{self, Write};

use super::{
    cells,
    page::{Page, Tone},
    phases,
};
use crate::report::{Certificate, Connection, Finding, Outcome, Report, Severity, Status, Summary, Verdict};

/// Where the facts of a phase begin.
const FACTS: usize = 25;
/// Where certificate and verdict begin.
const BODY: usize = 13;

/// Writes the page; colours are in it, the writer strips them where they do not belong.
///
/// # Errors
/// Those of the writer.
pub fn text(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out);
    page.heading(&target(report))?;
    for connection in &report.trace.connections {
        page.gap()?;
        if report.trace.connections.len() > 1 {
            page.heading(connection.purpose.name())?;
        }
        for summary in connection.phases.summaries() {
            phase(page, connection, &summary)?;
        }
    }
    if let Some(served) = &report.certificate {
        page.gap()?;
        certificate(page, served, report)?;
    }
    if !report.findings.is_empty() {
        page.gap()?;
        page.heading("Findings")?;
        for found in &report.findings {
            finding(page, found)?;
        }
    }
    page.gap()?;
    verdict(page, &report.verdict)
}

fn target(report: &Report) -> String {
    let target = &report.trace.target;
    let host = if target.host.contains(':') { format!("[{}]", target.host) } else { target.host.clone() };
    let name = if target.server_name == target.host { String::new() } else { format!(" as {}", target.server_name) };
    format!("{host}:{}{name}", target.port)
}

fn phase(page: &mut Page<'_>, connection: &Connection, summary: &Summary<'_>) -> io::Result<()> {
    let lead = format!("  {:<10}{}  ", summary.phase.name(), cells::duration(summary.elapsed_ms));
    let mut lines = phases::facts(connection, summary.phase).into_iter();
    match summary.status {
        Status::Passed => page.row(&lead, (Tone::Plain, ""), FACTS, &lines.next().unwrap_or_default())?,
        Status::Stopped => {
            page.row(&lead, (Tone::Caution, "STOPPED"), FACTS, &format!(": {}", summary.stopped.unwrap_or_default()))?;
        }
        Status::Failed => {
            let detail = summary.failure.map_or("", |failure| &failure.detail);
            page.row(&lead, (Tone::Bad, "FAILED"), FACTS, &format!(": {detail}"))?;
            if let Some(bytes) = summary.failure.and_then(|failure| failure.received.as_deref()) {
                page.row("", (Tone::Plain, ""), FACTS, &format!("received {}", cells::grouped(bytes)))?;
            }
        }
    }
    lines.try_for_each(|line| page.row("", (Tone::Plain, ""), FACTS, &line))
}

fn certificate(page: &mut Page<'_>, served: &Certificate, report: &Report) -> io::Result<()> {
    let digest = served.signature.digest.as_deref().unwrap_or(&served.signature.algorithm);
    let first = format!("{}, {}, {}, {digest}", served.subject, cells::trust(served), cells::key(served));
    page.row("", (Tone::Heading, "Certificate"), BODY, &first)?;
    page.row("", (Tone::Plain, ""), BODY, &cells::validity(served, report.trace.started))?;
    if !served.names.is_empty() {
        page.row("", (Tone::Plain, ""), BODY, &format!("for {}", served.names.join(", ")))?;
    }
    page.row("", (Tone::Plain, ""), BODY, &format!("SHA-1 {}", cells::grouped(&served.sha1)))
}

fn finding(page: &mut Page<'_>, found: &Finding) -> io::Result<()> {
    let (tone, word) = match found.severity {
        Severity::Error => (Tone::Bad, "error"),
        Severity::Warning => (Tone::Caution, "warning"),
        Severity::Info => (Tone::Plain, "info"),
    };
    page.row("  ", (tone, word), 11, &found.code)?;
    page.row("", (Tone::Plain, ""), BODY, &found.message)
}

fn verdict(page: &mut Page<'_>, verdict: &Verdict) -> io::Result<()> {
    let (tone, word) = match verdict.outcome {
        Outcome::Passed => (Tone::Good, "PASSED"),
        Outcome::Stopped => (Tone::Caution, "STOPPED"),
        Outcome::Aborted => (Tone::Bad, "ABORTED"),
    };
    page.row("Verdict      ", (tone, word), BODY, &format!(": {}", verdict.summary))?;
    if let Some(name) = verdict.failure.as_ref().and_then(|failure| failure.name.as_deref()) {
        page.row("", (Tone::Plain, ""), BODY, &format!("{name}, kind {}", kind(verdict)))?;
    }
    Ok(())
}

fn kind(verdict: &Verdict) -> &'static str {
    verdict.failure.as_ref().map_or("", |failure| failure.kind.name())
}
