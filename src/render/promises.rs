//! What became of the promises of a policy: a line each on the page, a list for a ticket, a test case each in JUnit. And what
//! was decided of findings, in words.

use std::io;

use super::{
    case::{Case, Ending},
    page::{Page, Tone},
};
use crate::report::{DecisionEffect, Finding, Millis, Promise, PromiseStatus, Report};

/// Where the name of a promise begins.
const NAME: usize = 15;

/// What is broken comes first, and what was not checked before what was kept.
const ORDER: [PromiseStatus; 3] = [PromiseStatus::Broken, PromiseStatus::NotChecked, PromiseStatus::Kept];

/// The promises, what is broken first.
pub(super) fn sorted(report: &Report) -> impl Iterator<Item = &Promise> {
    ORDER.into_iter().flat_map(|status| report.promises.iter().filter(move |one| one.status == status))
}

/// What became of a promise, without its name.
pub(super) fn said(promise: &Promise) -> String {
    let Promise { wanted, seen, reason, .. } = promise;
    let seen = seen.as_deref().unwrap_or_default();
    match promise.status {
        PromiseStatus::Kept if seen == wanted => seen.to_owned(),
        PromiseStatus::Kept => format!("{seen} ({wanted})"),
        PromiseStatus::Broken => format!("{seen}; promised: {wanted}"),
        PromiseStatus::NotChecked => {
            format!("{}; promised: {wanted}", reason.as_deref().unwrap_or("no reason"))
        }
    }
}

/// How it is called in a text.
pub(super) fn word(status: PromiseStatus) -> &'static str {
    match status {
        PromiseStatus::Kept => "kept",
        PromiseStatus::Broken => "broken",
        PromiseStatus::NotChecked => "not checked",
    }
}

/// A line each; where there is no room those that were kept share one.
pub(super) fn promises(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if report.promises.is_empty() {
        return Ok(());
    }
    page.gap()?;
    page.heading("Promises")?;
    let is_tight = page.room().is_tight();
    let (together, alone): (Vec<_>, Vec<_>) =
        sorted(report).partition(|one| is_tight && one.status == PromiseStatus::Kept);
    for one in alone {
        let tone = match one.status {
            PromiseStatus::Kept => Tone::Good,
            PromiseStatus::Broken => Tone::Bad,
            PromiseStatus::NotChecked => Tone::Caution,
        };
        let lead = format!("  {}", word(one.status));
        page.row((tone, &lead), NAME, (Tone::Plain, ""), &format!("{}: {}", one.name, said(one)))?;
    }
    let names: Vec<&str> = together.iter().map(|one| one.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    page.row((Tone::Good, "  kept"), NAME, (Tone::Plain, ""), &names.join(", "))
}

/// A test case each.
pub(super) fn cases(report: &Report) -> Vec<Case> {
    let case = |one: &Promise| {
        let result = match one.status {
            PromiseStatus::Kept => Ending::Passed { said: Some(said(one)) },
            PromiseStatus::Broken => Ending::Failed { kind: word(one.status).to_owned(), message: said(one) },
            PromiseStatus::NotChecked => Ending::Skipped { why: said(one) },
        };
        Case { group: "promises".to_owned(), name: one.name.clone(), elapsed: Millis::default(), result }
    };
    report.promises.iter().map(case).collect()
}

/// The sentence of a finding, with what was decided of it.
pub(super) fn decided(found: &Finding) -> String {
    let Some(decision) = &found.decision else { return found.message.clone() };
    let reason = decision.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let until = decision.until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
    let decided = match decision.effect {
        DecisionEffect::Accepted => format!("accepted{until}{reason}"),
        DecisionEffect::Lapsed => format!("was accepted{until}{reason}"),
        DecisionEffect::Counts => "counts here".to_owned(),
    };
    format!("{} ({decided})", found.message)
}
