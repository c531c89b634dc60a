//! A certificate as the registry keeps it: a row of properties, each with its number, a 1, its length and its value, of
//! which one is the certificate itself (MS-GPEF, certificate BLOB).

use crate::utf16::text_to_nul;
/// CERT_KEY_PROV_INFO_PROP_ID: where the private key is.
const KEY: u32 = 2;
/// CERT_CERT_PROP_ID: the certificate in DER.
const CERTIFICATE: u32 = 32;
/// More properties are not read.
const MOST: usize = 64;
/// Names in a property are not longer than this, in UTF-16 units.
const LONGEST_NAME: usize = 512;

/// What was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stored {
    /// The certificate in DER.
    pub der: Vec<u8>,
    /// Where its private key is; none where nothing says so.
    pub key: Option<Key>,
}

/// Where a private key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The name of the key.
    pub container: String,
    /// Who keeps it.
    pub provider: String,
}

/// Reads the properties; none where one is cut off or the certificate is missing.
pub(super) fn read(mut blob: &[u8]) -> Option<Stored> {
    let mut stored = Stored::default();
    for _ in 0..MOST {
        if blob.is_empty() {
            break;
        }
        let (number, length) = (word(blob, 0)?, word(blob, 8)? as usize);
        let value = blob.get(12..12_usize.checked_add(length)?)?;
        match number {
            KEY => stored.key = key(value),
            CERTIFICATE => stored.der = value.to_vec(),
            _ => {}
        }
        blob = &blob[12 + length..];
    }
    (!stored.der.is_empty()).then_some(stored)
}

/// CRYPT_KEY_PROV_INFO with offsets in place of pointers: names at 0 and 4.
fn key(value: &[u8]) -> Option<Key> {
    let name = |at: usize| text(value.get(word(value, at)? as usize..)?);
    Some(Key { container: name(0)?, provider: name(4)? })
}

fn text(bytes: &[u8]) -> Option<String> {
    let name = text_to_nul(&bytes[..bytes.len().min(2 * LONGEST_NAME)]);
    (!name.is_empty()).then_some(name)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(word.try_into().ok()?))
}
