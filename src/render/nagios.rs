//! The report as a monitoring plug-in prints it: a state, a line, and performance data (Nagios' and Icinga's plug-in API).

use std::io::{self, Write};

use super::cells;
use crate::{
    endpoint::place,
    plain,
    report::{DecisionEffect, Finding, Outcome, Report, Severity, Status},
};

/// Bytes of the sentence, which Nagios cuts at 4 KiB together with the rest.
const LONGEST: usize = 1024;

/// The state of a service; its number is the exit code of a plug-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// It works.
    Ok = 0,
    /// It works, and something will bite someone.
    Warning = 1,
    /// It does not work, or something is wrong.
    Critical = 2,
    /// That could not be told.
    Unknown = 3,
}

impl State {
    /// A connection that ended is critical; so are broken promises, and findings that are errors or count whatever they are, where
    /// findings from `threshold` on count.
    pub fn of(report: &Report, threshold: Option<Severity>) -> Self {
        let counts = |severity| threshold.is_some_and(|least| severity >= least);
        let checks = report.trace.local.iter().filter(|_| report.trace.target.is_none());
        let severities = checks.filter_map(|check| check.status.severity());
        let found = report.findings.iter().filter(|found| found.counts(threshold)).map(weight);
        let broken = broken(report).map(|_| Severity::Error);
        let worst = found.chain(broken).chain(severities.filter(|one| counts(*one))).max();
        // As for the exit code: a posture has failed only if no connection got beyond a phase.
        let outcome = match &report.posture {
            Some(posture) if posture.unreached.is_none() => Outcome::Passed,
            _ => report.verdict.outcome,
        };
        match (outcome, worst) {
            (Outcome::Passed | Outcome::Stopped, _) if cells::is_interrupted(report) => Self::Unknown,
            (Outcome::Aborted, _) | (_, Some(Severity::Error)) => Self::Critical,
            (Outcome::Stopped, _) if is_open(report) => Self::Unknown,
            (_, Some(Severity::Warning)) => Self::Warning,
            (_, Some(Severity::Info) | None) => Self::Ok,
        }
    }

    /// The number.
    pub fn exit_code(self) -> u8 {
        self as u8
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// What counts whatever its severity is an error.
fn weight(found: &Finding) -> Severity {
    match &found.decision {
        Some(decision) if decision.effect == DecisionEffect::Counts => Severity::Error,
        _ => found.severity,
    }
}

/// The names of the promises that were broken.
fn broken(report: &Report) -> impl Iterator<Item = &str> {
    report.broken().map(|one| one.name.as_str())
}

/// Whether it ended before what was asked for, or before anything was seen to work.
fn is_open(report: &Report) -> bool {
    let nothing = report.trace.target.is_some() && report.verdict.reached.is_none();
    nothing || report.trace.request.until.is_some()
}

/// Writes the line.
///
/// # Errors
/// Those of the writer.
pub fn nagios(report: &Report, threshold: Option<Severity>, out: &mut dyn Write) -> io::Result<()> {
    let state = State::of(report, threshold).word();
    let target = report.trace.target.as_ref().map(|target| place(&target.host, target.port));
    let told = report.findings.iter().filter(|found| found.counts(threshold));
    let codes: Vec<&str> = told.map(|found| found.code.as_str()).chain(broken(report)).collect();
    let codes = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
    let said = format!("{}: {}{codes}", target.as_deref().unwrap_or("this machine"), report.verdict.summary);
    writeln!(out, "RDP {state} - {} | {}", sentence(&said), figures(report).join(" "))
}

/// A line for what could not be done, which is no state of the service.
///
/// # Errors
/// Those of the writer.
pub fn nagios_unknown(why: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "RDP {} - {}", State::Unknown.word(), sentence(why))
}

/// On one line, and without the bar that ends it.
fn sentence(text: &str) -> String {
    let mut text = plain::line(text).replace('|', "/");
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

/// Seconds of the whole and of each phase, and the days that the certificate is still valid.
fn figures(report: &Report) -> Vec<String> {
    let mut figures = vec![format!("time={:.6}s;;;0", report.trace.elapsed_ms.0 / 1000.0)];
    let phases = report.trace.described().map(|made| made.phases.summaries()).unwrap_or_default();
    let entered = phases.iter().filter(|seen| seen.status != Status::Unseen);
    figures
        .extend(entered.map(|seen| format!("{}={:.6}s;;;0", seen.phase.name(), seen.elapsed_ms.0 / 1000.0)));
    if let Some(served) = &report.certificate {
        let left = served.not_after.0 - report.trace.started.0;
        figures.push(format!("certificate_days={}", left.whole_days()));
    }
    figures
}
