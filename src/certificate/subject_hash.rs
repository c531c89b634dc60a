//! The hash of a certificate's subject, after which OpenSSL names the files of a directory of roots (X509_NAME_hash).

use sha1::{Digest as _, Sha1};
use x509_parser::{asn1_rs::Any, certificate::X509Certificate, prelude::FromDer as _};

use crate::pdu::der::{OBJECT_IDENTIFIER, SEQUENCE, SET, UTF8_STRING, encode};

/// T61String, whose bytes are taken for Latin-1.
const T61_STRING: u32 = 20;
/// UTF8String, PrintableString, IA5String and VisibleString.
const BYTES: [u32; 4] = [12, 19, 22, 26];
const UNIVERSAL_STRING: u32 = 28;
const BMP_STRING: u32 = 30;

/// The eight hex digits; none where the certificate cannot be read.
pub fn subject_hash(der: &[u8]) -> Option<String> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let mut digest = Sha1::new();
    for names in parsed.subject().iter_rdn() {
        let mut entries: Vec<Vec<u8>> = names
            .iter()
            .map(|name| {
                let kind = encode(OBJECT_IDENTIFIER, &[name.attr_type().as_bytes()]);
                encode(SEQUENCE, &[&kind, &canonical(name.attr_value())])
            })
            .collect();
        entries.sort();
        digest.update(encode(SET, &[&entries.concat()]));
    }
    let digest = digest.finalize();
    Some(format!("{:08x}", u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])))
}

/// A string is compared as UTF-8 in small letters with single spaces; anything else as it is.
fn canonical(any: &Any<'_>) -> Vec<u8> {
    let text = match any.tag().0 {
        tag if BYTES.contains(&tag) => any.data.to_vec(),
        T61_STRING => any.data.iter().copied().map(char::from).collect::<String>().into_bytes(),
        BMP_STRING => wide(any.data, 2),
        UNIVERSAL_STRING => wide(any.data, 4),
        tag => return encode(u8::try_from(tag).unwrap_or_default(), &[any.data]),
    };
    let words = text.split(|byte| byte.is_ascii_whitespace() || *byte == 0x0B);
    let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
    encode(UTF8_STRING, &[&words.join(&b' ').to_ascii_lowercase()])
}

fn wide(data: &[u8], width: usize) -> Vec<u8> {
    let code = |bytes: &[u8]| bytes.iter().fold(0, |code, byte| (code << 8) | u32::from(*byte));
    let text: String = data.chunks(width).filter_map(|bytes| char::from_u32(code(bytes))).collect();
    text.into_bytes()
}
