//! What was promised of a host, and what a policy or an option decides of a finding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One promise of a policy, held against what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Promise {
    /// As the policy names it, such as `certificate.days_left`.
    pub name: String,
    /// What was promised.
    pub wanted: String,
    /// What was seen; null where it was not checked.
    pub seen: Option<String>,
    /// What became of it.
    pub status: PromiseStatus,
    /// Why it was not checked; null where it was.
    pub reason: Option<String>,
}

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromiseStatus {
    /// What was seen is what was promised.
    Kept,
    /// It is not.
    Broken,
    /// Nothing was seen that tells.
    NotChecked,
}

impl PromiseStatus {
    /// The value as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::NotChecked => "not_checked",
        }
    }
}

impl Promise {
    /// That it was kept.
    pub fn kept(name: impl Into<String>, wanted: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::checked(name.into(), wanted.into(), seen.into(), PromiseStatus::Kept)
    }

    /// That it was broken.
    pub fn broken(name: impl Into<String>, wanted: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::checked(name.into(), wanted.into(), seen.into(), PromiseStatus::Broken)
    }

    /// That it was not checked, and why.
    pub fn not_checked(name: impl Into<String>, wanted: impl Into<String>, why: impl Into<String>) -> Self {
        let (name, wanted) = (name.into(), wanted.into());
        Self { name, wanted, seen: None, status: PromiseStatus::NotChecked, reason: Some(why.into()) }
    }

    fn checked(name: String, wanted: String, seen: String, status: PromiseStatus) -> Self {
        Self { name, wanted, seen: Some(seen), status, reason: None }
    }
}

/// What was decided of a finding, whatever its severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Decision {
    /// What follows for the exit code.
    pub effect: DecisionEffect,
    /// Why, in the policy's words; null where an option of the command line decides.
    pub reason: Option<String>,
    /// The last day on which a policy accepts it, such as `2027-03-31`; null where an option decides.
    pub until: Option<String>,
}

/// What follows for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionEffect {
    /// It does not count.
    Accepted,
    /// It was accepted until a day that is over, and counts by its severity again.
    Lapsed,
    /// It counts.
    Counts,
}

impl Decision {
    /// What an option decides.
    pub fn of_option(effect: DecisionEffect) -> Self {
        Self { effect, reason: None, until: None }
    }

    /// What a policy decides, for a reason and until a day.
    pub fn of_policy(effect: DecisionEffect, reason: String, until: String) -> Self {
        Self { effect, reason: Some(reason), until: Some(until) }
    }
}
