//! Writes TSCredentials with a password (MS-CSSP 2.2.1.2) into one buffer that never moves and is wiped.

use zeroize::Zeroizing;

use super::der::{INTEGER, OCTET_STRING, SEQUENCE, begin, context};

/// credType of TSPasswordCreds.
const PASSWORD: u8 = 1;

/// TSCredentials of this account; without a name and a password nothing is delegated (Restricted Admin mode).
pub fn ts_credentials(domain: &str, user: &str, password: &str) -> Zeroizing<Vec<u8>> {
    let texts = [domain, user, password];
    let password_creds: usize = texts.iter().map(|text| framed(framed(octets(text)))).sum();
    let content = framed(3) + framed(framed(framed(password_creds)));
    let mut bytes = Zeroizing::new(Vec::with_capacity(framed(content)));
    begin(&mut bytes, SEQUENCE, content);
    begin(&mut bytes, context(0), 3);
    bytes.extend([INTEGER, 1, PASSWORD]);
    begin(&mut bytes, context(1), framed(framed(password_creds)));
    begin(&mut bytes, OCTET_STRING, framed(password_creds));
    begin(&mut bytes, SEQUENCE, password_creds);
    for (number, text) in (0..).zip(texts) {
        begin(&mut bytes, context(number), framed(octets(text)));
        begin(&mut bytes, OCTET_STRING, octets(text));
        text.encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes()));
    }
    bytes
}

/// The octets of a text in UTF-16.
fn octets(text: &str) -> usize {
    text.encode_utf16().count() * 2
}

/// The octets of an element with this content.
fn framed(content: usize) -> usize {
    let mut header = Vec::new();
    begin(&mut header, SEQUENCE, content);
    header.len() + content
}
