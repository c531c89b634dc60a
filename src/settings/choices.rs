//! Which experiments are made, what is offered, and how far the license exchange goes.

use crate::codes::Protocols;

/// Which follow-up connections may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Experiments {
    /// Those that a failure deserves.
    Auto,
    /// None.
    Off,
    /// Every one, also after success.
    All,
}

/// What to offer in the X.224 negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Security {
    /// TLS and CredSSP, and what the server demands instead if it can be met.
    Auto,
    /// Standard RDP Security only.
    Rdp,
    /// TLS only.
    Tls,
    /// CredSSP only.
    Nla,
}

impl Security {
    /// What it offers.
    pub fn protocols(self) -> Protocols {
        match self {
            Self::Auto => Protocols::SSL | Protocols::NLA,
            Self::Rdp => Protocols::RDP,
            Self::Tls => Protocols::SSL,
            Self::Nla => Protocols::NLA,
        }
    }

    /// The value as the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Rdp => "rdp",
            Self::Tls => "tls",
            Self::Nla => "nla",
        }
    }
}

/// How far the license exchange may go (MS-RDPELE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LicensePolicy {
    /// End at the server's license request.
    Stop,
    /// Ask for a license and end at the platform challenge; nothing is issued.
    Challenge,
    /// Answer the challenge and consume a license.
    Complete,
}

impl LicensePolicy {
    /// The value as the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Challenge => "challenge",
            Self::Complete => "complete",
        }
    }
}
