//! Differences in words, for the page and for a ticket.

use crate::{
    diff::{Change, Diff, DiffSide, How, SeenOnce, TargetDiff, TargetStatus, Topic},
    plain,
};

/// Digits of a thumbprint on a page.
const THUMBPRINT: usize = 20;

/// A topic, and which one of it.
pub(super) fn named(what: Topic, name: Option<&str>) -> String {
    name.map_or_else(|| what.name().to_owned(), |name| format!("{what} {name}"))
}

/// A word, and what was and is.
pub(super) fn how(change: &Change) -> (&'static str, String) {
    let unit = if change.what == Topic::PhaseMs { " ms" } else { "" };
    // A thumbprint is looked at, and never typed from here.
    let most = if change.what == Topic::CertificateSha256 { THUMBPRINT } else { usize::MAX };
    let value = |side: &Option<String>| {
        let text = side.as_deref().unwrap_or_default();
        let cut = if text.chars().count() > most { "..." } else { "" };
        format!("{}{cut}{unit}", text.chars().take(most).collect::<String>())
    };
    let (before, after) = (value(&change.before), value(&change.after));
    match (&change.name, change.how) {
        (None, How::New) => ("new:", after),
        (None, How::Gone) => ("gone:", before),
        (None, How::Different) => ("", format!("{before} -> {after}")),
        (Some(name), How::New) => ("new:", format!("{name} ({after})")),
        (Some(name), How::Gone) => ("gone:", format!("{name} ({before})")),
        (Some(name), How::Different) => ("", format!("{name}: {before} -> {after}")),
    }
}

/// What only one of the reports could see: which report, and the topics.
pub(super) fn once(target: &TargetDiff) -> Vec<(&'static str, String)> {
    let is_before = |one: &&SeenOnce| one.before.is_some();
    let (before, after): (Vec<&SeenOnce>, Vec<&SeenOnce>) = target.not_compared.iter().partition(is_before);
    let names = |seen: Vec<&SeenOnce>| {
        let names: Vec<String> = seen.iter().map(|one| named(one.what, one.name.as_deref())).collect();
        names.join(", ")
    };
    let sides = [("the report before", before), ("the report after", after)];
    sides.into_iter().filter(|(_, seen)| !seen.is_empty()).map(|(side, seen)| (side, names(seen))).collect()
}

/// That not every report of a side counts.
pub(super) fn several(side: &DiffSide) -> String {
    match side.targets as u64 {
        targets if targets == side.reports => String::new(),
        targets => format!(", on {}: the last on each counts", plain::plural(targets, "target")),
    }
}

/// From when the two reports are.
pub(super) fn when(target: &TargetDiff) -> String {
    let moment = |at: Option<crate::report::Timestamp>| at?.to_rfc3339();
    let moment = |at| moment(at).map(|text| text.chars().take(19).collect::<String>() + "Z");
    match (moment(target.before), moment(target.after)) {
        (Some(before), Some(after)) => format!(", {before} and {after}"),
        (Some(only), None) | (None, Some(only)) => format!(", {only}"),
        (None, None) => String::new(),
    }
}

/// How many targets are the same, different, new and gone.
pub(super) fn compared(diff: &Diff) -> String {
    let count = |status| diff.targets.iter().filter(|target| target.status == status).count();
    let counts = [
        (diff.same_targets, "the same"),
        (count(TargetStatus::Different), "different"),
        (count(TargetStatus::New), "new"),
        (count(TargetStatus::Gone), "gone"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    let total =
        diff.same_targets + diff.targets.iter().filter(|one| one.status != TargetStatus::Same).count();
    format!("{}, {}", plain::plural(total as u64, "target"), counts.join(", "))
}
