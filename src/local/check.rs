//! One check: what it is called, whom it concerns, and how it is made.
//!
//! What a check cannot read is `unknown` with the reason, never `ok`, and a test holds every check to that. The
//! checks beside a trace are judged apart from it: their results go into `local`, and only what both sides show
//! together becomes a finding or a cause.

use super::{beside::Beside, check_result::CheckResult, setting::Setting, survey::Survey};
use crate::report::{Os, Role};

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
        logic: fn(&Survey<'_>) -> CheckResult,
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
    Logic(fn(&Survey<'_>) -> CheckResult),
}
