//! A certificate of X.509 version 1 (RFC 5280 section 4.1): without a field for the version, and without extensions.

use rcgen::{KeyPair, SigningKey as _};

use super::der::{any, content, context, element};
use crate::pdu::{Malformed, Reader};

const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = super::der::SEQUENCE;

/// The same self-signed certificate in version 1.
pub(super) fn version1(certificate: &[u8], key: &KeyPair) -> Result<Vec<u8>, String> {
    let (tbs, algorithm) = parts(certificate).map_err(|error| error.to_string())?;
    let signature = key.sign(&tbs).map_err(|error| error.to_string())?;
    // No bit is unused.
    let signature = element(BIT_STRING, &[&[0], &signature[..]].concat());
    Ok(element(SEQUENCE, &[tbs, algorithm, signature].concat()))
}

/// The TBSCertificate in version 1, and the algorithm of the signature.
fn parts(certificate: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Malformed> {
    let mut outer = Reader::new(content(certificate, SEQUENCE)?);
    let (_, tbs) = any(&mut outer)?;
    let (tag, algorithm) = any(&mut outer)?;
    let (mut fields, mut kept) = (Reader::new(tbs), Vec::new());
    while let Ok((tag, field)) = any(&mut fields) {
        if tag != context(0) && tag != context(3) {
            kept.extend(element(tag, field));
        }
    }
    Ok((element(SEQUENCE, &kept), element(tag, algorithm)))
}
