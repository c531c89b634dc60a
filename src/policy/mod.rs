//! What was promised of hosts, held against a report. Pure: it takes the day.
//!
//! The facts of a report stay as they are: what became of each promise is put beside them, and what is decided of a
//! finding stands in the finding.

mod allowance;
mod file;
mod hosts;
mod mistake;
mod promise;
mod schema;
mod subject;
mod table;
mod topics;
mod value;
mod wanted;
mod write;

use std::collections::BTreeMap;

use time::Date;

pub use allowance::finding;
pub use mistake::Mistake;
pub use schema::policy_schema;
pub use write::proposed;

use crate::report::{Decision, DecisionEffect, Finding, FindingCode, Promise, Report};
use allowance::Allowance;
use file::Layer;
use hosts::Known;
use promise::Asked;
use subject::{Answer, Subject};
use wanted::Wanted;

/// What is promised of hosts, and what is decided of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    layers: Vec<Layer>,
    accepted: Vec<FindingCode>,
    counted: Vec<FindingCode>,
}

impl Policy {
    /// Reads the TOML of a policy.
    ///
    /// # Errors
    /// The first mistake: what is no TOML, a name that no promise has, a value that it does not take.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        Ok(Self { layers: file::layers(text)?, ..Self::default() })
    }

    /// The same, in which these findings do not count.
    #[must_use]
    pub fn accepting(self, accepted: Vec<FindingCode>) -> Self {
        Self { accepted, ..self }
    }

    /// The same, in which these findings count whatever their severity.
    #[must_use]
    pub fn counting(self, counted: Vec<FindingCode>) -> Self {
        Self { counted, ..self }
    }

    /// Whether anything is promised of the target of this report.
    pub fn is_about(&self, report: &Report) -> bool {
        let mut layers = self.layers_of(report);
        layers.any(|layer| !layer.promises.values.is_empty() || !layer.promises.allowed.is_empty())
    }

    /// Decides the findings of a report, and says what became of each promise on this day, in UTC.
    pub fn judge(&self, report: &mut Report, today: Date) {
        let allowed: Vec<&Allowance> =
            self.layers_of(report).flat_map(|layer| &layer.promises.allowed).collect();
        let decisions: Vec<_> =
            report.findings.iter().map(|found| self.decision(found, &allowed, today)).collect();
        let wanted = self.wanted(report);
        for (found, decision) in report.findings.iter_mut().zip(decisions) {
            found.decision = decision;
        }
        report.promises = promises(report, &wanted);
    }

    fn layers_of(&self, report: &Report) -> impl Iterator<Item = &Layer> {
        let known = Known::of(report);
        self.layers.iter().filter(move |layer| match (&layer.hosts, &known) {
            (None, _) => true,
            (Some(hosts), Some(known)) => hosts.iter().any(|one| one.has(known)),
            (Some(_), None) => false,
        })
    }

    /// Later layers win.
    fn wanted(&self, report: &Report) -> BTreeMap<String, Wanted> {
        let values = self.layers_of(report).flat_map(|layer| &layer.promises.values);
        values.map(|(name, wanted)| (name.clone(), wanted.clone())).collect()
    }

    fn decision(&self, found: &Finding, allowed: &[&Allowance], today: Date) -> Option<Decision> {
        let is_named = |codes: &[FindingCode]| codes.iter().any(|code| found.code == *code);
        if is_named(&self.counted) {
            return Some(Decision::of_option(DecisionEffect::Counts));
        }
        if is_named(&self.accepted) {
            return Some(Decision::of_option(DecisionEffect::Accepted));
        }
        let last = allowed.iter().filter(|one| found.code == one.code).max_by_key(|one| one.until)?;
        let effect = if last.until >= today { DecisionEffect::Accepted } else { DecisionEffect::Lapsed };
        Some(Decision::of_policy(effect, last.reason.clone(), last.until.to_string()))
    }
}

fn promises(report: &Report, wanted: &BTreeMap<String, Wanted>) -> Vec<Promise> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let subject = Subject::of(report);
    let mut promises = Vec::new();
    for (promise, (name, part)) in
        topics::all().flat_map(|one| one.names().into_iter().map(move |name| (one, name)))
    {
        let Some(wanted) = wanted.get(&name) else { continue };
        let told = promise.shape.measure.told(wanted);
        promises.push(match (promise.check)(&subject, &Asked { wanted, part }) {
            Answer::Kept(seen) => Promise::kept(name, told, seen),
            Answer::Broken(seen) => Promise::broken(name, told, seen),
            Answer::NotChecked(why) => Promise::not_checked(name, told, why),
        });
    }
    promises
}
