//! Key, signature and usages of a certificate (RFC 5280 section 4).

use std::sync::OnceLock;

use x509_parser::{
    certificate::X509Certificate,
    oid_registry::{self, Oid, OidRegistry},
    public_key::{PublicKey as ParsedKey, RSAPublicKey},
    signature_algorithm::SignatureAlgorithm,
};

use crate::report::{PublicKey, Signature, Usage};

/// The largest RSA key that ring and webpki verify with, in bits.
pub(super) const LARGEST_RSA: u32 = 8192;

/// Remote Desktop Authentication, the usage Windows puts into RDP certificates.
const REMOTE_DESKTOP: &str = "1.3.6.1.4.1.311.54.1.2";
/// anyExtendedKeyUsage.
pub(super) const ANY_USAGE: &str = "2.5.29.37.0";
const ED25519: &str = "1.3.101.112";

/// Algorithm, size and curve of the public key.
pub(super) fn key(certificate: &X509Certificate<'_>) -> PublicKey {
    let info = certificate.public_key();
    match info.parsed() {
        Ok(ParsedKey::RSA(key)) => {
            PublicKey { algorithm: "RSA".to_owned(), bits: Some(rsa_bits(&key)), curve: None }
        }
        Ok(ParsedKey::EC(point)) => {
            let curve = info.algorithm.parameters.as_ref().and_then(|p| p.as_oid().ok());
            PublicKey {
                algorithm: "EC".to_owned(),
                // Counted in whole bytes, of which the largest curve of NIST does not fill the first.
                bits: u32::try_from(point.key_size()).ok().map(|bits| if bits == 528 { 521 } else { bits }),
                curve: curve.map(|oid| name(&oid)),
            }
        }
        _ if info.algorithm.algorithm.to_id_string() == ED25519 => {
            PublicKey { algorithm: "Ed25519".to_owned(), bits: Some(256), curve: None }
        }
        _ => PublicKey { algorithm: name(&info.algorithm.algorithm), bits: None, curve: None },
    }
}

/// Bits of the modulus, without leading zeros.
pub(super) fn rsa_bits(key: &RSAPublicKey<'_>) -> u32 {
    let modulus = key.modulus;
    let Some(start) = modulus.iter().position(|byte| *byte != 0) else { return 0 };
    let bytes = u32::try_from(modulus.len() - start).unwrap_or(u32::MAX);
    bytes.saturating_mul(8) - modulus[start].leading_zeros()
}

/// The algorithm the issuer signed with.
pub(super) fn signature(certificate: &X509Certificate<'_>) -> Signature {
    let algorithm = pss(certificate).unwrap_or_else(|| name(&certificate.signature_algorithm.algorithm));
    let bytes = certificate.signature_value.data.len();
    Signature {
        digest: digest(&algorithm).map(str::to_owned),
        algorithm,
        bits: u32::try_from(bytes * 8).unwrap_or(u32::MAX),
    }
}

/// RSASSA-PSS names its digest in the parameters, SHA-1 when it names none (RFC 4055 section 3.1).
fn pss(certificate: &X509Certificate<'_>) -> Option<String> {
    match SignatureAlgorithm::try_from(&certificate.signature_algorithm).ok()? {
        SignatureAlgorithm::RSASSA_PSS(parameters) => {
            Some(format!("RSASSA-PSS with {}", name(parameters.hash_algorithm_oid())))
        }
        _ => None,
    }
}

fn digest(algorithm: &str) -> Option<&'static str> {
    let lower = algorithm.to_ascii_lowercase();
    let known = [
        ("sha512", "SHA-512"),
        ("sha384", "SHA-384"),
        ("sha256", "SHA-256"),
        ("sha1", "SHA-1"),
        ("md5", "MD5"),
        ("md2", "MD2"),
    ];
    known.into_iter().find(|(part, _)| lower.contains(part)).map(|(_, name)| name)
}

/// Whether the certificate's own key signed it. A key that cannot be checked here counts by its names alone.
pub(super) fn signed_by_itself(certificate: &X509Certificate<'_>) -> bool {
    !matches!(
        certificate.verify_signature(None),
        Err(x509_parser::error::X509Error::SignatureVerificationError)
    ) || super_small_rsa(certificate)
}

/// ring reports a key it does not take as a failed verification.
fn super_small_rsa(certificate: &X509Certificate<'_>) -> bool {
    matches!(certificate.public_key().parsed(), Ok(ParsedKey::RSA(key)) if rsa_bits(&key) < PublicKey::SMALLEST_RSA)
}

/// Key usages; a certificate without the extended extension may serve everything.
pub(super) fn usage(certificate: &X509Certificate<'_>) -> Usage {
    let extension = certificate.extended_key_usage().ok().flatten().map(|e| e.value);
    let other: Vec<String> =
        extension.iter().flat_map(|e| e.other.iter().map(|oid| oid.to_id_string())).collect();
    let mut extended = Vec::new();
    if let Some(e) = extension {
        let known = [
            (e.any, ANY_USAGE),
            (e.server_auth, "1.3.6.1.5.5.7.3.1"),
            (e.client_auth, "1.3.6.1.5.5.7.3.2"),
            (e.code_signing, "1.3.6.1.5.5.7.3.3"),
            (e.email_protection, "1.3.6.1.5.5.7.3.4"),
            (e.time_stamping, "1.3.6.1.5.5.7.3.8"),
            (e.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
        ];
        extended.extend(known.into_iter().filter(|(set, _)| *set).map(|(_, oid)| oid.to_owned()));
    }
    let remote_desktop = extension.is_none_or(|e| e.any) || other.iter().any(|oid| oid == REMOTE_DESKTOP);
    extended.extend(other);
    Usage {
        server_authentication: extension.is_none_or(|e| e.any || e.server_auth),
        remote_desktop,
        extended,
        restricted: extension.is_some(),
        key: certificate.key_usage().ok().flatten().map(|k| key_usage(&k.value.to_string())),
    }
}

fn key_usage(text: &str) -> Vec<String> {
    text.split(", ").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn name(oid: &Oid<'_>) -> String {
    static REGISTRY: OnceLock<OidRegistry<'static>> = OnceLock::new();
    let registry = REGISTRY.get_or_init(|| OidRegistry::default().with_crypto().with_x509());
    oid_registry::format_oid(oid, registry)
}
