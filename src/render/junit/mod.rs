//! The report as JUnit XML: a test case a phase, a step of the gateway and a finding, as Jenkins, GitLab and GitHub's
//! reporters read it.
//!
//! The `--fail-on` threshold is not part of the report: the caller passes it here as it does to `cli::exit`, so a red
//! test report and the exit code agree. Findings below it pass and are listed in system-out. Stopped phases are
//! skipped, and so are a failure that a retry answers and a phase that does not occur.

use std::io::{self, Write};

use quick_xml::{
    events::{BytesDecl, BytesText, Event},
    writer::Writer,
};

use super::{cells, local::teller, udp, wait};
use crate::{
    codes::Phase,
    endpoint::place,
    plain,
    report::{
        CheckStatus, Connection, Finding, LocalCheck, Millis, Outcome, Report, Severity, Status, StepSummary,
        Summary, Udp, UdpOutcome,
    },
};

/// One test case; its name is made of both.
struct Case {
    group: String,
    name: String,
    elapsed: Millis,
    result: Ending,
}

/// What became of a test case.
enum Ending {
    Passed { said: Option<String> },
    Failed { kind: String, message: String },
    Skipped { why: String },
}

/// Writes one suite; findings from `threshold` on are failures, as they are for the exit code.
///
/// # Errors
/// Those of the writer.
pub fn junit(report: &Report, threshold: Option<Severity>, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(report, threshold);
    let totals = totals(report, &cases, suite_name(report));
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = xml.create_element("testsuites").with_attributes(attributes(&totals));
    all.write_inner_content(|xml| suite(xml, report, &totals, &cases))?;
    writeln!(out)
}

/// Writes what comes before the suites of many reports, with the errors of the writer.
pub fn junit_head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")
}

/// Writes what comes after them, with the same.
pub fn junit_foot(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</testsuites>")
}

/// Writes the suite of one of them, whose name has both ends.
///
/// # Errors
/// Those of the writer.
pub fn junit_suite(report: &Report, threshold: Option<Severity>, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(report, threshold);
    let client = report.trace.described().and_then(|described| described.local);
    let name = client.map(|client| format!("{} from {client}", suite_name(report)));
    let totals = totals(report, &cases, name.unwrap_or_else(|| suite_name(report)));
    suite(&mut Writer::new_with_indent(&mut *out, b' ', 2), report, &totals, &cases)?;
    writeln!(out)
}

fn suite<W: Write>(xml: &mut Writer<W>, report: &Report, totals: &Totals, cases: &[Case]) -> io::Result<()> {
    // Cases of two hosts must not have one name: GitLab shows one of them only.
    let class = totals[0].1.replacen(' ', ".", 1);
    let element = xml.create_element("testsuite").with_attributes(attributes(totals));
    element.write_inner_content(|xml| {
        cases.iter().try_for_each(|case| write_case(xml, &class, case))?;
        text(xml, "system-out", &summary(report))
    })?;
    Ok(())
}

/// What a suite says of all its cases.
type Totals = [(&'static str, String); 7];

fn totals(report: &Report, cases: &[Case], name: String) -> Totals {
    let count = |wanted: fn(&Ending) -> bool| cases.iter().filter(|case| wanted(&case.result)).count();
    [
        ("name", name),
        ("tests", cases.len().to_string()),
        ("failures", count(|result| matches!(result, Ending::Failed { .. })).to_string()),
        ("errors", "0".to_owned()),
        ("skipped", count(|result| matches!(result, Ending::Skipped { .. })).to_string()),
        ("time", seconds(elapsed(report))),
        ("timestamp", report.trace.started.to_rfc3339().unwrap_or_default()),
    ]
}

fn attributes(totals: &Totals) -> impl Iterator<Item = (&str, &str)> {
    totals.iter().map(|(name, value)| (*name, value.as_str()))
}

fn suite_name(report: &Report) -> String {
    let Some(target) = &report.trace.target else { return "rdptrace local".to_owned() };
    clean(&format!("rdptrace {}", place(&target.host, target.port)))
}

/// The run, with the wait that was part of it.
fn elapsed(report: &Report) -> Millis {
    report.trace.wait.as_ref().map_or(report.trace.elapsed_ms, |wait| wait.elapsed_ms)
}

/// The verdict's sentence, and how the host was waited for.
fn summary(report: &Report) -> String {
    let mut lines = vec![report.verdict.summary.clone()];
    if let Some(waited) = &report.trace.wait {
        lines.push(format!("waited {}", wait::total(waited)));
        lines.extend(wait::stretches(waited));
    }
    lines.iter().map(|line| clean(line)).collect::<Vec<_>>().join("\n")
}

fn seconds(millis: Millis) -> String {
    format!("{:.5}", millis.0 / 1000.0)
}

fn cases(report: &Report, threshold: Option<Severity>) -> Vec<Case> {
    let described = report.trace.described();
    let (mut cases, mut is_after) = (Vec::new(), false);
    for connection in report.trace.traced() {
        let is_described = described.is_some_and(|described| std::ptr::eq(described, connection));
        let superseded = match &report.posture {
            _ if is_after => Some("tried once more, in vain"),
            _ if !is_described => Some("tried again after"),
            Some(posture) if posture.unreached.is_none() => Some("other connections got further"),
            _ => None,
        };
        is_after |= is_described;
        let group = connection.purpose.to_string();
        for mut summary in connection.phases.summaries() {
            // A limit of this program is told as that.
            if is_described && summary.status == Status::Failed {
                summary.failure = report.verdict.failure.as_ref().or(summary.failure);
            }
            let steps = steps(connection, &summary);
            // The step that failed tells what ended the phase; it is told once.
            if steps.iter().all(|step| step.summary.status != summary.status) {
                cases.push(phase(&group, &Step { name: summary.phase.name(), summary }, superseded));
            }
            let group = format!("{group}.gateway");
            cases.extend(steps.iter().map(|step| phase(&group, step, superseded)));
        }
    }
    cases.extend(absent(report));
    cases.extend(report.trace.udp.as_ref().map(udp));
    let findings: Vec<Case> = report.findings.iter().map(|found| finding(found, threshold, &cases)).collect();
    cases.extend(findings);
    cases.extend(report.trace.local.iter().map(|check| local(check, report, threshold)));
    cases
}

/// A check counts where the machine is what the report is about; beside a trace only what findings make of it does.
fn local(check: &LocalCheck, report: &Report, threshold: Option<Severity>) -> Case {
    let counts = check.status.severity().zip(threshold).is_some_and(|(severity, least)| severity >= least);
    let said = check.observed.iter().fold(check.message.clone(), |text, seen| format!("{text}: {seen}"));
    let result = match check.status {
        CheckStatus::Unknown | CheckStatus::NotApplicable => Ending::Skipped { why: said },
        _ if counts && report.trace.target.is_none() => {
            Ending::Failed { kind: check.status.name().to_owned(), message: said }
        }
        _ => {
            // What a finding tells is a case of its own.
            let told = teller(check, report).map(|code| format!("see {code}"));
            Ending::Passed { said: Some(format!("{}: {}", check.status.name(), told.unwrap_or(said))) }
        }
    };
    Case { group: "local".to_owned(), name: check.code.clone(), elapsed: Millis::default(), result }
}

/// A phase, or a step of the gateway.
struct Step<'a> {
    name: &'static str,
    summary: Summary<'a>,
}

/// The steps of the gateway, where this is its phase.
fn steps<'a>(connection: &'a Connection, summary: &Summary<'_>) -> Vec<Step<'a>> {
    let gateway = connection.phases.gateway.as_ref().filter(|_| summary.phase == Phase::Gateway);
    let steps = gateway.map(|record| record.evidence.steps.summaries()).unwrap_or_default();
    let step = |step: StepSummary<'a>| {
        let StepSummary { step: name, status, elapsed_ms, failure, stopped } = step;
        Step {
            name: name.as_str(),
            summary: Summary { phase: Phase::Gateway, status, elapsed_ms, failure, stopped, inferred: None },
        }
    };
    steps.into_iter().map(step).collect()
}

fn phase(group: &str, Step { name, summary }: &Step<'_>, superseded: Option<&str>) -> Case {
    let detail = summary.failure.map_or("", |failure| &failure.detail);
    let result = match summary.status {
        Status::Passed => Ending::Passed { said: None },
        Status::Stopped | Status::Unseen => {
            Ending::Skipped { why: summary.stopped.unwrap_or_default().to_owned() }
        }
        Status::Failed => match superseded {
            // The verdict is on the retry, which met what this failure demanded, or on what is accepted.
            Some(why) => Ending::Skipped { why: format!("{why}: {detail}") },
            None => Ending::Failed {
                kind: summary.failure.map(cells::failure).unwrap_or_default(),
                message: detail.to_owned(),
            },
        },
    };
    Case { group: group.to_owned(), name: (*name).to_owned(), elapsed: summary.elapsed_ms, result }
}

/// What is undecided or was not asked is skipped; whether a closed port matters is for the finding to say.
fn udp(seen: &Udp) -> Case {
    let said = udp::facts(seen).join("; ");
    let result = match seen.outcome {
        UdpOutcome::Reachable | UdpOutcome::Closed => Ending::Passed { said: Some(said) },
        UdpOutcome::Inconclusive | UdpOutcome::NotAsked => Ending::Skipped { why: said },
    };
    Case { group: "udp".to_owned(), name: "syn".to_owned(), elapsed: seen.elapsed_ms, result }
}

/// The phase that was asked for and does not occur on this server.
fn absent(report: &Report) -> Option<Case> {
    let verdict = &report.verdict;
    let phase = verdict.phase.filter(|_| verdict.outcome == Outcome::Stopped)?;
    let described = report.trace.described()?;
    let entered = described.phases.summaries().iter().any(|summary| summary.phase == phase);
    (!entered).then(|| Case {
        group: described.purpose.to_string(),
        name: phase.name().to_owned(),
        elapsed: Millis::default(),
        result: Ending::Skipped { why: verdict.summary.clone() },
    })
}

/// What ended a phase is one failure: a finding that only repeats it is none of its own.
fn finding(found: &Finding, threshold: Option<Severity>, before: &[Case]) -> Case {
    let severity = cells::severity(found.severity);
    let is_told =
        |case: &Case| matches!(&case.result, Ending::Failed { message, .. } if *message == found.message);
    let counts = threshold.is_some_and(|threshold| found.severity >= threshold);
    let result = if counts && !before.iter().any(is_told) {
        Ending::Failed { kind: severity.to_owned(), message: found.message.clone() }
    } else {
        Ending::Passed { said: Some(format!("{severity}: {}", found.message)) }
    };
    Case { group: "findings".to_owned(), name: found.code.to_string(), elapsed: Millis::default(), result }
}

fn write_case<W: Write>(xml: &mut Writer<W>, class: &str, case: &Case) -> io::Result<()> {
    let name = clean(&format!("{} {}", case.group, case.name));
    let time = seconds(case.elapsed);
    let attributes = [("classname", class), ("name", &name), ("time", &time)];
    let element = xml.create_element("testcase").with_attributes(attributes);
    match &case.result {
        Ending::Passed { said: None } => element.write_empty().map(|_| ()),
        Ending::Passed { said: Some(said) } => {
            element.write_inner_content(|xml| text(xml, "system-out", &clean(said))).map(|_| ())
        }
        Ending::Skipped { why } => element
            .write_inner_content(|xml| {
                let why = clean(why);
                xml.create_element("skipped")
                    .with_attribute(("message", why.as_str()))
                    .write_empty()
                    .map(|_| ())
            })
            .map(|_| ()),
        Ending::Failed { kind, message } => element
            .write_inner_content(|xml| {
                let (kind, message) = (clean(kind), clean(message));
                let attributes = [("type", kind.as_str()), ("message", &message)];
                let body = BytesText::new(&message);
                xml.create_element("failure").with_attributes(attributes).write_text_content(body).map(|_| ())
            })
            .map(|_| ()),
    }
}

fn text<W: Write>(xml: &mut Writer<W>, element: &str, content: &str) -> io::Result<()> {
    xml.create_element(element).write_text_content(BytesText::new(content)).map(|_| ())
}

/// What must not be shown is replaced; what XML 1.0 cannot write (section 2.2) is among it.
fn clean(text: &str) -> String {
    plain::line(text).into_owned()
}
