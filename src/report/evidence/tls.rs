//! What the TLS handshake saw.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Spoken;
use crate::report::{Certificate, Thumbprints};

/// The suites of TLS 1.2 with CBC that are offered to a server that takes no current one.
pub const OLD_SUITES: [&str; 6] = [
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
];

/// The TLS handshake.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TlsEvidence {
    /// What a hello of one version offered; null when the TLS library made the hello.
    #[serde(default)]
    pub offered: Option<HelloOffer>,
    /// What the peer speaks, when it answers the ClientHello with no TLS.
    #[serde(default)]
    pub speaks: Option<Spoken>,
    /// What the peer speaks inside TLS, when that is no RDP.
    #[serde(default)]
    pub speaks_inside: Option<Spoken>,
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: Option<String>,
    /// IANA name of the suite.
    pub cipher_suite: Option<String>,
    /// The group of the key exchange.
    pub key_exchange: Option<String>,
    /// The server name that was sent; null when an address was used.
    pub sni: Option<String>,
    /// What became of the handshake's signature.
    pub signature: Option<HandshakeSignature>,
    /// Why it cannot be checked, where it cannot.
    #[serde(default)]
    pub signature_unchecked: Option<String>,
    /// Length of the stapled OCSP response in bytes; null without one.
    pub ocsp_staple: Option<usize>,
    /// Thumbprints of the served certificate, which are known even when it cannot be read.
    pub thumbprints: Option<Thumbprints>,
    /// The certificate and its chain, as served; null when it cannot be read.
    pub certificate: Option<Certificate>,
    /// Whether the server asked for a client certificate, of which we have none.
    pub client_certificate_requested: bool,
    /// The fatal alert that the server sent.
    pub alert_received: Option<Alert>,
    /// The fatal alert that we sent.
    pub alert_sent: Option<Alert>,
    /// Bytes sent in the handshake.
    pub bytes_sent: u64,
    /// Bytes received in the handshake.
    pub bytes_received: u64,
    /// The first bytes that the TLS library sent, of which experiments make their own hellos; in no report.
    #[serde(skip)]
    pub hello: Vec<u8>,
}

impl TlsEvidence {
    /// Whether the server selected the one version that was offered, and one of its suites.
    pub fn accepts_offer(&self) -> bool {
        let Some(offered) = &self.offered else { return false };
        let suite = self.cipher_suite.as_ref().is_some_and(|suite| offered.suites.contains(suite));
        suite && self.version.as_ref() == Some(&offered.version)
    }

    /// Whether the server selected one of the older suites of TLS 1.2 that this program speaks.
    pub fn selects_old_suite(&self) -> bool {
        let is_old = self.cipher_suite.as_ref().is_some_and(|suite| OLD_SUITES.contains(&suite.as_str()));
        is_old && self.is_tls12()
    }

    /// Whether TLS 1.2 was selected.
    pub fn is_tls12(&self) -> bool {
        self.version.as_deref() == Some("TLSv1.2")
    }

    /// Whether TLS 1.3 was selected.
    pub fn is_tls13(&self) -> bool {
        self.version.as_deref() == Some("TLSv1.3")
    }

    /// Whether the handshake ended with such a suite. A hello of our own learns what is selected, and goes no further.
    pub fn has_old_suite(&self) -> bool {
        self.selects_old_suite() && self.signature.is_some()
    }
}

/// A ClientHello that offers one version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct HelloOffer {
    /// `TLSv1.0` to `TLSv1.3`.
    pub version: String,
    /// IANA names of the suites.
    pub suites: Vec<String>,
}

/// What became of the signature that proves possession of the certificate's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandshakeSignature {
    /// It verifies.
    Valid,
    /// It does not: whoever answers does not hold the certificate's key.
    Invalid,
    /// The key or certificate is of a kind that cannot be checked here.
    NotCheckable,
}

/// A TLS alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Alert {
    /// The description's number.
    pub code: u32,
    /// Its IANA name.
    pub name: Option<String>,
}
