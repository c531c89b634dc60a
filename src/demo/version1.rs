//! A certificate of X.509 version 1 (RFC 5280 section 4.1): without a field for the version, and without extensions.

use rcgen::{KeyPair, SigningKey as _};

use crate::pdu::der::{BIT_STRING, SEQUENCE, context, element, encode, fields};
use crate::pdu::{Malformed, Reader};

/// The same self-signed certificate in version 1.
pub(super) fn version1(certificate: &[u8], key: &KeyPair) -> Result<Vec<u8>, String> {
    let (tbs, algorithm) = parts(certificate).map_err(|error| error.to_string())?;
    let signature = key.sign(&tbs).map_err(|error| error.to_string())?;
    // No bit is unused.
    let signature = encode(BIT_STRING, &[&[0], &signature]);
    Ok(encode(SEQUENCE, &[&tbs, &algorithm, &signature]))
}

/// The TBSCertificate in version 1, and the algorithm of the signature.
fn parts(certificate: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Malformed> {
    let mut outer = fields(certificate)?;
    let (_, tbs) = element(&mut outer)?;
    let (tag, algorithm) = element(&mut outer)?;
    let (mut fields, mut kept) = (Reader::new(tbs), Vec::new());
    while let Ok((tag, field)) = element(&mut fields) {
        if tag != context(0) && tag != context(3) {
            kept.extend(encode(tag, &[field]));
        }
    }
    Ok((encode(SEQUENCE, &[&kept]), encode(tag, &[algorithm])))
}
