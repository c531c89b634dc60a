//! Exit codes.
//!
//! A posture whose main connection failed has not failed if another connection got past the phase: a server with TLS
//! 1.0 only ends the trace in tls and has a posture. Otherwise the code is the phase's, 10 to 14. `posture.unreached`
//! says which, so the JUnit report agrees.

use super::arguments::{choices::Format, output::OutputArguments};
use crate::{
    codes::Phase,
    render::State,
    report::{Credentials, Outcome, Report, Severity},
};

/// Usage, an unreadable file, an internal error.
pub(super) const COULD_NOT_RUN: u8 = 2;
/// Ctrl-C before there was a report: 128 and the number of SIGINT, as shells count.
pub(super) const INTERRUPTED: u8 = 130;
const FINDING: u8 = 1;
const STOPPED_BEFORE_UNTIL: u8 = 3;
const REFUSED_CREDENTIALS: u8 = 20;

/// The exit code of a run whose report was asked for with these arguments.
pub(super) fn of(report: &Report, asked: &OutputArguments) -> u8 {
    in_format(report, asked.format, asked.telling.threshold())
}

/// The exit code of a run that the user ended before it had ended by itself.
pub(super) fn of_interrupted(report: &Report, asked: &OutputArguments) -> u8 {
    if asked.format == Format::Nagios { of(report, asked) } else { INTERRUPTED }
}

/// The same of a report in this format.
pub(super) fn in_format(report: &Report, format: Format, threshold: Option<Severity>) -> u8 {
    match format {
        Format::Nagios => State::of(report, threshold).exit_code(),
        _ => code(report, threshold),
    }
}

/// The exit code of a report; findings from `threshold` on count, and so does a broken promise.
pub(super) fn code(report: &Report, threshold: Option<Severity>) -> u8 {
    let verdict = &report.verdict;
    if report.trace.target.is_none() {
        return checks(report, threshold);
    }
    if let Some(posture) = &report.posture {
        return posture.unreached.map_or_else(|| findings(report, threshold), Phase::exit_code);
    }
    match verdict.outcome {
        Outcome::Aborted if verdict.credentials == Credentials::Refused => REFUSED_CREDENTIALS,
        Outcome::Aborted => verdict.phase.map_or(COULD_NOT_RUN, |phase| phase.exit_code()),
        Outcome::Stopped if report.trace.request.until.is_some() => STOPPED_BEFORE_UNTIL,
        Outcome::Passed | Outcome::Stopped => findings(report, threshold),
    }
}

/// The worst of several: a connection that ended is worse than a finding, and an earlier phase worse than a later one.
pub(super) fn worst(codes: impl IntoIterator<Item = u8>) -> Option<u8> {
    codes.into_iter().max_by_key(|code| (*code >= 10, if *code >= 10 { u8::MAX - code } else { *code }))
}

/// That of a run whose time was over before it had asked everyone.
pub(super) fn of_unfinished(worst: Option<u8>) -> u8 {
    self::worst(worst.into_iter().chain([STOPPED_BEFORE_UNTIL])).unwrap_or(STOPPED_BEFORE_UNTIL)
}

/// A machine without a trace.
fn checks(report: &Report, threshold: Option<Severity>) -> u8 {
    let severities = report.trace.local.iter().filter_map(|check| check.status.severity());
    let counts = |severity: Severity| threshold.is_some_and(|threshold| severity >= threshold);
    match &report.trace.rdp_file {
        _ if severities.into_iter().any(counts) || report.broken().next().is_some() => FINDING,
        Some(_) => findings(report, threshold),
        None => 0,
    }
}

fn findings(report: &Report, threshold: Option<Severity>) -> u8 {
    let is_broken = report.broken().next().is_some();
    if is_broken || report.findings.iter().any(|finding| finding.counts(threshold)) { FINDING } else { 0 }
}
