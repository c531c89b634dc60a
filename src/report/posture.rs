//! What a server accepts, put together from every connection of a posture run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FailureKind, RdsaadEvidence, RdstlsEvidence, Selected};
use crate::codes::Phase;

/// The most connections of a posture, with the main connection and its retry, where nobody asks for more.
pub const POSTURE_CONNECTIONS: usize = 25;

/// What the server accepts.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Posture {
    /// How many connections were opened for it; none carried an account.
    pub connections: usize,
    /// How many there might be at most.
    #[serde(default = "usual")]
    pub most: usize,
    /// The phase, up to tls, in which the main connection ended and beyond which no other one got; null when the server could be
    /// asked.
    pub unreached: Option<Phase>,
    /// Whether a session needs Network Level Authentication.
    pub nla: Nla,
    /// Each security protocol, offered alone.
    pub protocols: Vec<ProtocolPosture>,
    /// Flags of the negotiation response (MS-RDPBCGR 2.2.1.2.1).
    pub response_flags: Option<u32>,
    /// The names of the known flags that are set.
    pub response_flag_names: Vec<String>,
    /// Each version of TLS, offered alone, with its suites.
    pub tls: Vec<TlsPosture>,
    /// What Standard RDP Security encrypts with; null where it was not reached.
    pub rdp_security: Option<RdpSecurity>,
    /// What CredSSP says of itself.
    pub credssp: CredsspPosture,
}

fn usual() -> usize {
    POSTURE_CONNECTIONS
}

/// Whether a session needs Network Level Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Nla {
    /// It is accepted, and nothing without it.
    Required,
    /// It is accepted, and so is a session without it.
    Offered,
    /// It is not accepted.
    Absent,
    /// The answers do not tell.
    Unknown,
}

/// What became of one thing that was offered alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Answer {
    /// The server selected it.
    Accepted,
    /// The server refused it, or selected something else.
    Refused,
    /// Nobody can know: silence, or an end that a busy server may have made as well.
    Unknown,
}

/// One security protocol, offered alone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ProtocolPosture {
    /// The protocol.
    pub protocol: Selected,
    /// Its number in requestedProtocols; 0 offers Standard RDP Security.
    pub code: u32,
    /// Whether the server selected it.
    pub answer: Answer,
    /// The number that the server selected, whatever was offered.
    pub selected_code: Option<u32>,
    /// What ended the negotiation in place of a selection.
    pub failure: Option<FailureKind>,
    /// The number that came with it.
    pub failure_code: Option<i64>,
    /// The number's symbol.
    pub failure_name: Option<String>,
    /// What the server said first; null for every other protocol, and where it said nothing that can be read.
    #[serde(default)]
    pub rdstls: Option<RdstlsEvidence>,
    /// What the server said first; null for every other protocol, and where it said nothing that can be read.
    #[serde(default)]
    pub rdsaad: Option<RdsaadEvidence>,
    /// What came in place of that, in TLS or behind it.
    #[serde(default)]
    pub unsaid: Option<FailureKind>,
}

/// One version of TLS, offered alone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TlsPosture {
    /// `TLSv1.0` to `TLSv1.3`.
    pub version: String,
    /// Whether the server selected it.
    pub answer: Answer,
    /// The suites that the server selected in it, IANA names, in the order in which it did.
    pub accepted: Vec<String>,
    /// The suites that it refused.
    pub refused: Vec<String>,
    /// The suites that it was not asked for alone, or for which its answer does not tell.
    pub unknown: Vec<String>,
}

/// Encryption of Standard RDP Security (MS-RDPBCGR 2.2.1.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RdpSecurity {
    /// encryptionMethod: 1, 2 and 8 are RC4, 16 is FIPS, 0 is none.
    pub method: u32,
    /// encryptionLevel.
    pub level: u32,
}

/// What CredSSP says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct CredsspPosture {
    /// The server's version.
    pub version: Option<u32>,
    /// Whether the server can be vulnerable to CVE-2018-0886 by its version. A policy on the server may let unpatched
    /// clients in all the same, which only a logon would show.
    pub cve_2018_0886: Exposure,
}

/// Whether a server can be vulnerable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exposure {
    /// Its version is one of those that are.
    Possible,
    /// Its version is not.
    No,
    /// No version was seen.
    Unknown,
}
