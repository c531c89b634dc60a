//! A certificate as it was served.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The server's certificate and what can be read off it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Certificate {
    /// Distinguished name of the subject.
    pub subject: String,
    /// Distinguished name of the issuer.
    pub issuer: String,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
    /// SHA-1 thumbprint; what `SSLCertificateSHA1Hash` holds.
    pub sha1: String,
    /// SHA-256 thumbprint.
    pub sha256: String,
    /// Serial number, lower-case hex.
    pub serial: String,
    /// X.509 version, 1 to 3.
    pub x509_version: u32,
    /// The public key.
    pub key: PublicKey,
    /// The issuer's signature.
    pub signature: Signature,
    /// DNS names and addresses of the subject alternative name, or else the common name.
    pub names: Vec<String>,
    /// What the certificate may be used for.
    pub usage: Usage,
    /// Whether subject and issuer are the same and its own key signed it.
    pub self_signed: bool,
    /// Whether one of `names` is the name or address used.
    pub name_matches: bool,
    /// Whether the chain leads to a root that is trusted here.
    pub trust: Trust,
    /// What the check said, when it was neither trusted nor self-signed.
    pub trust_detail: Option<String>,
    /// The certificates served after it, in order.
    pub chain: Vec<ChainCertificate>,
}

/// What names a certificate whatever is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Thumbprints {
    /// SHA-1; what `SSLCertificateSHA1Hash` holds.
    pub sha1: String,
    /// SHA-256.
    pub sha256: String,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct PublicKey {
    /// `RSA`, `EC`, `Ed25519`, or the object identifier.
    pub algorithm: String,
    /// Size in bits; null when not known.
    pub bits: Option<u32>,
    /// The curve of an elliptic key.
    pub curve: Option<String>,
}

impl PublicKey {
    /// Bits of the smallest RSA key that is not weak: ring and webpki verify with none below, and OpenSSL takes none at its usual
    /// level.
    pub const SMALLEST_RSA: u32 = 2048;
}

/// The algorithm a certificate is signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Signature {
    /// Name such as `sha256WithRSAEncryption`, or the object identifier.
    pub algorithm: String,
    /// The digest, such as `SHA-256`; null when the algorithm names none.
    pub digest: Option<String>,
    /// Length of the signature in bits.
    pub bits: u32,
}

/// Extended key usages, as far as they matter here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Usage {
    /// Server authentication, 1.3.6.1.5.5.7.3.1.
    pub server_authentication: bool,
    /// Remote Desktop Authentication, 1.3.6.1.4.1.311.54.1.2.
    pub remote_desktop: bool,
    /// Every extended key usage, as object identifiers; empty when there is no such extension.
    pub extended: Vec<String>,
    /// Whether the extension is present.
    pub restricted: bool,
    /// The key usage bits' names; null when there is no such extension.
    pub key: Option<Vec<String>>,
}

/// Whether the system, or the given anchors, would trust the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trust {
    /// The chain leads to a trusted root.
    Trusted,
    /// Self-signed and not itself an anchor.
    SelfSigned,
    /// No trusted root was reached.
    UnknownIssuer,
    /// The check ended with another result.
    Other,
    /// No trust anchors could be read.
    NotChecked,
}

/// A further certificate of the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ChainCertificate {
    /// Distinguished name of the subject; null when it could not be read.
    pub subject: Option<String>,
    /// Distinguished name of the issuer.
    pub issuer: Option<String>,
    /// Start of validity.
    pub not_before: Option<Timestamp>,
    /// End of validity.
    pub not_after: Option<Timestamp>,
    /// SHA-256 thumbprint.
    pub sha256: String,
}
