//! What a server says first where RDS AAD Auth was selected: a nonce in JSON (MS-RDPBCGR 2.2.18).

use serde::Deserialize;

use super::Malformed;

/// More bytes are no nonce.
const LONGEST: usize = 4096;

/// The Server Nonce PDU.
#[derive(Deserialize)]
struct ServerNonce {
    ts_nonce: String,
}

/// How long the text is that `bytes` begins with: to its closing brace, and a zero behind it where that has come along; none
/// when more bytes are needed.
///
/// # Errors
/// It is no JSON object, or longer than one with a nonce.
pub fn length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    if bytes.first().is_some_and(|first| *first != b'{') {
        return Err(Malformed(format!(
            "a message begins with {:#04x}, not with the brace of JSON",
            bytes[0]
        )));
    }
    // The object has no other in it, and a nonce no brace.
    match bytes.iter().take(LONGEST).position(|byte| *byte == b'}') {
        Some(end) => Ok(Some(end + 1 + usize::from(bytes.get(end + 1) == Some(&0)))),
        None if bytes.len() >= LONGEST => Err(Malformed(format!("{LONGEST} bytes of JSON without an end"))),
        None => Ok(None),
    }
}

/// How many characters the nonce has.
///
/// # Errors
/// There is none.
pub fn nonce_length(bytes: &[u8]) -> Result<usize, Malformed> {
    let text = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    let nonce: ServerNonce =
        serde_json::from_slice(text).map_err(|error| Malformed(format!("no ts_nonce in JSON: {error}")))?;
    match nonce.ts_nonce.chars().count() {
        0 => Err(Malformed::new("the ts_nonce is empty")),
        length => Ok(length),
    }
}
