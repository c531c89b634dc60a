//! WebSocket on the server's side (RFC 6455): the answer to the key, frames that are read masked and written clear.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest, Sha1};

use crate::pdu::Malformed;

const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Far above what any client puts into one frame.
const LONGEST: u64 = 4 * 65536;

/// The kinds of frame that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    /// A part of the stream.
    Binary,
    /// The end.
    Close,
    /// To be answered.
    Ping,
    /// An answer.
    Pong,
}

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (1.3).
pub(super) fn accept(key: &str) -> String {
    STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize())
}

/// An unmasked frame (5.2).
pub(super) fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let opcode: u8 = match opcode {
        Opcode::Binary => 2,
        Opcode::Close => 8,
        Opcode::Ping => 9,
        Opcode::Pong => 10,
    };
    let mut frame = vec![0x80 | opcode];
    match u16::try_from(payload.len()) {
        Ok(length @ 0..=125) => frame.extend(&length.to_be_bytes()[1..]),
        Ok(length) => {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        }
        Err(_) => {
            frame.push(127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// Takes the first frame out of these bytes; `None` while it is not whole. A client must mask (5.1).
pub(super) fn take(bytes: &mut Vec<u8>) -> Result<Option<(Opcode, Vec<u8>)>, Malformed> {
    let [first, second, rest @ ..] = bytes.as_slice() else { return Ok(None) };
    if second & 0x80 == 0 {
        return Err(Malformed::new("a frame without a mask"));
    }
    let (digits, length) = match second & 0x7F {
        126 => (2, rest.first_chunk().map(|digits| u64::from(u16::from_be_bytes(*digits)))),
        127 => (8, rest.first_chunk().map(|digits| u64::from_be_bytes(*digits))),
        short => (0, Some(u64::from(short))),
    };
    let Some(length) = length else { return Ok(None) };
    if length > LONGEST {
        return Err(Malformed::new("a frame that is too long"));
    }
    let end = 4 + usize::try_from(length).expect("the bound fits");
    let Some(masked) = rest.get(digits..digits + end) else { return Ok(None) };
    let (mask, payload) = masked.split_at(4);
    let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    let opcode = match first & 0x0F {
        0..=2 => Opcode::Binary,
        8 => Opcode::Close,
        9 => Opcode::Ping,
        10 => Opcode::Pong,
        other => return Err(Malformed::new(format!("a frame with opcode {other}"))),
    };
    bytes.drain(..2 + digits + end);
    Ok(Some((opcode, payload)))
}
