//! What the phases from MCS to licensing saw.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Redirection;
use crate::report::Timestamp;

/// Basic settings exchange and channel connection (MS-RDPBCGR 2.2.1.3 to 2.2.1.9).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct McsEvidence {
    /// T.125 result of the Connect Response.
    pub result: Option<u32>,
    /// The server's RDP version, as the number in its core data.
    pub server_version: Option<u32>,
    /// The protocols that the server says we requested.
    pub client_requested_protocols: Option<u32>,
    /// The server's early capability flags.
    pub early_capability_flags: Option<u32>,
    /// The encryption methods that the client offered, as the sum of their numbers; 0 with TLS.
    pub encryption_methods_requested: Option<u32>,
    /// Encryption method of Standard RDP Security.
    pub encryption_method: Option<u32>,
    /// Encryption level of Standard RDP Security.
    pub encryption_level: Option<u32>,
    /// The server's key for Standard RDP Security.
    pub encryption_key: Option<EncryptionKey>,
    /// The server's random number for Standard RDP Security in hex; it is sent in the clear and is no secret.
    pub server_random: Option<String>,
    /// The user channel.
    pub user_channel: Option<u32>,
    /// The I/O channel.
    pub io_channel: Option<u32>,
    /// The message channel.
    pub message_channel: Option<u32>,
    /// Whether the channel joins were skipped.
    pub channel_join_skipped: Option<bool>,
}

/// The server certificate of Standard RDP Security (MS-RDPBCGR 2.2.1.4.3.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EncryptionKey {
    /// `proprietary` or `x509`.
    pub kind: String,
    /// Size of the RSA modulus in bits.
    pub bits: Option<u32>,
    /// Whether the published Terminal Services key signed it; null when not checked.
    pub signature_valid: Option<bool>,
    /// Number of certificates of an X.509 chain.
    pub certificates: usize,
    /// Distinguished name of the chain's leaf, which stands last.
    pub subject: Option<String>,
}

/// Client Info, connect-time auto-detect and licensing (MS-RDPELE).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct LicensingEvidence {
    /// Whether Client Info had the account and its password.
    #[serde(default)]
    pub account_sent: bool,
    /// How the exchange ended.
    pub outcome: Option<LicensingOutcome>,
    /// Product of the license request, such as `A02`.
    pub product: Option<String>,
    /// Version of the license request.
    pub version: Option<u32>,
    /// Company of the license request.
    pub company: Option<String>,
    /// Scope of the license request.
    pub scope: Option<String>,
    /// The license server's certificate.
    pub certificate: Option<LicenseCertificate>,
    /// Error alert: its code.
    pub error_code: Option<u32>,
    /// Error alert: the state transition it asks for.
    pub error_transition: Option<u32>,
    /// Error alert: its text.
    pub error_text: Option<String>,
    /// Auto-detect requests that were answered.
    pub auto_detect_requests: u32,
    /// PDUs that belong to nothing in this phase and were passed over.
    pub ignored_pdus: u32,
    /// The last Server Redirection PDU.
    pub redirection: Option<Redirection>,
}

/// How the license exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LicensingOutcome {
    /// The server needs no license of this client.
    ValidClient,
    /// Ended at the server's license request.
    Request,
    /// Ended at the platform challenge.
    Challenge,
    /// A license was issued.
    NewLicense,
    /// A license was upgraded.
    Upgrade,
    /// The server sent an error alert.
    Error,
}

impl LicensingOutcome {
    /// The outcome as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ValidClient => "valid_client",
            Self::Request => "request",
            Self::Challenge => "challenge",
            Self::NewLicense => "new_license",
            Self::Upgrade => "upgrade",
            Self::Error => "error",
        }
    }
}

/// The certificate inside a license request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct LicenseCertificate {
    /// `proprietary` or `x509`.
    pub kind: String,
    /// Size of the RSA modulus in bits.
    pub bits: Option<u32>,
    /// Distinguished name of the leaf's subject.
    pub subject: Option<String>,
    /// Distinguished name of the leaf's issuer.
    pub issuer: Option<String>,
    /// End of the leaf's validity.
    pub not_after: Option<Timestamp>,
}
