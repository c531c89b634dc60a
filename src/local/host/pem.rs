//! What a file of certificates or of a private key says of itself, and nothing secret.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use x509_parser::{
    asn1_rs::Any, certificate::X509Certificate, prelude::FromDer as _, public_key::PublicKey,
    x509::SubjectPublicKeyInfo,
};

use super::types::{Certificates, PrivateKey};

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

/// Counts the certificates of a file, and those that are within their dates.
pub(super) fn certificates(text: &str, now: OffsetDateTime) -> Certificates {
    let mut found = Certificates::default();
    for (_, body) in blocks(text).filter(|(label, _)| label.ends_with("CERTIFICATE")) {
        let bytes = decoded(body);
        // A trusted one of OpenSSL has words about its use behind it.
        match bytes.as_deref().map(X509Certificate::from_der) {
            Some(Ok((_, certificate))) => {
                let validity = certificate.validity();
                let is_valid =
                    validity.not_before.to_datetime() <= now && now <= validity.not_after.to_datetime();
                found.held += 1;
                found.valid += usize::from(is_valid);
            }
            _ => found.damaged += 1,
        }
    }
    found
}

/// What a file holds where a private key is looked for: the first one counts.
pub(super) fn private_key(text: &str) -> PrivateKey {
    let Some((label, body)) = blocks(text).find(|(label, _)| label.ends_with("PRIVATE KEY")) else {
        return PrivateKey::Missing;
    };
    if label.starts_with("ENCRYPTED") || body.contains("ENCRYPTED") {
        return PrivateKey::Encrypted;
    }
    let Some(bytes) = decoded(body) else { return PrivateKey::Missing };
    let public = match label {
        "RSA PRIVATE KEY" => of_rsa(&bytes),
        "EC PRIVATE KEY" => of_curve(&bytes),
        "PRIVATE KEY" => match packed(&bytes) {
            None => return PrivateKey::Missing,
            Some((RSA, key)) => of_rsa(key),
            Some((EC, key)) => of_curve(key),
            Some(_) => return PrivateKey::Other,
        },
        _ => return PrivateKey::Other,
    };
    public.map_or(PrivateKey::Other, |public| PrivateKey::Of { public })
}

/// The digest of the public half that a certificate is of; none for kinds of keys that are not compared.
pub fn public_key(key: &SubjectPublicKeyInfo<'_>) -> Option<String> {
    match key.parsed().ok()? {
        PublicKey::RSA(key) => Some(digest(key.modulus)),
        PublicKey::EC(point) => Some(digest(point.data())),
        _ => None,
    }
}

/// Of a modulus, or of a point of a curve.
fn digest(public: &[u8]) -> String {
    let zeros = public.iter().take_while(|byte| **byte == 0).count();
    hex::encode(Sha256::digest(&public[zeros..]))
}

/// The blocks of a file, each with its label.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("-----BEGIN ").skip(1).filter_map(|rest| {
        let (label, rest) = rest.split_once("-----")?;
        let (body, _) = rest.split_once("-----END ")?;
        Some((label, body))
    })
}

fn decoded(body: &str) -> Option<Vec<u8>> {
    let digits: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(digits).ok().filter(|bytes| !bytes.is_empty())
}

/// The modulus of a key of PKCS #1.
fn of_rsa(bytes: &[u8]) -> Option<String> {
    let (inside, _) = element(bytes, 0x30)?;
    let (_, rest) = element(inside, 0x02)?;
    let (modulus, _) = element(rest, 0x02)?;
    Some(digest(modulus))
}

/// The public point of a key of SEC 1, which may be left out.
fn of_curve(bytes: &[u8]) -> Option<String> {
    let (inside, _) = element(bytes, 0x30)?;
    let (_, rest) = element(inside, 0x02)?;
    let (_, rest) = element(rest, 0x04)?;
    let rest = element(rest, 0xa0).map_or(rest, |(_, rest)| rest);
    let (public, _) = element(rest, 0xa1)?;
    let (point, _) = element(public, 0x03)?;
    // Before it stands how many bits of its end do not count: none.
    point.strip_prefix(&[0]).map(digest)
}

/// The algorithm and the key of PKCS #8.
fn packed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, _) = element(bytes, 0x30)?;
    let (_, rest) = element(inside, 0x02)?;
    let (algorithm, rest) = element(rest, 0x30)?;
    let (name, _) = element(algorithm, 0x06)?;
    let (key, _) = element(rest, 0x04)?;
    Some((name, key))
}

/// An element of DER with this tag: what is in it, and what follows.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (rest, found) = Any::from_der(bytes).ok()?;
    (found.header.raw_tag() == Some(&[tag])).then_some((found.data, rest))
}
