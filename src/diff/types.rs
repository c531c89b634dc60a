//! The differences, as `rdptrace diff --format json` writes them. Types only; the JSON schema is made from them.

use schemars::JsonSchema;
use serde::Serialize;

use super::Topic;
use crate::report::Timestamp;

/// The version of the shape of [`Diff`].
pub const DIFF_SCHEMA_VERSION: u32 = 1;

/// What differs between two lists of reports.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Diff {
    /// [`DIFF_SCHEMA_VERSION`] of the program that wrote it.
    pub diff_schema_version: u32,
    /// Whether nothing differs that both sides could see.
    pub same: bool,
    /// What came before.
    pub before: DiffSide,
    /// What came after.
    pub after: DiffSide,
    /// How many targets are on both sides and do not differ.
    pub same_targets: usize,
    /// The targets that differ, and those of which not everything could be compared.
    pub targets: Vec<TargetDiff>,
}

/// One of the two lists.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiffSide {
    /// What it was read from.
    pub name: String,
    /// How many reports it has.
    pub reports: u64,
    /// Of how many targets; of several reports on one target the last counts.
    pub targets: usize,
    /// The versions of the program that wrote them.
    pub versions: Vec<String>,
}

/// What differs of one target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TargetDiff {
    /// Host and port, in lower case; of a report without one, the machine that was checked. Both, if each side is one report, and
    /// on another target.
    pub target: String,
    /// Whether it is on both sides.
    pub status: TargetStatus,
    /// When the report before began; null where there is none.
    pub before: Option<Timestamp>,
    /// The same of the report after.
    pub after: Option<Timestamp>,
    /// The verdict of a target that is on one side alone.
    pub summary: Option<String>,
    /// What is new, gone or different.
    pub changes: Vec<Change>,
    /// What only one of the reports could see.
    pub not_compared: Vec<SeenOnce>,
}

/// On which sides a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetStatus {
    /// On both, and it differs.
    Different,
    /// Only after.
    New,
    /// Only before.
    Gone,
    /// On both; whatever both reports could see is the same.
    Same,
}

/// One fact that differs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Change {
    /// What it is about.
    #[schemars(with = "String")]
    pub what: Topic,
    /// Which one, where there are several: the code of a finding or a check, the name of a promise, a protocol, a phase.
    pub name: Option<String>,
    /// How it differs.
    pub how: How,
    /// What it was; null where it is new.
    pub before: Option<String>,
    /// What it is; null where it is gone.
    pub after: Option<String>,
}

/// How a fact differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It was not there.
    New,
    /// It is no longer there.
    Gone,
    /// It was something else.
    Different,
}

/// A fact that only one of the reports could see.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SeenOnce {
    /// What it is about.
    #[schemars(with = "String")]
    pub what: Topic,
    /// Which one, where there are several.
    pub name: Option<String>,
    /// What it was; null where the report before could not see it.
    pub before: Option<String>,
    /// What it is; null where the report after could not see it.
    pub after: Option<String>,
}
