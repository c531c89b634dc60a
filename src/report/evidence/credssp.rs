//! What CredSSP saw.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KdcAnswer, KdcCarrier, KdcSource, TlsEvidence};
use crate::report::{Failure, Millis, Named, Timestamp};

/// CredSSP (MS-CSSP).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct CredsspEvidence {
    /// The server's CredSSP version.
    pub version: Option<u32>,
    /// What the NTLM CHALLENGE says.
    pub ntlm: Option<NtlmEvidence>,
    /// Whether a message derived from the secret was sent.
    pub attempted: bool,
    /// Whether the server was given no password to delegate (Restricted Admin mode).
    #[serde(default)]
    pub restricted_admin: bool,
    /// Whether the server accepted the account.
    pub authenticated: bool,
    /// Whether the server proved that it holds the TLS key; null when not got that far.
    pub key_binding: Option<bool>,
    /// The early user authorization result.
    pub early_authorization: Option<u32>,
    /// The status in TSRequest.errorCode.
    pub status: Option<u32>,
    /// What the server said first, where RDSTLS was selected in place of CredSSP.
    #[serde(default)]
    pub rdstls: Option<RdstlsEvidence>,
    /// What the server said first, where RDS AAD Auth was selected in place of CredSSP.
    #[serde(default)]
    pub rdsaad: Option<RdsaadEvidence>,
    /// What the KDC answered, where Kerberos was asked for.
    #[serde(default)]
    pub kdc: Option<KdcEvidence>,
}

/// RDSTLS (MS-RDPBCGR 2.2.17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RdstlsEvidence {
    /// The versions that the server supports, a bit each.
    pub supported_versions: u16,
}

/// RDS AAD Auth (MS-RDPBCGR 2.2.18), the sign-in with Microsoft Entra.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RdsaadEvidence {
    /// Characters of the nonce that a token is to be signed for.
    pub nonce_length: usize,
}

/// The way to a Kerberos ticket (RFC 4120).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct KdcEvidence {
    /// The realm of the account.
    #[serde(default)]
    pub realm: String,
    /// Who named the KDC: `argument`, `rdp_file`, `krb5_conf` or `dns`.
    #[serde(default)]
    #[schemars(with = "String")]
    pub source: Named<KdcSource>,
    /// Name or address of the KDC that answered, or of the first that was tried.
    pub host: String,
    /// Its port.
    #[serde(default)]
    pub port: u16,
    /// The address that was connected to.
    pub address: Option<SocketAddr>,
    /// How it is asked: `tcp`, `udp` or `https`.
    #[schemars(with = "String")]
    pub transport: Named<KdcCarrier>,
    /// The KDCs that gave no answer, in the order in which they were tried.
    #[serde(default)]
    pub unanswered: Vec<UnansweredKdc>,
    /// The service principal that a ticket was asked for.
    pub service_principal: String,
    /// Whether the KDC gave the ticket for the service.
    pub ticket: bool,
    /// What the KDC proxy showed, where one was asked.
    #[serde(default)]
    pub proxy: Option<KdcProxyEvidence>,
    /// The realm to which a KDC referred last, for the user or for the service.
    #[serde(default)]
    pub referral: Option<String>,
    /// Why NTLM was used in place of a ticket, where that was allowed.
    #[serde(default)]
    pub ntlm_instead: Option<String>,
    /// Every question, in order.
    pub exchanges: Vec<KdcExchange>,
    /// The KDC's clock minus the client's, in seconds; only an error of the KDC tells.
    pub clock_skew_seconds: Option<i64>,
    /// Time for all of it.
    pub elapsed_ms: Option<Millis>,
}

/// A KDC proxy (MS-KKDCP), on the last connection to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct KdcProxyEvidence {
    /// The path that was asked.
    pub path: String,
    /// TLS with it, and its certificate.
    pub tls: Option<TlsEvidence>,
    /// The status of its answer.
    pub status: Option<u16>,
    /// What it calls itself.
    pub server: Option<String>,
}

/// A KDC that gave no answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct UnansweredKdc {
    /// Name or address.
    pub host: String,
    /// TCP or UDP port.
    pub port: u16,
    /// How it was asked: `tcp`, `udp` or `https`.
    #[schemars(with = "String")]
    pub transport: Named<KdcCarrier>,
    /// What kept the answer from coming.
    pub failure: Failure,
}

/// One question to the KDC and its answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct KdcExchange {
    /// The realm whose KDC was asked.
    #[serde(default)]
    pub realm: String,
    /// That KDC, by name or address; empty when none answered.
    #[serde(default)]
    pub host: String,
    /// Whether the question carried a proof of the password.
    #[serde(default)]
    pub proof: bool,
    /// `as_rep`, `tgs_rep` or `krb_error`; null when there was none.
    #[schemars(with = "Option<String>")]
    pub answer: Option<Named<KdcAnswer>>,
    /// Whether the sealed part of an `as_rep` was opened with the password; null where there is none.
    #[serde(default)]
    pub opened: Option<bool>,
    /// The error code.
    pub error: Option<u32>,
    /// The realm in whose name the error was sent.
    #[serde(default)]
    pub error_realm: Option<String>,
    /// The NTSTATUS beside it, which domain controllers add (MS-KILE 2.2.2).
    #[serde(default)]
    pub status: Option<u32>,
    /// Time for it, with the connection.
    pub elapsed_ms: Millis,
}

impl KdcExchange {
    /// The realm in whose name the error was sent, where it is not the one that was asked.
    pub fn in_name_of_another(&self) -> Option<&str> {
        let named = self.error_realm.as_deref()?;
        (!self.realm.is_empty() && !named.eq_ignore_ascii_case(&self.realm)).then_some(named)
    }
}

/// The facts of an NTLM CHALLENGE (MS-NLMP 2.2.1.2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
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
