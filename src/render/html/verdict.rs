//! The card that a page begins with: how it ended, in a sentence, and what mstsc would show.

use super::{section::Row, shown::Shown, tone::Tone};
use crate::{
    plain,
    render::cells,
    report::{Confidence, Credentials, Likelihood, Outcome, Report, Severity},
};

/// The card.
pub(super) struct Verdict {
    pub(super) tone: Tone,
    /// The sign beside the word.
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
    /// What counts against a trace that passed.
    pub(super) but: Shown,
    pub(super) summary: Shown,
    pub(super) mstsc: Option<Mstsc>,
    pub(super) facts: Vec<Row>,
}

/// What the Windows client would show.
pub(super) struct Mstsc {
    pub(super) code: Shown,
    pub(super) extended: Shown,
    pub(super) text: Shown,
    pub(super) sure: &'static str,
}

impl Verdict {
    pub(super) fn of(report: &Report) -> Self {
        let verdict = &report.verdict;
        let but = if verdict.outcome == Outcome::Aborted { String::new() } else { but(report) };
        let is_machine = report.trace.target.is_none();
        let (tone, word) = match (verdict.outcome, but.is_empty()) {
            (Outcome::Passed, false) => (Tone::Caution, "PASSED"),
            (outcome, _) => (outcome.into(), cells::outcome(outcome)),
        };
        Self {
            tone,
            sign: sign(verdict.outcome),
            word: if is_machine { "CHECKED" } else { word },
            but: Shown::new(but),
            summary: Shown::new(&verdict.summary),
            mstsc: mstsc(report),
            facts: facts(report),
        }
    }
}

/// A sign for an outcome, for who sees no colours.
pub(super) fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "\u{2713}",
        Outcome::Stopped => "\u{25a0}",
        Outcome::Aborted => "\u{2715}",
    }
}

fn but(report: &Report) -> String {
    let counts = |found: &&crate::report::Finding| found.counts(Some(Severity::Error));
    let errors = report.findings.iter().filter(counts).count() as u64;
    let broken = report.broken().count() as u64;
    let told = [
        (errors > 0).then(|| plain::plural(errors, "error")),
        (broken > 0).then(|| format!("{} broken", plain::plural(broken, "promise"))),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn mstsc(report: &Report) -> Option<Mstsc> {
    let label = report.verdict.mstsc.as_ref()?;
    let sure = match label.confidence {
        Confidence::Documented => "documented",
        Confidence::Observed => "seen by others",
        Confidence::Inferred => "inferred",
    };
    let (code, extended) = (Shown::new(&label.code), Shown::new(&label.extended));
    Some(Mstsc { code, extended, text: Shown::new(&label.text), sure })
}

fn facts(report: &Report) -> Vec<Row> {
    let verdict = &report.verdict;
    let step = verdict.step.as_ref().map_or_else(String::new, |step| format!(", at the step {step}"));
    let ended = verdict.phase.map(|phase| Row::new("Ended in", [format!("{phase}{step}")]));
    let failure = verdict.failure.as_ref().map(|failure| Row::new("How", [cells::failure(failure)]));
    let reached = verdict.reached.map(|phase| Row::new("Works up to", [phase.name()]));
    let asked = report.trace.request.account
        || matches!(verdict.credentials, Credentials::Refused | Credentials::Verified);
    let said = |known: Credentials| known.name().replace('_', " ");
    let account = asked.then(|| Row::new("Credentials", [said(verdict.credentials)]));
    let gateway = verdict.gateway_credentials.map(|known| Row::new("Gateway credentials", [said(known)]));
    let answers = report.answered_by.as_ref().filter(|who| who.likelihood != Likelihood::Possible);
    let answers = answers.map(|who| {
        Row::new("Answered by", [format!("{}, {}", who.who.title(), cells::likelihood(who.likelihood))])
    });
    let when = Row::new("Begun", begun(report));
    let took = Row::new("Took", [cells::duration(report.trace.elapsed_ms).trim().to_owned()]);
    let from = report.trace.traced().filter_map(|made| made.local).next_back();
    let from = from.map(|local| Row::new("From", [local.ip().to_string()]));
    let by = Row::new("Report of", [format!("{} {}", report.tool.name, report.tool.version)]);
    let rows = [ended, failure, reached, account, gateway, answers, Some(when), Some(took), from, Some(by)];
    rows.into_iter().flatten().collect()
}

/// Day and time, a line each where there is no room.
fn begun(report: &Report) -> [String; 2] {
    let begun = report.trace.started.0.to_offset(time::UtcOffset::UTC);
    let (hour, minute, second) = (begun.hour(), begun.minute(), begun.second());
    [begun.date().to_string(), format!("{hour:02}:{minute:02}:{second:02} UTC")]
}
