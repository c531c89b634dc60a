//! Who signed an .rdp file, whether the signature is theirs, and whether they are trusted (RFC 5652 section 5.4).
//!
//! rdpsign signs the lines of `signscope` as the file has them, so `target` assembles them as they are and as clients
//! tidy them, and PKCS#7 is checked over each. No crate of ours reads SignedData with the signed bytes, so
//! x509-parser's DER does. The chain is checked for any usage, because signers have certificates of servers as well,
//! and at the time of the trace, because the signature has no time. What mstsc asks whoever opens the file is
//! reported; nobody asks it here.

use sha1::{Digest as _, Sha1};
use sha2::{Sha256, Sha384, Sha512};
use x509_parser::{
    asn1_rs::BitString, certificate::X509Certificate, error::X509Error, extensions::ParsedExtension,
    prelude::FromDer as _, verify::verify_signature, x509::AlgorithmIdentifier,
};

use super::{
    Expectation, Roots,
    cms::{Identifier, SignedData, Signer, signed_data},
    evidence,
};
use crate::{
    pdu::der::{OBJECT_IDENTIFIER, SEQUENCE, SET, encode},
    report::{Publisher, SignatureState, Timestamp},
};

const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";

/// What a detached signature shows.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Whether it is over one of the messages.
    pub state: SignatureState,
    /// Why that is not known.
    pub why: Option<&'static str>,
    /// Who signed.
    pub signer: Option<Publisher>,
}

impl Checked {
    fn not(state: SignatureState, why: &'static str) -> Self {
        Self { state, why: Some(why), signer: None }
    }
}

/// Checks a detached signature against these messages.
pub(crate) fn publisher(der: &[u8], messages: &[Vec<u8>], now: Timestamp, roots: &Roots<'_>) -> Checked {
    let Some(data) = signed_data(der) else {
        return Checked::not(SignatureState::Unreadable, "it is no SignedData of PKCS#7");
    };
    let Some(own) = own_certificate(&data) else {
        return Checked::not(SignatureState::Unchecked, "the signer's certificate is not in it");
    };
    let signer = about(own, &data.certificates, now, roots);
    let Ok((_, parsed)) = X509Certificate::from_der(own) else {
        return Checked::not(SignatureState::Unreadable, "the signer's certificate cannot be read");
    };
    let mut checked = Checked { state: SignatureState::Wrong, why: None, signer };
    for message in messages {
        match is_over(&data.signer, message, &parsed) {
            Ok(true) => return Checked { state: SignatureState::Valid, why: None, ..checked },
            Ok(false) => {}
            Err(why) => checked = Checked { state: SignatureState::Unchecked, why: Some(why), ..checked },
        }
    }
    checked
}

/// The certificate that the signer names.
fn own_certificate<'a>(data: &SignedData<'a>) -> Option<&'a [u8]> {
    data.certificates.iter().copied().find(|der| {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else { return false };
        match data.signer.identifier {
            Identifier::Issued(issuer, serial) => {
                certificate.issuer().as_raw() == issuer && certificate.raw_serial() == serial
            }
            Identifier::Key(key) => certificate.extensions().iter().any(|extension| {
                matches!(extension.parsed_extension(), ParsedExtension::SubjectKeyIdentifier(own) if own.0 == key)
            }),
        }
    })
}

/// The signer, with its chain checked as Windows does: whatever the certificate may be used for.
fn about(own: &[u8], all: &[&[u8]], now: Timestamp, roots: &Roots<'_>) -> Option<Publisher> {
    let others = all.iter().filter(|der| **der != own).map(|der| der.to_vec());
    let chain: Vec<Vec<u8>> = std::iter::once(own.to_vec()).chain(others).collect();
    let read = evidence(&chain, &Expectation { name: "", now, roots, pin: None })?;
    let is_expired = now > read.not_after;
    Some(Publisher {
        subject: read.subject,
        issuer: read.issuer,
        not_before: read.not_before,
        not_after: read.not_after,
        in_time: !is_expired && now >= read.not_before,
        sha1: read.sha1,
        sha256: read.sha256,
        trust: read.trust,
        trust_detail: read.trust_detail,
    })
}

/// Whether the signature is over the message.
fn is_over(signer: &Signer<'_>, message: &[u8], own: &X509Certificate<'_>) -> Result<bool, &'static str> {
    match signer.attributes {
        None => is_signed(signer, message, own),
        Some((raw, digest)) => {
            let of_message = digest_of(&signer.digest, message).ok_or("its digest is not known here")?;
            if digest != Some(of_message.as_slice()) {
                return Ok(false);
            }
            let set: Vec<u8> = std::iter::once(SET).chain(raw.iter().skip(1).copied()).collect();
            is_signed(signer, &set, own)
        }
    }
}

fn is_signed(signer: &Signer<'_>, bytes: &[u8], own: &X509Certificate<'_>) -> Result<bool, &'static str> {
    const UNKNOWN: &str = "its algorithm or key cannot be checked here";
    let made = algorithm(signer).ok_or(UNKNOWN)?;
    let (_, algorithm) = AlgorithmIdentifier::from_der(&made).map_err(|_| UNKNOWN)?;
    let signature = BitString::new(0, signer.signature);
    match verify_signature(own.public_key(), &algorithm, &signature, bytes) {
        Ok(()) => Ok(true),
        // ring takes no short key, and says no more of it than of a wrong signature.
        Err(X509Error::SignatureVerificationError) if super::checkable(own.as_raw()) => Ok(false),
        Err(X509Error::SignatureVerificationError) => Err(UNKNOWN),
        Err(_) => Err(UNKNOWN),
    }
}

/// The algorithm with its digest: a SignerInfo may name the kind of key alone.
fn algorithm(signer: &Signer<'_>) -> Option<Vec<u8>> {
    let with_digest: &[u8] = match (signer.algorithm.as_str(), signer.digest.as_str()) {
        (RSA, "1.3.14.3.2.26") => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05],
        (RSA, "2.16.840.1.101.3.4.2.1") => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B],
        (RSA, "2.16.840.1.101.3.4.2.2") => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C],
        (RSA, "2.16.840.1.101.3.4.2.3") => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D],
        (EC, "2.16.840.1.101.3.4.2.1") => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02],
        (EC, "2.16.840.1.101.3.4.2.2") => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03],
        (RSA | EC, _) => return None,
        _ => return Some(signer.algorithm_der.to_vec()),
    };
    Some(encode(SEQUENCE, &[&encode(OBJECT_IDENTIFIER, &[with_digest])]))
}

fn digest_of(oid: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match oid {
        "1.3.14.3.2.26" => Sha1::digest(bytes).to_vec(),
        "2.16.840.1.101.3.4.2.1" => Sha256::digest(bytes).to_vec(),
        "2.16.840.1.101.3.4.2.2" => Sha384::digest(bytes).to_vec(),
        "2.16.840.1.101.3.4.2.3" => Sha512::digest(bytes).to_vec(),
        _ => return None,
    })
}
