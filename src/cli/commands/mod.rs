//! The commands, a file or a folder each; none uses another.

pub(super) mod completions;
pub(super) mod demo;
pub(super) mod diff;
pub(super) mod explain;
pub(super) mod judge;
pub(super) mod listen;
pub(super) mod local;
pub(super) mod man;
pub(super) mod posture;
pub(super) mod read;
pub(super) mod relay;
pub(super) mod scan;
pub(super) mod schema;
pub(super) mod trace;
