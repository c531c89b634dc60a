//! Exit codes.

use crate::{
    codes::Phase,
    report::{Credentials, Outcome, Report, Severity, Status},
};

/// Usage, an unreadable file, an internal error.
pub const COULD_NOT_RUN: u8 = 2;
const FINDING: u8 = 1;
const STOPPED_BEFORE_UNTIL: u8 = 3;
const REFUSED_CREDENTIALS: u8 = 20;

/// The exit code of a report; findings from `threshold` on count.
pub fn code(report: &Report, threshold: Option<Severity>) -> u8 {
    let verdict = &report.verdict;
    match verdict.outcome {
        Outcome::Aborted if report.posture.is_some() => {
            unreached(report).unwrap_or(findings(report, threshold))
        }
        Outcome::Aborted if verdict.credentials == Credentials::Refused => REFUSED_CREDENTIALS,
        Outcome::Aborted => verdict.phase.map_or(COULD_NOT_RUN, |phase| phase.exit_code()),
        Outcome::Stopped if report.trace.request.until.is_some() => STOPPED_BEFORE_UNTIL,
        Outcome::Passed | Outcome::Stopped => findings(report, threshold),
    }
}

fn findings(report: &Report, threshold: Option<Severity>) -> u8 {
    let counts = |severity: Severity| threshold.is_some_and(|threshold| severity >= threshold);
    if report.findings.iter().any(|finding| counts(finding.severity)) { FINDING } else { 0 }
}

/// The phase in which a posture run ended, when no connection got beyond it and nothing was secured.
fn unreached(report: &Report) -> Option<u8> {
    let ended = report.verdict.phase.filter(|phase| *phase <= Phase::Tls)?;
    let all = report.trace.connections.iter().flat_map(|connection| connection.phases.summaries());
    let beyond = |status, phase| status == Status::Passed && phase >= ended;
    let answered = all.into_iter().any(|summary| beyond(summary.status, summary.phase));
    (!answered).then(|| ended.exit_code())
}
