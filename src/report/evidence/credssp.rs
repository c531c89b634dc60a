//! What CredSSP saw.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Timestamp;

/// CredSSP (MS-CSSP).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct CredsspEvidence {
    /// The server's CredSSP version.
    pub version: Option<u32>,
    /// What the NTLM CHALLENGE says.
    pub ntlm: Option<NtlmEvidence>,
    /// Whether a message derived from the secret was sent.
    pub attempted: bool,
    /// Whether the server accepted the account.
    pub authenticated: bool,
    /// Whether the server proved that it holds the TLS key; null when not got that far.
    pub key_binding: Option<bool>,
    /// The early user authorization result.
    pub early_authorization: Option<u32>,
    /// The status in TSRequest.errorCode.
    pub status: Option<u32>,
}

/// The facts of an NTLM CHALLENGE (MS-NLMP 2.2.1.2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NtlmEvidence {
    /// NetBIOS name of the computer.
    pub netbios_computer: Option<String>,
    /// NetBIOS name of the domain.
    pub netbios_domain: Option<String>,
    /// DNS name of the computer.
    pub dns_computer: Option<String>,
    /// DNS name of the domain.
    pub dns_domain: Option<String>,
    /// DNS name of the forest.
    pub dns_tree: Option<String>,
    /// Windows version, such as `10.0`.
    pub os_version: Option<String>,
    /// Windows build.
    pub os_build: Option<u32>,
    /// The server's clock.
    pub time: Option<Timestamp>,
    /// Server minus client, in seconds.
    pub clock_skew_seconds: Option<i64>,
}
