//! What was judged of a trace: verdict, findings, causes, and the checks of this machine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CauseCode, Decision, DecisionEffect, Failure, FindingCode, Named, Role};
use crate::codes::Phase;

/// How far the trace got and what ended it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Verdict {
    /// Passed, stopped by our choice, or aborted.
    pub outcome: Outcome,
    /// The last phase that passed.
    pub reached: Option<Phase>,
    /// Where it ended, when aborted or stopped.
    pub phase: Option<Phase>,
    /// The step inside the phase, where a phase has steps.
    pub step: Option<String>,
    /// What ended it, when aborted.
    pub failure: Option<Failure>,
    /// What is known of the account's credentials.
    pub credentials: Credentials,
    /// The same for the gateway; null without one.
    pub gateway_credentials: Option<Credentials>,
    /// One sentence.
    pub summary: String,
    /// What mstsc would have shown; null where it is not known.
    pub mstsc: Option<MstscLabel>,
}

/// How a trace ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The phase asked for passed.
    Passed,
    /// We chose to end before it.
    Stopped,
    /// The connection ended.
    Aborted,
}

/// What the trace proved about the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Credentials {
    /// The server proved that it accepted them.
    Verified,
    /// The server refused them with a status that says so.
    Refused,
    /// No message derived from the secret was sent.
    NotAttempted,
    /// The server gave no answer that tells, or cannot give one before a session exists.
    NotVerifiable,
}

impl Credentials {
    /// The value as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Refused => "refused",
            Self::NotAttempted => "not_attempted",
            Self::NotVerifiable => "not_verifiable",
        }
    }
}

/// The label mstsc would have shown.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct MstscLabel {
    /// Disconnect reason, hex.
    pub code: String,
    /// Extended reason, hex.
    pub extended: String,
    /// The text of the message box.
    pub text: String,
    /// How sure this is.
    pub confidence: Confidence,
}

/// How well a deduction is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Published by the vendor.
    Documented,
    /// Seen by independent people.
    Observed,
    /// Deduced.
    Inferred,
}

/// Something observed that matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Finding {
    /// Kebab-case, topic first.
    #[schemars(with = "String")]
    pub code: Named<FindingCode>,
    /// How much it matters.
    pub severity: Severity,
    /// The phase it was seen in.
    pub phase: Option<Phase>,
    /// One sentence of what was observed.
    pub message: String,
    /// The checks of a machine that it tells.
    #[serde(default)]
    pub checks: Vec<String>,
    /// What a policy or an option decides of it; null where none does.
    #[serde(default)]
    pub decision: Option<Decision>,
}

impl Finding {
    /// Whether it counts for the exit code, where findings from `threshold` on do.
    pub fn counts(&self, threshold: Option<Severity>) -> bool {
        match self.decision.as_ref().map(|decision| decision.effect) {
            Some(DecisionEffect::Accepted) => false,
            Some(DecisionEffect::Counts) => true,
            Some(DecisionEffect::Lapsed) | None => threshold.is_some_and(|least| self.severity >= least),
        }
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Will bite someone.
    Warning,
    /// Wrong.
    Error,
}

/// A hypothesis that explains what was observed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Cause {
    /// Kebab-case.
    #[schemars(with = "String")]
    pub code: Named<CauseCode>,
    /// Where it sits; null where nothing that was seen tells the host from what stands in front of it, or an older version did not
    /// say.
    #[serde(default)]
    pub at: Option<Place>,
    /// How well it fits.
    pub likelihood: Likelihood,
    /// Observations that speak for it.
    pub because: Vec<String>,
    /// Observations that speak against it.
    pub against: Vec<String>,
    /// What would settle it.
    pub confirm: Vec<String>,
    /// What to do.
    pub fix: Vec<String>,
    /// The checks of a machine that it tells.
    #[serde(default)]
    pub checks: Vec<String>,
}

/// Where a cause sits: who looks for it, and who mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Place {
    /// The server, or what answers in its place.
    Host,
    /// The way between.
    Path,
    /// The RD Gateway.
    Gateway,
    /// A proxy or load balancer.
    Proxy,
    /// A domain controller.
    Kdc,
    /// The account.
    Account,
    /// The client's machine.
    ThisMachine,
    /// This program: its limits, or how it was called.
    ThisProgram,
}

impl Place {
    /// As a text for people names it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Path => "path",
            Self::Gateway => "gateway",
            Self::Proxy => "proxy",
            Self::Kdc => "KDC",
            Self::Account => "account",
            Self::ThisMachine => "this machine",
            Self::ThisProgram => "this program",
        }
    }
}

/// How well a cause fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Likelihood {
    /// The wire proves it.
    Certain,
    /// Fits well.
    Likely,
    /// Cannot be excluded.
    Possible,
}

/// One check of this machine.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct LocalCheck {
    /// Kebab-case.
    pub code: String,
    /// Whom it concerns; null where an older version did not say.
    #[serde(default)]
    pub role: Option<Role>,
    /// The result.
    pub status: CheckStatus,
    /// The value seen.
    pub observed: Option<String>,
    /// One sentence.
    pub message: String,
}

/// The result of a check of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Worth a look.
    Warning,
    /// Wrong.
    Error,
    /// Could not be read.
    Unknown,
    /// Does not exist on this system.
    NotApplicable,
}

impl CheckStatus {
    /// The value as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// How much it matters; none where nothing is wrong or nothing is known.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
            Self::Ok | Self::Unknown | Self::NotApplicable => None,
        }
    }
}
