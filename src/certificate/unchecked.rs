//! Why the signature of a handshake cannot be checked here: what webpki and ring do not take.

use x509_parser::{
    certificate::X509Certificate, prelude::FromDer as _, public_key::PublicKey as ParsedKey,
    x509::X509Version,
};

use super::fields::{self, LARGEST_RSA};
use crate::report::PublicKey;

/// id-RSASSA-PSS (RFC 8017 appendix A.2.3).
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";

/// What is not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// A certificate that cannot be read.
    Unreadable,
    /// A certificate of this version of X.509.
    Version(u32),
    /// An RSA key with so many bits.
    RsaBits(u32),
    /// ECDSA with P-521.
    P521,
    /// A key for RSASSA-PSS alone (RFC 8446 section 4.2.3).
    Pss,
    /// A signature over a SHA-1 digest.
    Sha1,
    /// Another kind of key, or of signature.
    Other,
}

impl Unchecked {
    /// What keeps a signature of this SignatureScheme by this certificate from being checked.
    pub fn of(der: &[u8], scheme: u16) -> Self {
        let Ok((_, parsed)) = X509Certificate::from_der(der) else { return Self::Unreadable };
        if parsed.version() != X509Version::V3 {
            return Self::Version(parsed.version().0.saturating_add(1));
        }
        if let Ok(ParsedKey::RSA(key)) = parsed.public_key().parsed() {
            let bits = fields::rsa_bits(&key);
            if !(PublicKey::SMALLEST_RSA..=LARGEST_RSA).contains(&bits) {
                return Self::RsaBits(bits);
            }
        }
        let pss = parsed.public_key().algorithm.algorithm.to_id_string() == RSASSA_PSS;
        match scheme {
            0x0603 => Self::P521,
            0x0809..=0x080B => Self::Pss,
            _ if pss => Self::Pss,
            0x0201 | 0x0203 => Self::Sha1,
            _ => Self::Other,
        }
    }

    /// The reason, as a clause.
    pub fn reason(self) -> String {
        match self {
            Self::Unreadable => "the certificate cannot be read".to_owned(),
            Self::Version(version) => {
                format!("the certificate is X.509 version {version}, and only version 3 is checked here")
            }
            Self::RsaBits(bits) => format!(
                "the RSA key has {bits} bits, and only {} to {LARGEST_RSA} are checked here",
                PublicKey::SMALLEST_RSA
            ),
            Self::P521 => "the key is on the curve P-521, which is not checked here".to_owned(),
            Self::Pss => "the key is one for RSASSA-PSS alone, which is not checked here".to_owned(),
            Self::Sha1 => "it is a signature over SHA-1, which is not checked here".to_owned(),
            Self::Other => "the key is of a kind that is not checked here".to_owned(),
        }
    }
}
