//! What the page calls the target.

use super::local;
use crate::{endpoint::place, report::Report};

/// The target's address, and the name that it goes by.
pub(super) fn target(report: &Report) -> String {
    let Some(target) = &report.trace.target else { return local::name(report) };
    let name =
        if target.server_name == target.host { String::new() } else { format!(" as {}", target.server_name) };
    place(&target.host, target.port) + &name
}
