//! Stored reports: one, or a line each as scans write them.
//!
//! They are read straight into their types, 16 MiB each at most: a tree of values takes sixty times the size of the file.

mod json_place;
mod lines;
mod one;

pub(super) use lines::reports;
pub(super) use one::trace;

/// The largest report that is read, in bytes; a trace writes a few hundred thousand.
pub(super) const LARGEST: u64 = 16 << 20;
