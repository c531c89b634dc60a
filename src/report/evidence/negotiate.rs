//! What the X.224 negotiation saw.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Spoken;
use crate::codes::Protocols;

/// X.224 connection request and confirm (MS-RDPBCGR 2.2.1.1, 2.2.1.2).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct NegotiateEvidence {
    /// The protocols that were offered; an empty offer is `rdp`.
    pub requested: Vec<Selected>,
    /// The offer as the number that was sent.
    pub requested_code: u32,
    /// Whether Restricted Admin mode was demanded.
    #[serde(default)]
    pub requested_restricted_admin: bool,
    /// Whether a routing token was sent in place of the cookie.
    #[serde(default)]
    pub routing_token: bool,
    /// The protocol that the server selected.
    pub selected: Option<Selected>,
    /// The number that the server selected.
    pub selected_code: Option<u32>,
    /// Flags of the negotiation response.
    pub flags: Option<u32>,
    /// The names of the known flags that are set.
    pub flag_names: Vec<String>,
    /// Whether the confirm carried a negotiation response; null when no confirm came.
    pub negotiation_response: Option<bool>,
    /// What the peer speaks, when it is not RDP.
    pub speaks: Option<Spoken>,
}

impl NegotiateEvidence {
    /// The offer as a set.
    pub fn offered(&self) -> Protocols {
        Protocols::from_bits(self.requested_code)
    }
}

/// A security protocol of the negotiation (MS-RDPBCGR 2.2.1.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Selected {
    /// Standard RDP Security, 0.
    Rdp,
    /// TLS, 1.
    Tls,
    /// CredSSP, 2.
    Nla,
    /// RDSTLS, 4.
    Rdstls,
    /// CredSSP with the early user authorization result, 8.
    NlaEx,
    /// RDS AAD authentication, 16.
    Aad,
    /// A number that no specification names.
    Unknown,
}

impl Selected {
    /// The protocol of a selected number.
    pub fn from_code(code: u32) -> Self {
        match code {
            0 => Self::Rdp,
            1 => Self::Tls,
            2 => Self::Nla,
            4 => Self::Rdstls,
            8 => Self::NlaEx,
            16 => Self::Aad,
            _ => Self::Unknown,
        }
    }

    /// The protocols of an offer; an offer of nothing is Standard RDP Security.
    pub fn of_offer(offer: Protocols) -> Vec<Self> {
        let known = [1, 2, 4, 8, 16].into_iter().filter(|bit| offer.has(Protocols::from_bits(*bit)));
        if offer == Protocols::RDP { vec![Self::Rdp] } else { known.map(Self::from_code).collect() }
    }

    /// The protocol as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rdp => "rdp",
            Self::Tls => "tls",
            Self::Nla => "nla",
            Self::Rdstls => "rdstls",
            Self::NlaEx => "nla_ex",
            Self::Aad => "aad",
            Self::Unknown => "unknown",
        }
    }

    /// Whether CredSSP follows.
    pub fn is_nla(self) -> bool {
        matches!(self, Self::Nla | Self::NlaEx)
    }
}
