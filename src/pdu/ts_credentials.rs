//! Writes TSCredentials with a password (MS-CSSP 2.2.1.2) into one buffer that never moves and is wiped.

use zeroize::Zeroizing;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

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
    1 + length(content).1 + content
}

/// A DER length: nine octets of which the last ones are used, and how many.
fn length(content: usize) -> ([u8; 9], usize) {
    let mut octets = [0; 9];
    octets[1..].copy_from_slice(&(content as u64).to_be_bytes());
    if content < 0x80 {
        return (octets, 1);
    }
    let unused = octets.iter().take_while(|octet| **octet == 0).count();
    octets[unused - 1] = 0x80 | u8::try_from(9 - unused).unwrap_or_default();
    (octets, 10 - unused)
}

fn begin(bytes: &mut Vec<u8>, tag: u8, content: usize) {
    let (octets, used) = length(content);
    bytes.push(tag);
    bytes.extend(&octets[9 - used..]);
}

const fn context(number: u8) -> u8 {
    0xA0 | number
}
