//! The commands, a file or a folder each; none uses another.

pub mod completions;
pub mod demo;
pub mod explain;
pub mod judge;
pub mod local;
pub mod man;
pub mod posture;
pub mod schema;
pub mod trace;
