//! The connections of a trace: a line a phase, with the facts of those that have any.

use std::io;

use super::{
    cells, client, ended, gateway,
    page::{Page, Room, Tone},
    passed::{FACTS, in_one},
    phases, session, target,
};
use crate::{
    codes::Phase,
    plain,
    report::{Answerer, Connection, Purpose, Report, Session, Status, Summary},
};

/// Every connection that was traced.
///
/// # Errors
/// Those of the writer.
pub(super) fn connections(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let traced: Vec<&Connection> = report.trace.traced().collect();
    let before = |index: usize| index.checked_sub(1).map(|index| traced[index]);
    let is_in_vain = |index| before(index).is_some_and(|before| traced[index].is_in_vain_after(before));
    let shown = (0..traced.len()).filter(|index| !is_in_vain(*index)).count();
    for (index, connection) in traced.iter().enumerate() {
        if is_in_vain(index) {
            in_vain(page, connection)?;
            continue;
        }
        page.gap()?;
        if shown > 1 {
            let again = before(index).map_or("", |before| again(connection, before));
            page.heading(&format!("{}{again}", purpose(connection)))?;
        }
        let mut tried = connection.hop.iter().flat_map(|hop| &hop.tried);
        tried.try_for_each(|tried| page.item("", 2, &format!("tried before: {tried}")))?;
        let summaries = connection.phases.summaries();
        if let Some(through) = connection.phases.gateway.as_ref().map(|record| &record.evidence) {
            gateway::leg(page, through, report.trace.started, FACTS)?;
            if summaries.len() > 1 {
                page.gap()?;
                page.heading(&format!("Server {}, through the gateway", target::target(report)))?;
            }
        }
        let own: Vec<_> = summaries.iter().filter(|summary| summary.phase != Phase::Gateway).collect();
        let led_on = index + 1 < traced.len() && page.room() != Room::Usual;
        let (short, whole) = own.split_at(if led_on { passed(&own) } else { 0 });
        in_one(page, short.iter().map(|made| (made.phase.name(), made.elapsed_ms)))?;
        whole.iter().try_for_each(|summary| phase(page, connection, summary, report.answerer()))?;
        connection.session.iter().try_for_each(|seen| after_activation(page, seen))?;
        if let Some(line) = connection.client.as_ref().and_then(client::line) {
            page.row((Tone::Plain, "  client"), FACTS, (Tone::Plain, ""), &line)?;
        }
        if let Some(line) = ended::line(connection) {
            page.row((Tone::Plain, "  ended"), FACTS, (Tone::Plain, ""), &line)?;
        }
    }
    if report.trace.connections_omitted > 0 {
        page.gap()?;
        let omitted = report.trace.connections_omitted;
        let (more, are) =
            (plain::plural(omitted, "more connection"), if omitted == 1 { "is" } else { "are" });
        page.heading(&format!("{more}, between the first and the last, {are} left out"))?;
    }
    Ok(())
}

/// How many phases passed before one that did not.
fn passed(own: &[&Summary<'_>]) -> usize {
    own.iter().take_while(|summary| summary.status == Status::Passed).count()
}

/// The second connection after a refused ClientHello, where it tells no more than that.
fn in_vain(page: &mut Page<'_>, connection: &Connection) -> io::Result<()> {
    let last = connection.phases.summaries().pop();
    let said = match last.and_then(|last| last.failure) {
        Some(failure) => format!("with older cipher suites too: {}", failure.detail),
        None => "a hello of TLS 1.2 with older cipher suites too is answered with a current one".to_owned(),
    };
    page.row((Tone::Plain, "  again"), FACTS, (Tone::Plain, ""), &said)
}

/// How a second connection for the same differs from the first.
pub(super) fn again(connection: &Connection, before: &Connection) -> &'static str {
    if connection.watched.is_some() {
        return "";
    }
    match (connection.purpose == Purpose::Retry || connection.purpose == before.purpose, &before.phases.tls) {
        (false, _) => "",
        (true, None) => ", with the offer that the server demands",
        (true, Some(_)) => ", with older cipher suites beside the current ones",
    }
}

/// What the heading of a connection calls it.
pub(super) fn purpose(connection: &Connection) -> String {
    match &connection.purpose {
        Purpose::Main if connection.watched.is_some() => "first connection".to_owned(),
        Purpose::Retry if connection.watched.is_some() => "again".to_owned(),
        Purpose::Hop(number) => connection.hop.as_ref().map_or_else(String::new, |hop| {
            let token = hop.shown_token().map(|token| format!(", with the token {token}"));
            let token = token.unwrap_or_default();
            format!("hop {number}: {hop}, session {}{token}", hop.session_id)
        }),
        other => other.to_string(),
    }
}

fn phase(
    page: &mut Page<'_>,
    connection: &Connection,
    summary: &Summary<'_>,
    who: Answerer,
) -> io::Result<()> {
    let left = summary.phase == Phase::Resolve && phases::is_left_to_proxy(&connection.phases);
    let time = if left { cells::NO_TIME.to_owned() } else { cells::duration(summary.elapsed_ms) };
    let lead = format!("  {:<10}{time}", summary.phase.name());
    let lead = (Tone::Plain, lead.as_str());
    let mut lines = phases::facts(connection, summary.phase, who).into_iter();
    match summary.status {
        Status::Passed => {
            page.row(lead, FACTS, (Tone::Plain, ""), &lines.next().unwrap_or_default())?;
            if page.room() != Room::Usual {
                return Ok(());
            }
        }
        Status::Stopped | Status::Unseen => {
            page.row(
                lead,
                FACTS,
                (Tone::Caution, cells::held(summary.status)),
                summary.stopped.unwrap_or_default(),
            )?;
            if page.room().is_tight() {
                return Ok(());
            }
        }
        Status::Failed => {
            let detail = summary.failure.map_or("", |failure| &failure.detail);
            page.row(lead, FACTS, (Tone::Bad, "FAILED:"), detail)?;
            // What could be named need not be shown as bytes.
            let named = connection.phases.negotiate.as_ref().is_some_and(|n| n.evidence.speaks.is_some());
            let bytes = summary.failure.and_then(|failure| failure.received.as_deref());
            if let Some(bytes) = bytes.filter(|_| !named) {
                page.text(FACTS, &format!("received {}", cells::grouped(bytes)))?;
            }
        }
    }
    lines.try_for_each(|line| page.text(FACTS, &line))?;
    summary.inferred.iter().try_for_each(|inferred| page.text(FACTS, &format!("inferred: {inferred}")))
}

fn after_activation(page: &mut Page<'_>, seen: &Session) -> io::Result<()> {
    let lead = format!("  {:<10}{}", "session", cells::duration(seen.elapsed_ms));
    let lead = (Tone::Plain, lead.as_str());
    let mut lines = session::facts(seen).into_iter();
    match &seen.failure {
        None => page.row(lead, FACTS, (Tone::Plain, ""), &lines.next().unwrap_or_default())?,
        Some(failure) => page.row(lead, FACTS, (Tone::Bad, "ENDED:"), &failure.detail)?,
    }
    lines.try_for_each(|line| page.text(FACTS, &line))
}
