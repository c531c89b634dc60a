//! One check: what it is called, whom it concerns, and how it is made.
//!
//! What a check cannot read is `unknown` with the reason, never `ok`, and a test holds every check to that. The
//! checks beside a trace are judged apart from it: their results go into `local`, and only what both sides show
//! together becomes a finding or a cause.

use super::{Beside, Scene, Setting, Unreadable};
use crate::report::{CheckStatus, Os, Role};

/// More characters of an observed value are not kept.
const MOST_OBSERVED: usize = 2000;

/// A check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Kebab-case, topic first; the name of its section in the topic's page.
    pub code: &'static str,
    /// Whom it concerns.
    pub role: Role,
    /// Where it exists.
    pub on: &'static [Os],
    /// How it is made.
    pub test: Test,
    /// Where a wrong value matters.
    pub matters: Matters,
    /// The traces that it is made beside; a check of a host only beside those of this machine itself.
    pub beside: Beside,
}

/// Where a wrong value matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matters {
    /// Everywhere.
    Always,
    /// Behind an RD Gateway.
    BehindGateway,
    /// With an account of Microsoft Entra.
    WithEntra,
}

impl Check {
    /// A check that one value of the registry decides.
    pub const fn setting(code: &'static str, role: Role, on: &'static [Os], setting: Setting) -> Self {
        Self::made(code, role, on, Test::Setting(setting))
    }

    /// A check that takes more.
    pub const fn logic(
        code: &'static str,
        role: Role,
        on: &'static [Os],
        logic: fn(&Scene<'_>) -> Said,
    ) -> Self {
        Self::made(code, role, on, Test::Logic(logic))
    }

    const fn made(code: &'static str, role: Role, on: &'static [Os], test: Test) -> Self {
        Self { code, role, on, test, matters: Matters::Always, beside: Beside::Every }
    }

    /// The same where its value matters only there.
    #[must_use]
    pub const fn only(self, matters: Matters) -> Self {
        Self { matters, ..self }
    }

    /// The same, made beside these traces only.
    #[must_use]
    pub const fn beside(self, beside: Beside) -> Self {
        Self { beside, ..self }
    }
}

/// How a check is made.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// One value of the registry decides.
    Setting(Setting),
    /// It takes more.
    Logic(fn(&Scene<'_>) -> Said),
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The result.
    pub status: CheckStatus,
    /// The value seen, without secrets.
    pub observed: Option<String>,
    /// One sentence.
    pub message: String,
}

impl Said {
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
}
