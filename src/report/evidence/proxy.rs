//! What a proxy answered that was asked to connect.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Millis;

/// A proxy, and how it answered (RFC 9110 section 9.3.6, RFC 1928). No account and no secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ProxyEvidence {
    /// `http`, `socks5`, or in a capture `socks4`.
    pub kind: String,
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// What it was asked to connect to, host and port.
    pub asked_for: String,
    /// Milliseconds from the first byte to its last answer; null where it was not asked.
    pub elapsed_ms: Option<Millis>,
    /// Whether an account was sent.
    pub account_sent: bool,
    /// The status of HTTP.
    pub status: Option<u16>,
    /// The words after it.
    pub reason: Option<String>,
    /// `Server`.
    pub server: Option<String>,
    /// `Via`.
    pub via: Option<String>,
    /// The schemes of `Proxy-Authenticate`, in order.
    pub schemes: Vec<String>,
    /// The method of authentication that SOCKS selected; 255 is none.
    pub method: Option<u8>,
    /// The reply of SOCKS.
    pub reply: Option<u8>,
}
