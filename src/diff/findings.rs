//! What was judged of a report as facts: findings, promises and checks, by their codes. Their sentences are not compared, as they
//! count days and name ports.

use super::{
    Topic,
    facts::{Facts, serde_name},
    looks::{Look, Looks},
};
use crate::report::{DecisionEffect, Finding, Report};

pub(super) fn add(facts: &mut Facts, report: &Report) {
    for found in &report.findings {
        let needs = needs(found, report);
        facts.named(Topic::Finding, Some(found.code.as_str()), severity(found), needs);
    }
    for one in &report.promises {
        facts.named(Topic::Promise, Some(&one.name), Some(one.status.name()), Looks::of([Look::Policy]));
    }
    for check in &report.trace.local {
        let role = check.role.map_or_else(String::new, |role| format!(" ({})", role.name()));
        let name = format!("{}{role}", check.code);
        facts.named(Topic::Local, Some(&name), Some(check.status.name()), Looks::of([Look::Machine]));
    }
}

/// A report that did not look there cannot tell that a finding is gone.
fn needs(found: &Finding, report: &Report) -> Looks {
    let phase = found.phase.map(Look::Phase);
    let posture = report.posture.as_ref().map(|_| Look::Posture);
    let machine = (!found.checks.is_empty()).then_some(Look::Machine);
    Looks::of(phase.into_iter().chain(posture).chain(machine))
}

fn severity(found: &Finding) -> Option<String> {
    let accepted =
        found.decision.as_ref().is_some_and(|decision| decision.effect == DecisionEffect::Accepted);
    let accepted = if accepted { ", accepted" } else { "" };
    serde_name(found.severity).map(|severity| format!("{severity}{accepted}"))
}
