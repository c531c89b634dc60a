//! What a table of many hosts shows of each.

use std::net::IpAddr;

use super::super::page::Tone;
use crate::{
    codes::Phase,
    endpoint::place,
    plain,
    report::{Answerer, Nla, Outcome, PromiseStatus, Report, Severity},
};

/// The names of broken promises, and findings, that are told of a host.
const MOST_NAMES: usize = 3;
/// Characters of a host and of a verdict, so that a column is no page.
const LONGEST: usize = 40;

/// What the table shows of a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostRow {
    pub(super) rank: Rank,
    pub(super) verdict: Box<str>,
    address: Option<IpAddr>,
    host: Box<str>,
    certificate: Option<i64>,
    nla: &'static str,
    answers: &'static str,
    pub(in crate::render) remarks: Box<str>,
    /// Whether a promise is broken, or a finding is an error.
    is_flawed: bool,
}

/// The order of the table: what failed first, the earliest phase first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Failed(Option<Phase>),
    Left,
    Reached(Option<Phase>),
}

impl HostRow {
    /// The row of a report.
    pub fn of(report: &Report) -> Self {
        let (rank, verdict) = verdict(report);
        let nla = match &report.posture {
            Some(posture) => nla(posture.nla),
            None => selected(report),
        };
        let answers = match report.answerer() {
            Answerer::Unknown => "",
            known => known.title(),
        };
        let certificate = report.certificate.as_ref();
        let left = certificate.map(|one| (one.not_after.0 - report.trace.started.0).whole_days());
        Self {
            rank,
            verdict: cut(&verdict),
            address: report.trace.target.as_ref().and_then(|target| target.host.parse().ok()),
            host: cut(&host(report)),
            certificate: left,
            nla,
            answers,
            remarks: remarks(report).into(),
            is_flawed: report.broken().next().is_some() || !errors(report).is_empty(),
        }
    }

    /// The row of a host that was not probed to its end.
    pub fn left(host: &str, why: &str) -> Self {
        Self {
            rank: Rank::Left,
            verdict: cut(why),
            address: host.parse().ok(),
            host: cut(host),
            certificate: None,
            nla: "",
            answers: "",
            remarks: "".into(),
            is_flawed: false,
        }
    }

    /// Whether nothing answered there.
    pub fn is_unanswered(&self) -> bool {
        matches!(self.rank, Rank::Left | Rank::Failed(Some(Phase::Resolve | Phase::Connect)))
    }

    /// What is shown before the remarks: host, verdict, certificate, NLA and who answers.
    pub(in crate::render) fn cells(&self) -> [String; 5] {
        let certificate = match self.certificate {
            None => String::new(),
            Some(days) if days < 0 => "expired".to_owned(),
            Some(days) => plain::plural(days.unsigned_abs(), "day"),
        };
        let [host, verdict] = [&self.host, &self.verdict].map(|text| text.to_string());
        [host, verdict, certificate, self.nla.to_owned(), self.answers.to_owned()]
    }

    /// The colour of its line.
    pub(super) fn tone(&self) -> Tone {
        match self.rank {
            Rank::Failed(_) => Tone::Bad,
            Rank::Left => Tone::Caution,
            Rank::Reached(_) if self.is_flawed => Tone::Caution,
            Rank::Reached(_) => Tone::Good,
        }
    }
}

/// As it was written, with the address that was reached where that is something else.
fn host(report: &Report) -> String {
    let Some(target) = &report.trace.target else { return String::new() };
    let input = target.input.as_str();
    let reached = report.trace.described().and_then(|made| made.peer).map(|peer| peer.ip().to_string());
    let mut others = Vec::new();
    if target.rdp_file.is_some() {
        others.push(place(&target.host, target.port));
    }
    others.extend(reached.filter(|reached| *reached != target.host));
    if others.is_empty() { input.to_owned() } else { format!("{input} ({})", others.join(", ")) }
}

fn verdict(report: &Report) -> (Rank, String) {
    let verdict = &report.verdict;
    let reached = |phase: Option<Phase>| {
        let how = phase.map_or_else(|| "reached nothing".to_owned(), |phase| format!("reached {phase}"));
        (Rank::Reached(phase), how)
    };
    let failed = |phase: Option<Phase>| {
        let failure = verdict.failure.as_ref();
        let how = failure.map_or("ended", |failure| failure.name.as_deref().unwrap_or(failure.kind.name()));
        let how = phase.map_or_else(|| how.to_owned(), |phase| format!("{phase}: {how}"));
        (Rank::Failed(phase), how)
    };
    match (&report.posture, verdict.outcome) {
        (Some(posture), _) => match posture.unreached {
            Some(phase) => failed(Some(phase)),
            None => reached(verdict.reached),
        },
        (None, Outcome::Aborted) => failed(verdict.phase),
        (None, Outcome::Passed | Outcome::Stopped) => reached(verdict.reached),
    }
}

fn nla(seen: Nla) -> &'static str {
    match seen {
        Nla::Required => "required",
        Nla::Offered => "offered",
        Nla::Absent => "no",
        Nla::Unknown => "",
    }
}

/// A trace shows whether NLA is accepted, and not whether anything else is.
fn selected(report: &Report) -> &'static str {
    let described = report.trace.described();
    let negotiated = described.and_then(|made| made.phases.negotiate.as_ref());
    match negotiated.and_then(|record| record.evidence.selected) {
        Some(selected) if selected.is_nla() => "yes",
        Some(_) => "no",
        None => "",
    }
}

/// Broken promises by name, how many were kept, and what else makes the exit code 1.
fn remarks(report: &Report) -> String {
    let kept = report.promises.iter().filter(|one| one.status == PromiseStatus::Kept).count();
    let broken: Vec<&str> = report.broken().map(|one| one.name.as_str()).collect();
    let findings = errors(report);
    let findings: Vec<&str> = findings.iter().map(String::as_str).collect();
    let mut told = Vec::new();
    if !broken.is_empty() {
        told.push(format!("{} broken: {}", broken.len(), first(&broken)));
    }
    if kept > 0 {
        told.push(format!("{kept} kept"));
    }
    if !findings.is_empty() && report.verdict.outcome != Outcome::Aborted {
        told.push(first(&findings));
    }
    told.join("; ")
}

/// The findings that make the exit code 1 where nobody says otherwise.
fn errors(report: &Report) -> Vec<String> {
    let counted = report.findings.iter().filter(|one| one.counts(Some(Severity::Error)));
    counted.map(|one| one.code.to_string()).collect()
}

fn first(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn cut(text: &str) -> Box<str> {
    match text.chars().count() > LONGEST {
        true => format!("{}...", text.chars().take(LONGEST - 3).collect::<String>()).into(),
        false => text.into(),
    }
}
