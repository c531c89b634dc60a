//! Two sides, target by target and fact by fact.

use std::collections::BTreeSet;

use super::{
    Side, Times, Topic,
    facts::{Fact, Facts, Key},
    types::{Change, DIFF_SCHEMA_VERSION, Diff, How, SeenOnce, TargetDiff, TargetStatus},
};
use crate::codes::Phase;

/// What differs between the reports before and those after.
pub fn diff(before: &Side, after: &Side, times: &Times) -> Diff {
    let compared = match (before.only(), after.only()) {
        // Two hosts may be compared too.
        (Some((old, one)), Some((new, other))) if old != new => {
            vec![target(&format!("{old} and {new}"), Some(one), Some(other), times)]
        }
        _ => {
            let names: BTreeSet<&String> = before.targets.keys().chain(after.targets.keys()).collect();
            let compare =
                |name: &String| target(name, before.targets.get(name), after.targets.get(name), times);
            names.into_iter().map(compare).collect()
        }
    };
    let (told, same): (Vec<TargetDiff>, Vec<TargetDiff>) = compared.into_iter().partition(is_told);
    let seen_once = told.iter().filter(|target| target.status == TargetStatus::Same).count();
    Diff {
        diff_schema_version: DIFF_SCHEMA_VERSION,
        same: seen_once == told.len(),
        before: before.told(),
        after: after.told(),
        same_targets: same.len() + seen_once,
        targets: told,
    }
}

fn is_told(target: &TargetDiff) -> bool {
    target.status != TargetStatus::Same || !target.not_compared.is_empty()
}

fn target(name: &str, before: Option<&Facts>, after: Option<&Facts>, times: &Times) -> TargetDiff {
    let summary = match (before, after) {
        (Some(only), None) | (None, Some(only)) => Some(only.summary.to_string()),
        _ => None,
    };
    let mut told = TargetDiff {
        target: name.to_owned(),
        status: if before.is_some() { TargetStatus::Gone } else { TargetStatus::New },
        before: before.map(|facts| facts.started),
        after: after.map(|facts| facts.started),
        summary,
        changes: Vec::new(),
        not_compared: Vec::new(),
    };
    if let (Some(before), Some(after)) = (before, after) {
        facts(&mut told, before, after);
        told.changes.extend(durations(before, after, times));
        told.status = if told.changes.is_empty() { TargetStatus::Same } else { TargetStatus::Different };
    }
    told
}

fn facts(told: &mut TargetDiff, before: &Facts, after: &Facts) {
    let keys: BTreeSet<&Key> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        let how = match (old, new) {
            (Some(old), Some(new)) if old.value == new.value => continue,
            (Some(_), Some(_)) => Some(How::Different),
            (Some(old), None) => sees(after, old).then_some(How::Gone),
            (None, Some(new)) => sees(before, new).then_some(How::New),
            (None, None) => continue,
        };
        let (what, name) = (key.0, key.1.as_deref().map(str::to_owned));
        let value = |fact: Option<&Fact>| fact.map(|fact| fact.value.to_string());
        let (before, after) = (value(old), value(new));
        match how {
            Some(how) => told.changes.push(Change { what, name, how, before, after }),
            None => told.not_compared.push(SeenOnce { what, name, before, after }),
        }
    }
}

/// Whether the other report looked where this fact is seen.
fn sees(other: &Facts, fact: &Fact) -> bool {
    other.looked.hold(fact.needs)
}

fn durations(before: &Facts, after: &Facts, times: &Times) -> Vec<Change> {
    let later = |phase: Phase| after.times.iter().find(|(other, _)| *other == phase);
    let both = before.times.iter().filter_map(|(phase, old)| Some((*phase, *old, later(*phase)?.1)));
    let changed = both.filter(|(_, old, new)| times.differ(*old, *new)).map(|(phase, old, new)| Change {
        what: Topic::PhaseMs,
        name: Some(phase.name().to_owned()),
        how: How::Different,
        before: Some(format!("{old:.1}")),
        after: Some(format!("{new:.1}")),
    });
    changed.collect()
}
