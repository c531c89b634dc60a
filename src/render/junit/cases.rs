//! The test cases of a report: the phases of each connection, the steps of a gateway, findings and checks.

use crate::{
    codes::Phase,
    render::{
        case::{Case, Ending},
        cells,
        local::teller,
        promises, udp,
    },
    report::{
        CheckStatus, Connection, Finding, INTERRUPTED, LocalCheck, Millis, Outcome, Report, Severity, Status,
        StepSummary, Summary, Udp, UdpOutcome,
    },
};

/// The cases of a report; findings from `threshold` on are failures.
pub(super) fn cases(report: &Report, threshold: Option<Severity>) -> Vec<Case> {
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
    cases.extend(interrupted(report, &cases));
    cases.extend(absent(report));
    cases.extend(report.trace.udp.as_ref().map(udp));
    let findings: Vec<Case> = report.findings.iter().map(|found| finding(found, threshold, &cases)).collect();
    cases.extend(findings);
    cases.extend(promises::cases(report));
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
            let why = summary.stopped.unwrap_or_default().to_owned();
            if why == INTERRUPTED { Ending::Interrupted { why } } else { Ending::Skipped { why } }
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

/// A run that was given up beside the connections that are told: in a follow-up, or while the host was waited for.
fn interrupted(report: &Report, before: &[Case]) -> Option<Case> {
    let is_told = before.iter().any(|case| matches!(case.result, Ending::Interrupted { .. }));
    let is_given_up =
        cells::is_interrupted(report) || report.trace.wait.as_ref().is_some_and(|wait| wait.interrupted);
    (is_given_up && !is_told).then(|| Case {
        group: "run".to_owned(),
        name: "whole".to_owned(),
        elapsed: Millis::default(),
        result: Ending::Interrupted { why: INTERRUPTED.to_owned() },
    })
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
    let counts = found.counts(threshold);
    let result = if counts && !before.iter().any(is_told) {
        Ending::Failed { kind: severity.to_owned(), message: found.message.clone() }
    } else {
        Ending::Passed { said: Some(format!("{severity}: {}", promises::decided(found))) }
    };
    Case { group: "findings".to_owned(), name: found.code.to_string(), elapsed: Millis::default(), result }
}
