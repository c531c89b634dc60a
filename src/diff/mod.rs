//! What differs between two lists of reports: typed differences, a target each. Pure.
//!
//! A report is reduced to its facts when it comes, so that a scan of many hosts fits into memory. A fact that the other
//! report could not see, because it got less far or did not ask, is told as not compared: it is neither new nor gone.

mod compare;
mod facts;
mod findings;
mod looks;
mod side;
mod times;
mod topic;
mod types;

pub use compare::diff;
pub use side::Side;
pub use times::Times;
pub use topic::Topic;
pub use types::{Change, DIFF_SCHEMA_VERSION, Diff, DiffSide, How, SeenOnce, TargetDiff, TargetStatus};

/// The JSON schema of [`Diff`], indented, with a final newline.
pub fn diff_schema() -> String {
    let schema = schemars::schema_for!(Diff);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}
