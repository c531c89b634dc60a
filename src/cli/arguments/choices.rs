//! Arguments that are one of a few words, and what the settings make of them.

use clap::ValueEnum;

use crate::{
    local::RoleChoice,
    report::{FindingCode, Severity},
    settings::{Experiments, LicensePolicy, Security},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SecurityArgument {
    /// TLS and NLA, and what the server demands instead
    Auto,
    /// Standard RDP Security only
    Rdp,
    /// TLS only
    Tls,
    /// NLA only
    Nla,
}

impl From<SecurityArgument> for Security {
    fn from(argument: SecurityArgument) -> Self {
        match argument {
            SecurityArgument::Auto => Self::Auto,
            SecurityArgument::Rdp => Self::Rdp,
            SecurityArgument::Tls => Self::Tls,
            SecurityArgument::Nla => Self::Nla,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExperimentsArgument {
    /// Those that a failure deserves
    Auto,
    /// None
    Off,
    /// All of them, also after success
    All,
}

impl From<ExperimentsArgument> for Experiments {
    fn from(argument: ExperimentsArgument) -> Self {
        match argument {
            ExperimentsArgument::Auto => Self::Auto,
            ExperimentsArgument::Off => Self::Off,
            ExperimentsArgument::All => Self::All,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LicenseArgument {
    /// End at the server's license request
    Stop,
    /// Ask, and end at the platform challenge
    Challenge,
    /// Answer the challenge and consume a license
    Complete,
}

impl From<LicenseArgument> for LicensePolicy {
    fn from(argument: LicenseArgument) -> Self {
        match argument {
            LicenseArgument::Stop => Self::Stop,
            LicenseArgument::Challenge => Self::Challenge,
            LicenseArgument::Complete => Self::Complete,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LocalArgument {
    Auto,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArgument {
    /// A client
    Client,
    /// A host
    Host,
    /// A client, and a host where it is one; files as the side that they are of
    Auto,
}

impl From<RoleArgument> for RoleChoice {
    fn from(argument: RoleArgument) -> Self {
        match argument {
            RoleArgument::Client => Self::Client,
            RoleArgument::Host => Self::Host,
            RoleArgument::Auto => Self::Auto,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Ndjson,
    Junit,
    Html,
    Markdown,
    Prometheus,
    Nagios,
}

impl Format {
    /// Whether several reports make one output.
    pub(crate) fn takes_many(self) -> bool {
        matches!(self, Self::Text | Self::Ndjson | Self::Junit | Self::Html)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaArgument {
    /// The report of --format json
    Report,
    /// The file of --policy
    Policy,
    /// What diff writes as JSON
    Diff,
}

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailOn {
    /// Findings of this severity or a worse one; none at all.
    From(Option<Severity>),
    /// This finding.
    Finding(FindingCode),
}
