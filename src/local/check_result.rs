//! What a check says: its status, the value that it saw, and one sentence.

use super::host::Unreadable;
use crate::report::{CheckStatus, LocalCheck, Role};

/// More characters of an observed value are not kept.
const MOST_OBSERVED: usize = 2000;

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// The result.
    pub status: CheckStatus,
    /// The value seen, without secrets.
    pub observed: Option<String>,
    /// One sentence.
    pub message: String,
}

impl CheckResult {
    /// As it should be.
    pub fn ok(message: impl Into<String>) -> Self {
        Self::new(CheckStatus::Ok, message)
    }

    /// Worth a look.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(CheckStatus::Warning, message)
    }

    /// Wrong.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(CheckStatus::Error, message)
    }

    /// Could not be read.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(CheckStatus::Unknown, message)
    }

    /// Means nothing on this machine.
    pub fn not_applicable(message: impl Into<String>) -> Self {
        Self::new(CheckStatus::NotApplicable, message)
    }

    /// Could not be read, and why.
    pub fn unreadable(what: &str, why: &Unreadable) -> Self {
        Self::unknown(format!("{what}: {why}"))
    }

    /// What a setting says of which nobody knows whether another overrules it: a value that is wrong is told, one that
    /// is as it should be proves nothing.
    #[must_use]
    pub fn unless(self, overruling: &str, why: &Unreadable) -> Self {
        if self.status.severity().is_some() {
            let message = format!(
                "this machine's own setting: {}; what would overrule it, {overruling}: {why}",
                self.message
            );
            return Self { message, ..self };
        }
        Self { observed: self.observed, ..Self::unreadable(overruling, why) }
    }

    /// As it is, and nothing to look at, because it does not matter here.
    #[must_use]
    pub fn excused(self, why: &str) -> Self {
        Self { status: CheckStatus::Ok, message: format!("{}; {why}", self.message), ..self }
    }

    /// With any status.
    pub fn new(status: CheckStatus, message: impl Into<String>) -> Self {
        Self { status, observed: None, message: message.into() }
    }

    /// With the value that was seen.
    #[must_use]
    pub fn seen(self, observed: impl Into<String>) -> Self {
        let mut observed = observed.into();
        if let Some((end, _)) = observed.char_indices().nth(MOST_OBSERVED) {
            observed.truncate(end);
            observed.push_str(" ...");
        }
        Self { observed: Some(observed), ..self }
    }

    /// As an entry of the report.
    pub fn named(self, code: &str, role: Option<Role>) -> LocalCheck {
        LocalCheck {
            code: code.to_owned(),
            role,
            status: self.status,
            observed: self.observed,
            message: self.message,
        }
    }
}
