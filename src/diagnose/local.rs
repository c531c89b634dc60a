//! The verdict on a machine alone, without a connection.

use crate::report::{CheckStatus, Credentials, LocalCheck, Machine, Outcome, Verdict};

/// How many checks are as they should be.
pub(super) fn verdict(machine: &Machine, checks: &[LocalCheck]) -> Verdict {
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let roles: Vec<_> = machine.roles.iter().map(|role| role.name()).collect();
    let summary = format!(
        "checked as {}: {} ok, {} wrong, {} worth a look, {} could not be read",
        roles.join(" and "),
        count(CheckStatus::Ok),
        count(CheckStatus::Error),
        count(CheckStatus::Warning),
        count(CheckStatus::Unknown),
    );
    Verdict {
        outcome: Outcome::Passed,
        reached: None,
        phase: None,
        step: None,
        failure: None,
        credentials: Credentials::NotAttempted,
        gateway_credentials: None,
        summary,
        mstsc: None,
    }
}
