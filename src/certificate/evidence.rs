//! What a chain says, and whether signatures by its key can be checked.

use sha2::{Digest as _, Sha256};
use x509_parser::{
    certificate::X509Certificate, prelude::FromDer as _, public_key::PublicKey as ParsedKey,
    x509::X509Version,
};

use super::{
    expectation::{Expectation, thumbprints},
    fields::{self, LARGEST_RSA},
    names, trust,
};
use crate::report::{Certificate, ChainCertificate, PublicKey, Timestamp};

/// Reads a chain as served, the server's own certificate first; none when that cannot be parsed.
pub fn evidence(chain: &[Vec<u8>], expectation: &Expectation<'_>) -> Option<Certificate> {
    let (leaf, rest) = chain.split_first()?;
    let (_, parsed) = X509Certificate::from_der(leaf).ok()?;
    let self_signed = parsed.subject() == parsed.issuer() && fields::signed_by_itself(&parsed);
    let names = names::of(&parsed);
    let name_matches = names::any_matches(&names, expectation.name);
    let (trust, trust_detail) = trust::check(chain, self_signed, &parsed, expectation);
    let thumbprints = thumbprints(leaf);
    Some(Certificate {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        not_before: Timestamp(parsed.validity().not_before.to_datetime()),
        not_after: Timestamp(parsed.validity().not_after.to_datetime()),
        sha1: thumbprints.sha1,
        sha256: thumbprints.sha256,
        serial: hex::encode(parsed.raw_serial()),
        x509_version: parsed.version().0 + 1,
        key: fields::key(&parsed),
        signature: fields::signature(&parsed),
        names,
        usage: fields::usage(&parsed),
        self_signed,
        name_matches,
        trust,
        trust_detail,
        chain: rest.iter().map(|der| member(der)).collect(),
    })
}

fn member(der: &[u8]) -> ChainCertificate {
    let parsed = X509Certificate::from_der(der).ok().map(|(_, parsed)| parsed);
    let validity = parsed.as_ref().map(|p| p.validity());
    ChainCertificate {
        subject: parsed.as_ref().map(|p| p.subject().to_string()),
        issuer: parsed.as_ref().map(|p| p.issuer().to_string()),
        not_before: validity.map(|v| Timestamp(v.not_before.to_datetime())),
        not_after: validity.map(|v| Timestamp(v.not_after.to_datetime())),
        sha256: hex::encode(Sha256::digest(der)),
    }
}

/// The content of the SubjectPublicKey BIT STRING, which CredSSP binds to (MS-CSSP 3.1.5).
pub fn subject_public_key(der: &[u8]) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    Some(parsed.public_key().subject_public_key.data.to_vec())
}

/// Whether a handshake signature by this certificate's key can be checked: ring takes no RSA key under 2048 or over
/// 8192 bits, and webpki no certificate that is not version 3.
pub fn checkable(der: &[u8]) -> bool {
    let Ok((_, parsed)) = X509Certificate::from_der(der) else { return false };
    let strong = match parsed.public_key().parsed() {
        Ok(ParsedKey::RSA(key)) => (PublicKey::SMALLEST_RSA..=LARGEST_RSA).contains(&fields::rsa_bits(&key)),
        Ok(_) => true,
        Err(_) => false,
    };
    strong && parsed.version() == X509Version::V3
}
