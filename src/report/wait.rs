//! How long it took until the host was ready, and what the tries before showed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FailureKind, Millis, Status};
use crate::codes::Phase;

/// A wait and its tries; the rest of the report is about the last one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Wait {
    /// How many tries ended.
    pub tries: u64,
    /// Milliseconds from the first try's beginning to the last one's end.
    pub elapsed_ms: Millis,
    /// Whether Ctrl-C ended it. Of a try that was under way then, which may have used the account, nothing is reported unless it
    /// was the first.
    #[serde(default)]
    pub interrupted: bool,
    /// The first ten and the last twenty tries, in order.
    pub timeline: Vec<WaitEntry>,
}

/// How one try ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct WaitEntry {
    /// Milliseconds from the beginning of the wait to the end of the try.
    pub at_ms: Millis,
    /// The last phase that was entered.
    pub phase: Option<Phase>,
    /// How that phase ended.
    #[serde(default)]
    pub status: Option<Status>,
    /// What ended it there; null when the phase passed or we chose to stop.
    pub kind: Option<FailureKind>,
    /// The protocol's number, where it has one.
    pub code: Option<i64>,
}
