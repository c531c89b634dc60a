//! WebSocket frames and the key of the handshake (RFC 6455 sections 1.3 and 5.2), as far as a client needs them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest as _, Sha1};

use super::Malformed;

/// The longest payload of one frame that is taken, in bytes.
pub const MAX_PAYLOAD: usize = 1 << 20;

/// What a control frame may carry at most.
const MAX_CONTROL: usize = 125;

/// MASK, beside the length of the payload.
const MASKED: u8 = 0x80;

const MAGIC: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// More of the message before.
    Continuation,
    /// A message of text, which a gateway never sends.
    Text,
    /// A message of bytes.
    Binary,
    /// The end.
    Close,
    /// To be answered with the same payload.
    Ping,
    /// The answer to one.
    Pong,
}

impl Opcode {
    fn of(number: u8) -> Option<Self> {
        let all = [Self::Continuation, Self::Text, Self::Binary, Self::Close, Self::Ping, Self::Pong];
        all.into_iter().find(|opcode| opcode.number() == number)
    }

    fn number(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    /// Whether it controls the connection and carries no data.
    pub fn is_control(self) -> bool {
        self.number() >= 8
    }
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the frame is for.
    pub opcode: Opcode,
    /// Length of the header itself.
    pub length: usize,
    /// Length of what follows.
    pub payload: usize,
    /// What the payload is masked with; a server masks nothing.
    pub mask: Option<[u8; 4]>,
}

/// Reads the header that `bytes` begin with; none when more bytes are needed to tell.
///
/// # Errors
/// No server may send such a frame: masked, of an unknown kind, with reserved bits, or longer than [`MAX_PAYLOAD`].
pub fn frame_header(bytes: &[u8]) -> Result<Option<FrameHeader>, Malformed> {
    if bytes.get(1).is_some_and(|second| second & MASKED != 0) {
        return Err(Malformed::new("a server may not mask its WebSocket frames"));
    }
    any_frame_header(bytes)
}

/// The same for a frame of either side.
///
/// # Errors
/// As [`frame_header`], but for the mask.
pub fn any_frame_header(bytes: &[u8]) -> Result<Option<FrameHeader>, Malformed> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let opcode = Opcode::of(first & 0x0F)
        .filter(|_| first & 0x70 == 0)
        .ok_or_else(|| Malformed(format!("no WebSocket frame begins with {first:#04x}")))?;
    let (extended, payload) = match second & 0x7F {
        126 => match rest.first_chunk::<2>() {
            Some(digits) => (2, u64::from(u16::from_be_bytes(*digits))),
            None => return Ok(None),
        },
        127 => match rest.first_chunk::<8>() {
            Some(digits) => (8, u64::from_be_bytes(*digits)),
            None => return Ok(None),
        },
        short => (0, u64::from(short)),
    };
    let most = if opcode.is_control() { MAX_CONTROL } else { MAX_PAYLOAD };
    match usize::try_from(payload) {
        Ok(payload) if payload <= most => {
            let is_masked = second & MASKED != 0;
            let mask = rest.get(extended..).and_then(<[u8]>::first_chunk).copied().filter(|_| is_masked);
            let length = 2 + extended + if is_masked { 4 } else { 0 };
            let is_whole = mask.is_some() == is_masked;
            Ok(is_whole.then_some(FrameHeader { opcode, length, payload, mask }))
        }
        _ => Err(Malformed(format!("a WebSocket frame claims {payload} bytes, more than {most}"))),
    }
}

/// A whole frame of a client, masked with `mask`.
pub fn client_frame(opcode: Opcode, mask: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode.number()];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(0x80 | short),
        (_, Ok(medium)) => {
            frame.push(0x80 | 126);
            frame.extend(medium.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// `Sec-WebSocket-Key` of these random bytes.
pub fn key(random: [u8; 16]) -> String {
    STANDARD.encode(random)
}

/// The `Sec-WebSocket-Accept` that belongs to a key.
pub fn accept(key: &str) -> String {
    STANDARD.encode(Sha1::digest(format!("{key}{MAGIC}")))
}
