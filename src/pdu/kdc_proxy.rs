//! KDC-PROXY-MESSAGE (MS-KKDCP 2.2.2): a Kerberos message, behind its length, on its way through HTTPS.

use super::{
    Malformed,
    der::{GENERAL_STRING, OCTET_STRING, SEQUENCE, element, encode, fields, inside},
    kerberos::tcp_length,
};

/// What asks a KDC of this realm; `message` begins with its length.
pub fn request(message: &[u8], realm: &str) -> Vec<u8> {
    let message = encode(0xA0, &[&encode(OCTET_STRING, &[message])]);
    let realm = encode(0xA1, &[&encode(GENERAL_STRING, &[realm.as_bytes()])]);
    encode(SEQUENCE, &[&message, &realm])
}

/// The message in an answer, behind its length.
///
/// # Errors
/// There is none, or its length is another.
pub fn answer(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut fields = fields(bytes)?;
    loop {
        if let (0xA0, content) = element(&mut fields)? {
            let message = inside(content, OCTET_STRING)?;
            return match tcp_length(message)? {
                Some(length) if length == message.len() => Ok(message.to_vec()),
                _ => Err(Malformed::new("a KDC proxy's answer whose message has another length")),
            };
        }
    }
}
