//! The report as Markdown for a ticket: the verdict first, the phases, the causes, and what else was seen folded away.
//!
//! Everything that is not ours alone goes through [`escaped`]: no name, answer or certificate makes a link, a mention, an
//! image, a heading or HTML of its own.

use std::io::{self, Write};

use super::{
    cells, connections, ended, escape::markdown as escaped, experiments, gateway, local, phases::facts,
    promises, target::target, working,
};
use crate::{
    endpoint::place,
    plain,
    report::{
        Cause, Certificate, Connection, Failure, Finding, Millis, PromiseStatus, Report, Severity, Status,
    },
};

/// Writes the page.
///
/// # Errors
/// Those of the writer.
pub fn markdown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let verdict = &report.verdict;
    let word = cells::outcome(verdict.outcome);
    writeln!(out, "## {}\n\n**{word}:** {}", escaped(&target(report)), escaped(&verdict.summary))?;
    if let Some(label) = &verdict.mstsc {
        let shown = format!("{}, extended {}: {}", label.code, label.extended, label.text);
        writeln!(out, "\nThe Windows client would show {}", escaped(&shown))?;
    }
    report.trace.described().map_or(Ok(()), |made| phases(out, report, made))?;
    others(out, report)?;
    causes(out, &report.causes)?;
    findings(out, &report.findings)?;
    promised(out, report)?;
    if let Some(served) = &report.certificate {
        folded(out, "Certificate", &certificate(served, report))?;
    }
    folded(out, "Experiments", &experiments::lines(report))?;
    folded(out, "This machine", &machine(report))?;
    settings(out, report)?;
    let tool = &report.tool;
    let started = report.trace.started.to_rfc3339().unwrap_or_default();
    writeln!(out, "\n{} {} at {}", escaped(&tool.name), escaped(&tool.version), escaped(&started))
}

/// Settings of other clients, to be copied. Each line begins with a word of ours or twelve spaces, so none ends the fence.
fn settings(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let Some(working) = &report.working else { return Ok(()) };
    writeln!(out, "\n<details><summary>Settings that work</summary>\n\n~~~text")?;
    for (client, line) in working::lines(working) {
        writeln!(out, "{client:<12}{}", plain::line(&line))?;
    }
    writeln!(out, "~~~\n\n</details>")
}

fn phases(out: &mut dyn Write, report: &Report, made: &Connection) -> io::Result<()> {
    let summaries = made.phases.summaries();
    if summaries.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| Phase | Result | ms | Seen |\n|---|---|---:|---|")?;
    for summary in &summaries {
        let (result, why) = outcome(summary.status, summary.failure, summary.stopped);
        let facts = facts(made, summary.phase, report.answerer());
        let seen = why.into_iter().chain(facts);
        row(out, (summary.phase.name(), result), time(summary.status, summary.elapsed_ms), seen)?;
    }
    if let Some(line) = ended::line(made) {
        writeln!(out, "\nEnded: {}", escaped(&line))?;
    }
    gateway_steps(out, report, made)
}

/// The way to and through a gateway, folded where it is not what failed.
fn gateway_steps(out: &mut dyn Write, report: &Report, made: &Connection) -> io::Result<()> {
    let Some(record) = &made.phases.gateway else { return Ok(()) };
    let through = &record.evidence;
    let name = escaped(&format!("Gateway {}", place(&through.host, through.port)));
    let is_open = if record.status == Status::Failed { " open" } else { "" };
    writeln!(out, "\n<details{is_open}><summary>{name}</summary>\n")?;
    writeln!(out, "| Step | Result | ms | Seen |\n|---|---|---:|---|")?;
    for step in through.steps.summaries() {
        let (result, why) = outcome(step.status, step.failure, step.stopped);
        let facts = gateway::facts(&through.steps, step.step, report.trace.started).unwrap_or_default();
        let seen = why.into_iter().chain(facts);
        row(out, (step.step.as_str(), result), time(step.status, step.elapsed_ms), seen)?;
    }
    writeln!(out, "\n</details>")
}

/// Those that the verdict does not describe, such as the one before a retry.
fn others(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let described = report.trace.described().map(std::ptr::from_ref);
    let others = report.trace.traced().filter(|made| Some(std::ptr::from_ref(*made)) != described);
    for made in others.filter(|made| !made.phases.summaries().is_empty()) {
        let name = escaped(&format!("Connection {}", connections::purpose(made)));
        writeln!(out, "\n<details><summary>{name}</summary>")?;
        phases(out, report, made)?;
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

fn row(
    out: &mut dyn Write,
    (name, result): (&str, &str),
    time: String,
    seen: impl Iterator<Item = String>,
) -> io::Result<()> {
    let seen: Vec<String> = seen.map(|fact| escaped(&fact)).collect();
    writeln!(out, "| {name} | {result} | {time} | {} |", seen.join("<br>"))
}

fn time(status: Status, took: Millis) -> String {
    if status == Status::Unseen { String::new() } else { format!("{:.1}", took.0) }
}

/// How a phase ended, and why it did not pass.
fn outcome(
    status: Status,
    failure: Option<&Failure>,
    stopped: Option<&str>,
) -> (&'static str, Option<String>) {
    match status {
        Status::Passed => ("passed", None),
        Status::Failed => {
            let told = |failure: &Failure| format!("{}: {}", cells::failure(failure), failure.detail);
            ("**failed**", failure.map(told))
        }
        Status::Stopped => ("stopped", stopped.map(str::to_owned)),
        Status::Unseen => ("unseen", stopped.map(str::to_owned)),
    }
}

fn causes(out: &mut dyn Write, causes: &[Cause]) -> io::Result<()> {
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Causes\n")?;
    for cause in causes {
        let sure = cells::likelihood(cause.likelihood);
        let place = cause.at.map_or_else(String::new, |place| format!(", {}", place.title()));
        writeln!(out, "- **{}** ({sure}{place})", escaped(cause.code.as_str()))?;
        let lists = [
            ("for", &cause.because),
            ("against", &cause.against),
            ("confirm", &cause.confirm),
            ("fix", &cause.fix),
        ];
        for (label, texts) in lists {
            texts.iter().try_for_each(|text| writeln!(out, "  - {label}: {}", escaped(text)))?;
        }
    }
    Ok(())
}

fn findings(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Findings\n")?;
    for found in findings {
        let severity = match found.severity {
            Severity::Error => "**error**",
            severity => cells::severity(severity),
        };
        writeln!(
            out,
            "- {severity} {}: {}",
            escaped(found.code.as_str()),
            escaped(&promises::decided(found))
        )?;
    }
    Ok(())
}

fn promised(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    if report.promises.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Promises\n\n| Promise | | Seen |\n|---|---|---|")?;
    promises::sorted(report).try_for_each(|one| {
        let said = escaped(&promises::said(one));
        let word = promises::word(one.status);
        let word = if one.status == PromiseStatus::Broken { format!("**{word}**") } else { word.to_owned() };
        writeln!(out, "| {} | {word} | {said} |", escaped(&one.name))
    })
}

fn certificate(served: &Certificate, report: &Report) -> Vec<String> {
    vec![
        format!("subject {}", served.subject),
        cells::trust(served),
        cells::validity(served, report.trace.started),
        format!("{}, {}", cells::key(served), served.signature.algorithm),
        format!("for {}", cells::names(&served.names)),
        format!("SHA-1 {}", served.sha1),
        format!("SHA-256 {}", served.sha256),
    ]
}

/// The checks that are not as they should be, what is wrong first; all if they are what the report is about.
fn machine(report: &Report) -> Vec<String> {
    let shown = if report.trace.target.is_none() { local::ORDER } else { &local::ORDER[..2] };
    let checks = shown.iter().flat_map(|status| local::of(report, *status));
    let told = checks.map(|check| {
        let seen = check.observed.iter().fold(check.message.clone(), |text, seen| format!("{text}: {seen}"));
        format!("{} {}: {seen}", check.status.name(), check.code)
    });
    told.collect()
}

/// A list that is opened by a click; nothing where it is empty.
fn folded(out: &mut dyn Write, title: &str, lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>{title}</summary>\n")?;
    lines.iter().try_for_each(|line| writeln!(out, "- {}", escaped(line)))?;
    writeln!(out, "\n</details>")
}
