//! Findings that must not be there.

use crate::{
    diagnose::seen_in,
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::{Measure, Shape},
    },
    report::{DecisionEffect, Finding, FindingCode, Severity},
};

pub(super) const PROMISES: &[Promise] = &[Promise::new(
    "findings.forbid",
    "Codes of findings that may not be there, or `error` or `warning` for all from that severity on.",
    Shape::words(codes).told(Measure::Never),
    forbid,
)];

const SEVERITIES: [(&str, Severity); 2] = [("error", Severity::Error), ("warning", Severity::Warning)];

fn codes() -> Vec<&'static str> {
    let severities = SEVERITIES.iter().map(|(name, _)| *name);
    severities.chain(FindingCode::ALL.iter().map(|code| code.as_str())).collect()
}

fn severity(word: &str) -> Option<Severity> {
    SEVERITIES.iter().find(|(name, _)| *name == word).map(|(_, severity)| *severity)
}

/// What is accepted is not forbidden.
fn forbid(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let least = asked.wanted.texts().iter().filter_map(|word| severity(word)).min();
    let is_forbidden = |found: &&Finding| {
        let accepted = found.decision.as_ref().is_some_and(|one| one.effect == DecisionEffect::Accepted);
        let is_severe = least.is_some_and(|least| found.severity >= least);
        !accepted && (is_severe || asked.wanted.has(found.code.as_str()))
    };
    let found: Vec<_> = subject.report.findings.iter().filter(is_forbidden).collect();
    if !found.is_empty() {
        let told = found.iter().map(|found| format!("{}: {}", found.code, found.message));
        return Answer::Broken(told.collect::<Vec<_>>().join("; "));
    }
    match asked.wanted.texts().iter().find_map(|word| unseen(subject, word)) {
        Some(why) => why,
        None => Answer::Kept("none".to_owned()),
    }
}

/// Why the absence of a finding tells nothing: where it would be seen nobody looked.
fn unseen(subject: &Subject<'_>, word: &str) -> Option<Answer> {
    if severity(word).is_some() {
        let ended = subject.report.verdict.phase.filter(|_| subject.is_aborted())?;
        return Some(Answer::unknown(format!("the connection ended in {ended}")));
    }
    let code = FindingCode::ALL.iter().copied().find(|code| code.as_str() == word)?;
    let place = seen_in(code)?;
    if place.in_posture_alone && subject.report.posture.is_none() {
        return Some(Answer::unknown(format!("only posture shows {word}")));
    }
    let is_entered =
        subject.evidence(|phases| phases.summaries().into_iter().find(|seen| seen.phase == place.phase));
    is_entered.is_none().then(|| subject.missing(place.phase))
}
