//! The report as a page of text: a line a phase, then certificate, findings and verdict.
//!
//! A failure is written up to four times, with less `Room` each time, until it has at most 42 lines. What is left out
//! is in the JSON.

use std::io::{self, Write};

use super::{
    causes, cells, client,
    connections::connections,
    experiments, local,
    page::{Page, Room, Tone, USUAL},
    passed::FACTS,
    posture,
    promises::{decided, promises},
    rdp_file,
    target::target,
    udp, wait, working,
};
use crate::{
    plain,
    report::{
        Answerer, Certificate, Credentials, Failure, Finding, FindingCode, Likelihood, Outcome, Purpose,
        Report, Severity,
    },
};

/// The lines of a screen, less the one with which the command line ends a page: a report with causes should not be longer.
const SCREEN: usize = 41;
/// Where certificate and verdict begin, and the sentence of a finding.
const BODY: usize = 13;
/// Where the code of a finding begins.
const FINDING: usize = 11;

/// Writes the page; colours are in it, the writer strips them where they do not belong.
///
/// # Errors
/// Those of the writer.
pub fn text(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    text_within(report, USUAL, out)
}

/// The same in so many columns, if that is a width that can be read.
///
/// # Errors
/// Those of the writer.
pub fn text_within(report: &Report, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if let Some(line) = client::nobody(report) {
        return writeln!(out, "{}", plain::line(&line));
    }
    let mut written = Vec::new();
    for room in [Room::Usual, Room::Brief, Room::Tight, Room::Least] {
        written.clear();
        whole(&mut Page::new(&mut written, room, width), report)?;
        let lines = written.iter().filter(|byte| **byte == b'\n').count();
        if lines <= SCREEN || report.causes.is_empty() {
            break;
        }
    }
    out.write_all(&written)
}

fn whole(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
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
        client::offered(page, report)?;
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
    findings(page, report)?;
    promises(page, report)?;
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
    working::working(page, report)?;
    causes::mstsc(page, report)?;
    causes::causes(page, report)
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
    if page.room().is_tight() {
        return Ok(());
    }
    page.text(BODY, &format!("{}{names}", cells::validity(served, report.trace.started)))?;
    page.text(BODY, &format!("SHA-1 {}", served.sha1))
}

/// Whether the line of the phase and the causes tell a finding, or that of the certificate where another thing failed.
fn is_told(found: &Finding, report: &Report) -> bool {
    match found.code.known() {
        Some(FindingCode::UnexplainedFailure) => !report.causes.is_empty(),
        Some(FindingCode::CertificateSelfSigned) => report.verdict.outcome == Outcome::Aborted,
        _ => false,
    }
}

/// A sentence each; where there is no room those beside the failure share a line.
fn findings(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let said = report.findings.iter().filter(|found| !is_told(found, report) && !repeats(found, report));
    let tight = page.room().is_tight();
    let (aside, whole): (Vec<&Finding>, Vec<&Finding>) = said.partition(|found| tight && is_aside(found));
    if aside.is_empty() && whole.is_empty() {
        return Ok(());
    }
    page.gap()?;
    page.heading("Findings")?;
    whole.into_iter().try_for_each(|found| finding(page, found))?;
    let codes: Vec<&str> = aside.iter().map(|found| found.code.as_str()).collect();
    if codes.is_empty() {
        return Ok(());
    }
    page.row((Tone::Plain, "  others"), FINDING, (Tone::Plain, ""), &codes.join(", "))
}

/// What is no error; the flow is what an engineer looks for in a capture.
fn is_aside(found: &Finding) -> bool {
    found.severity < Severity::Error && found.code != FindingCode::Flow
}

fn finding(page: &mut Page<'_>, found: &Finding) -> io::Result<()> {
    let lead = match found.severity {
        Severity::Error => (Tone::Bad, "  error"),
        Severity::Warning => (Tone::Caution, "  warning"),
        Severity::Info => (Tone::Plain, "  info"),
    };
    page.row(lead, FINDING, (Tone::Plain, ""), &format!("{}: {}", found.code, decided(found)))
}

/// Whether a finding only repeats why the phase failed: the verdict names it then.
fn repeats(found: &Finding, report: &Report) -> bool {
    let failure = report.verdict.failure.as_ref();
    found.phase.is_some() && failure.is_some_and(|failure| failure.detail == found.message)
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
    let tone = match verdict.outcome {
        Outcome::Passed => Tone::Good,
        Outcome::Stopped => Tone::Caution,
        Outcome::Aborted => Tone::Bad,
    };
    let word = format!("{}:", cells::outcome(verdict.outcome));
    let word = (tone, word.as_str());
    let name = verdict.credentials.name().replace('_', " ");
    let credentials = match report.trace.request.account {
        true => Some(format!("credentials: {name}")),
        // Of an account that was watched only what the server said of it is told.
        false => matches!(verdict.credentials, Credentials::Refused | Credentials::Verified)
            .then(|| format!("the client's credentials: {name}")),
    };
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
            [Some(format!("{}{}", led(report), ended(report, failure))), credentials].into_iter().flatten();
        return page.row((Tone::Heading, "Verdict"), BODY, word, &ended.collect::<Vec<_>>().join("; "));
    }
    page.row((Tone::Heading, "Verdict"), BODY, word, &verdict.summary)?;
    let is_error =
        |finding: &&Finding| finding.severity == Severity::Error && finding.counts(Some(Severity::Error));
    let errors = report.findings.iter().filter(is_error).count();
    for (what, count) in [("errors", errors), ("promises broken", report.broken().count())] {
        if count > 0 {
            page.row((Tone::Plain, ""), BODY, (Tone::Bad, &format!("{what}: {count}")), "")?;
        }
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

fn ended(report: &Report, failure: &Failure) -> String {
    let verdict = &report.verdict;
    let phase = verdict.phase.map_or("", |phase| phase.name());
    let step = verdict.step.as_ref().map_or_else(String::new, |step| format!(" at the step {step}"));
    let named = report.findings.iter().filter(|found| repeats(found, report) && !is_told(found, report));
    let named = named.map(|found| found.code.as_str());
    let named = match named.collect::<Vec<_>>() {
        codes if codes.is_empty() => String::new(),
        codes => format!(" ({})", codes.join(", ")),
    };
    let ended = format!("in {phase}{step}, {}{named}", cells::failure(failure));
    match verdict.reached {
        Some(reached) => format!("{ended}; everything up to {reached} works"),
        None => ended,
    }
}

/// When it was made, by which version, and from which address: what whoever gets the page has to ask otherwise.
///
/// # Errors
/// Those of the writer.
pub fn colophon(report: &Report, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if client::nobody(report).is_some() {
        return Ok(());
    }
    let made = report.trace.traced().filter_map(|made| made.local).next_back();
    let from = made.map_or_else(String::new, |local| format!(", from {}", local.ip()));
    let begun = report.trace.started.0;
    let (date, time) = (begun.date(), begun.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let tool = &report.tool;
    let page = &mut Page::new(out, Room::Usual, width);
    let text = format!("{date} {hour:02}:{minute:02}:{second:02} UTC, {} {}{from}", tool.name, tool.version);
    page.text(0, &text)
}
