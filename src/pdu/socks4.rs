//! SOCKS4 and SOCKS4A: CONNECT and its answer (Y. Lee, "SOCKS: A protocol for TCP proxy across firewalls", and its extension).

use std::net::Ipv4Addr;

use super::Malformed;

/// The version that a request begins with; its answer begins with 0.
pub const VERSION: u8 = 4;
/// The reply of a proxy that has connected.
pub const GRANTED: u8 = 90;
/// The length of an answer.
pub const REPLY: usize = 8;

const CONNECT: u8 = 1;
/// Version, command, port and address.
const HEAD: usize = 8;
/// The longest name, of a user or of a host.
const LONGEST: usize = 255;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The address, or with SOCKS4A a name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The length of the request.
    pub length: usize,
}

/// Reads a request to connect; none when more bytes are needed to tell.
///
/// # Errors
/// The bytes are no such request.
pub fn request(bytes: &[u8]) -> Result<Option<Asked>, Malformed> {
    let begin = [VERSION, CONNECT];
    let common = bytes.len().min(begin.len());
    if bytes[..common] != begin[..common] || bytes.get(2..4) == Some(&[0, 0]) {
        return Err(Malformed::new("this is no request of SOCKS4 to connect"));
    }
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else { return Ok(None) };
    let [_, _, high, low, address @ ..] = *head;
    let Some(user) = text(rest)? else { return Ok(None) };
    let mut length = HEAD + user.len() + 1;
    // An address that no host has says that a name follows.
    let host = match address {
        [0, 0, 0, last] if last != 0 => {
            let Some(name) = text(&bytes[length..])? else { return Ok(None) };
            length += name.len() + 1;
            String::from_utf8_lossy(name).into_owned()
        }
        _ => Ipv4Addr::from(address).to_string(),
    };
    Ok(Some(Asked { host, port: u16::from_be_bytes([high, low]), length }))
}

/// What is before a zero; none if it has not come.
fn text(bytes: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    match bytes.iter().take(LONGEST + 1).position(|byte| *byte == 0) {
        Some(end) => Ok(Some(&bytes[..end])),
        None if bytes.len() > LONGEST => Err(Malformed::new("a name of SOCKS4 does not end")),
        None => Ok(None),
    }
}

/// The length of the answer, once it is known to be one.
///
/// # Errors
/// It begins with something else.
pub fn reply_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    match bytes.first() {
        // Some proxies begin it with the version of the request.
        Some(0 | &VERSION) => Ok(Some(REPLY)),
        Some(first) => Err(Malformed(format!("the answer begins with {first:#04x}, which is not SOCKS4"))),
        None => Ok(None),
    }
}
