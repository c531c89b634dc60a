//! The report as a page of text: a line a phase, then certificate, findings and verdict.

use std::io::{self, Write};

use super::{
    causes, cells, experiments, gateway, local,
    page::{Page, Tone},
    phases, posture, rdp_file, session, udp, wait,
};
use crate::{
    codes::Phase,
    report::{
        Answerer, Certificate, Connection, Failure, Finding, Likelihood, Outcome, Purpose, Report, Session,
        Severity, Status, Summary, Verdict, place,
    },
};

/// Where the facts of a phase begin.
const FACTS: usize = 24;
/// Where certificate and verdict begin, and the sentence of a finding.
const BODY: usize = 13;
/// Where the code of a finding begins.
const FINDING: usize = 11;

/// Writes the page; colours are in it, the writer strips them where they do not belong.
///
/// # Errors
/// Those of the writer.
pub fn text(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out);
    page.heading(&target(report))?;
    let mut asked = rdp_file::lines(report).into_iter();
    if let Some(about) = asked.next() {
        page.gap()?;
        page.row((Tone::Heading, "File"), BODY, (Tone::Plain, ""), &about)?;
        asked.try_for_each(|line| page.text(BODY, &line))?;
    }
    // Who asks for the posture gets the phases only where they explain what is missing in it.
    let is_traced = !report.trace.connections.is_empty()
        && (report.posture.is_none() || report.verdict.outcome == Outcome::Aborted);
    if is_traced {
        connections(page, report)?;
        udp::udp(page, report, FACTS)?;
    }
    if let Some(seen) = &report.posture {
        page.gap()?;
        posture::posture(page, report, seen)?;
    }
    let experiments = experiments::lines(report);
    if !experiments.is_empty() {
        page.gap()?;
        page.heading("Experiments")?;
        experiments.iter().try_for_each(|line| page.item("", 2, line))?;
    }
    if let Some(served) = &report.certificate {
        page.gap()?;
        certificate(page, served, report)?;
    }
    let said: Vec<&Finding> = report.findings.iter().filter(|found| !is_told(found, report)).collect();
    if !said.is_empty() {
        page.gap()?;
        page.heading("Findings")?;
        said.into_iter().try_for_each(|found| finding(page, found, &report.verdict))?;
    }
    if let Some(wait) = &report.trace.wait {
        page.gap()?;
        page.row((Tone::Heading, "Waited"), BODY, (Tone::Plain, ""), &wait::total(wait))?;
        wait::stretches(wait).iter().try_for_each(|line| page.text(BODY, line))?;
    }
    local::checks(page, report)?;
    if report.trace.target.is_some() {
        page.gap()?;
        answers(page, report)?;
        verdict(page, report)?;
    } else {
        page.gap()?;
        page.row((Tone::Heading, "Verdict"), BODY, (Tone::Plain, ""), &report.verdict.summary)?;
    }
    causes::mstsc(page, report)?;
    causes::causes(page, report)
}

fn connections(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
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
                page.heading(&format!("Server {}, through the gateway", target(report)))?;
            }
        }
        let own = summaries.iter().filter(|summary| summary.phase != Phase::Gateway);
        own.into_iter().try_for_each(|summary| phase(page, connection, summary, report.answerer()))?;
        connection.session.iter().try_for_each(|seen| after_activation(page, seen))?;
    }
    Ok(())
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

fn target(report: &Report) -> String {
    let Some(target) = &report.trace.target else { return local::name(report) };
    let name =
        if target.server_name == target.host { String::new() } else { format!(" as {}", target.server_name) };
    place(&target.host, target.port) + &name
}

/// How a second connection for the same differs from the first.
fn again(connection: &Connection, before: &Connection) -> &'static str {
    match (connection.purpose == Purpose::Retry || connection.purpose == before.purpose, &before.phases.tls) {
        (false, _) => "",
        (true, None) => ", with the offer that the server demands",
        (true, Some(_)) => ", with older cipher suites beside the current ones",
    }
}

fn purpose(connection: &Connection) -> String {
    match &connection.purpose {
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
        Status::Passed => page.row(lead, FACTS, (Tone::Plain, ""), &lines.next().unwrap_or_default())?,
        Status::Stopped => {
            page.row(lead, FACTS, (Tone::Caution, "STOPPED:"), summary.stopped.unwrap_or_default())?;
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
    lines.try_for_each(|line| page.text(FACTS, &line))
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

fn certificate(page: &mut Page<'_>, served: &Certificate, report: &Report) -> io::Result<()> {
    let digest = served.signature.digest.as_deref().unwrap_or(&served.signature.algorithm);
    let subject = if served.subject.is_empty() { "no subject" } else { &served.subject };
    let first = format!("{subject}, {}, {}, {digest}", cells::trust(served), cells::key(served));
    page.row((Tone::Heading, "Certificate"), BODY, (Tone::Plain, ""), &first)?;
    let names = match cells::names(&served.names) {
        names if names.is_empty() => names,
        names => format!("; for {names}"),
    };
    page.text(BODY, &format!("{}{names}", cells::validity(served, report.trace.started)))?;
    page.text(BODY, &format!("SHA-1 {}", served.sha1))
}

/// Whether the line of the phase and the causes tell a finding, or that of the certificate where another thing failed.
fn is_told(found: &Finding, report: &Report) -> bool {
    match found.code.as_str() {
        "unexplained-failure" => !report.causes.is_empty(),
        "certificate-self-signed" => report.verdict.outcome == Outcome::Aborted,
        _ => false,
    }
}

/// A finding that only repeats why the phase failed points there.
fn finding(page: &mut Page<'_>, found: &Finding, verdict: &Verdict) -> io::Result<()> {
    let lead = match found.severity {
        Severity::Error => (Tone::Bad, "  error"),
        Severity::Warning => (Tone::Caution, "  warning"),
        Severity::Info => (Tone::Plain, "  info"),
    };
    let told = verdict.failure.as_ref().is_some_and(|failure| failure.detail == found.message);
    let text = match found.phase.filter(|_| told) {
        Some(phase) => format!("{}, see {phase}", found.code),
        None => format!("{}: {}", found.code, found.message),
    };
    page.row(lead, FINDING, (Tone::Plain, ""), &text)
}

/// Who answers, where it is not the Windows that everybody expects.
fn answers(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let who = report.answerer();
    let Some(judged) =
        report.answered_by.as_ref().filter(|_| !matches!(who, Answerer::Windows | Answerer::Unknown))
    else {
        return Ok(());
    };
    let sure = if judged.likelihood == Likelihood::Certain { "certainly" } else { "likely" };
    page.row((Tone::Heading, "Answers"), BODY, (Tone::Plain, ""), &format!("{sure} {}", who.title()))
}

fn verdict(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let verdict = &report.verdict;
    let word = match verdict.outcome {
        Outcome::Passed => (Tone::Good, "PASSED:"),
        Outcome::Stopped => (Tone::Caution, "STOPPED:"),
        Outcome::Aborted => (Tone::Bad, "ABORTED:"),
    };
    let account = report.trace.request.account;
    let credentials =
        account.then(|| format!("credentials: {}", verdict.credentials.name().replace('_', " ")));
    let through = report.trace.described().is_some_and(|described| {
        described
            .phases
            .gateway
            .as_ref()
            .is_some_and(|record| record.evidence.account || record.evidence.token)
    });
    let gateway = verdict.gateway_credentials.filter(|_| through);
    let gateway = gateway.map(|found| format!("gateway credentials: {}", found.name().replace('_', " ")));
    let credentials = match (gateway, credentials) {
        (Some(gateway), Some(own)) => Some(format!("{gateway}; {own}")),
        (gateway, own) => gateway.or(own),
    };
    if let Some(failure) = &verdict.failure {
        let ended =
            [Some(format!("{}{}", led(report), ended(verdict, failure))), credentials].into_iter().flatten();
        return page.row((Tone::Heading, "Verdict"), BODY, word, &ended.collect::<Vec<_>>().join("; "));
    }
    page.row((Tone::Heading, "Verdict"), BODY, word, &verdict.summary)?;
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        page.row((Tone::Plain, ""), BODY, (Tone::Bad, &format!("errors: {errors}")), "")?;
    }
    credentials.iter().try_for_each(|line| page.text(BODY, line))
}

/// The details stand with the phase; the verdict says where and how.
/// Which hop it was, where redirections were followed.
fn led(report: &Report) -> String {
    let described = report.trace.described();
    match described.map(|made| (&made.purpose, &made.hop)) {
        Some((Purpose::Hop(number), Some(hop))) => format!("hop {number}, {hop}: "),
        _ => String::new(),
    }
}

fn ended(verdict: &Verdict, failure: &Failure) -> String {
    let phase = verdict.phase.map_or("", |phase| phase.name());
    let step = verdict.step.as_ref().map_or_else(String::new, |step| format!(" at the step {step}"));
    let ended = format!("in {phase}{step}, {}", cells::failure(failure));
    match verdict.reached {
        Some(reached) => format!("{ended}; everything up to {reached} works"),
        None => ended,
    }
}
