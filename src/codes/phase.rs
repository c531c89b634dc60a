//! The phases of a connection, in the order in which they happen.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A phase of a connection; a later one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The name becomes addresses.
    Resolve,
    /// TCP.
    Connect,
    /// The RD Gateway, with the resolution and connection that it needs.
    Gateway,
    /// X.224 and the choice of the security protocol.
    Negotiate,
    /// The TLS handshake.
    Tls,
    /// CredSSP, and the early authorization after it.
    Credssp,
    /// The basic settings exchange and the channel connection.
    Mcs,
    /// Client Info, connect-time auto-detection and licensing.
    Licensing,
    /// The multitransport bootstrap, the capabilities exchange and the finalization.
    Activate,
}

impl Phase {
    /// All phases, first to last.
    pub const ALL: [Self; 9] = [
        Self::Resolve,
        Self::Connect,
        Self::Gateway,
        Self::Negotiate,
        Self::Tls,
        Self::Credssp,
        Self::Mcs,
        Self::Licensing,
        Self::Activate,
    ];

    /// The name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Gateway => "gateway",
            Self::Negotiate => "negotiate",
            Self::Tls => "tls",
            Self::Credssp => "credssp",
            Self::Mcs => "mcs",
            Self::Licensing => "licensing",
            Self::Activate => "activate",
        }
    }

    /// The exit code of a connection that ended in this phase: 10 for the first to 18 for the last.
    pub const fn exit_code(self) -> u8 {
        10 + self as u8
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPhase(pub String);

impl fmt::Display for UnknownPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Phase::ALL.map(Phase::name).join(", ");
        write!(f, "no phase is called \"{}\"; the phases are {names}", self.0)
    }
}

impl std::error::Error for UnknownPhase {}

impl FromStr for Phase {
    type Err = UnknownPhase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|phase| phase.name() == text);
        named.ok_or_else(|| UnknownPhase(text.to_owned()))
    }
}
