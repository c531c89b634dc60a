//! One of the two lists of reports, as it is read.

use std::collections::{BTreeMap, BTreeSet};

use super::{facts::Facts, findings, types::DiffSide};
use crate::{endpoint::place, report::Report};

/// The reports of one side; of each target the last one is kept.
pub struct Side {
    name: String,
    reports: u64,
    versions: BTreeSet<String>,
    pub(super) targets: BTreeMap<String, Facts>,
}

impl Side {
    /// Without reports yet; `name` is what they are read from.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), reports: 0, versions: BTreeSet::new(), targets: BTreeMap::new() }
    }

    /// Takes a report.
    pub fn add(&mut self, report: &Report) {
        self.reports += 1;
        self.versions.insert(report.tool.version.clone());
        let mut facts = Facts::of(report);
        findings::add(&mut facts, report);
        self.targets.insert(target(report), facts.sorted());
    }

    /// How many targets it has.
    pub fn targets(&self) -> usize {
        self.targets.len()
    }

    /// The target of a single report.
    pub(super) fn only(&self) -> Option<(&String, &Facts)> {
        self.targets.first_key_value().filter(|_| self.reports == 1)
    }

    /// How it is described.
    pub(super) fn told(&self) -> DiffSide {
        DiffSide {
            name: self.name.clone(),
            reports: self.reports,
            targets: self.targets.len(),
            versions: self.versions.iter().cloned().collect(),
        }
    }
}

/// Names are the same in any case.
fn target(report: &Report) -> String {
    let target = report.trace.target.as_ref();
    let from_files = report.trace.machine.as_ref().is_some_and(|machine| machine.from_files);
    match target {
        Some(target) => place(&target.host.to_ascii_lowercase(), target.port),
        None if from_files => "machine read from files".to_owned(),
        None => "this machine".to_owned(),
    }
}
