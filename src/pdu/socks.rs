//! SOCKS5: method selection, an account and CONNECT (RFC 1928, RFC 1929).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Malformed;

/// The version that every message but that of an account begins with.
pub const VERSION: u8 = 5;
/// The version of the messages about an account (RFC 1929 section 2).
pub const ACCOUNT_VERSION: u8 = 1;
/// No authentication.
pub const NO_AUTHENTICATION: u8 = 0;
/// User name and password.
pub const ACCOUNT: u8 = 2;
/// The proxy takes none of the methods.
pub const NO_METHOD: u8 = 0xFF;
/// The reply of a proxy that has connected.
pub const CONNECTED: u8 = 0;

const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;
/// The longest name, user and password.
const LONGEST: usize = 255;

/// Which methods we take.
pub fn greeting(account: bool) -> Vec<u8> {
    match account {
        true => vec![VERSION, 2, NO_AUTHENTICATION, ACCOUNT],
        false => vec![VERSION, 1, NO_AUTHENTICATION],
    }
}

/// User and password in the form of RFC 1929; none when one is empty or longer than 255 bytes.
pub fn account(user: &str, password: &str) -> Option<Vec<u8>> {
    let fits = |text: &str| (1..=LONGEST).contains(&text.len());
    (fits(user) && fits(password)).then(|| {
        let mut bytes = vec![ACCOUNT_VERSION];
        for text in [user, password] {
            bytes.push(text.len() as u8);
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    })
}

/// CONNECT to a host, a name unresolved; none when it is longer than 255 bytes.
pub fn connect(host: &str, port: u16) -> Option<Vec<u8>> {
    let mut bytes = vec![VERSION, CONNECT, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            bytes.push(IPV4);
            bytes.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            bytes.push(IPV6);
            bytes.extend(address.octets());
        }
        Err(_) if host.len() <= LONGEST => {
            bytes.extend([NAME, host.len() as u8]);
            bytes.extend_from_slice(host.as_bytes());
        }
        Err(_) => return None,
    }
    bytes.extend(port.to_be_bytes());
    Some(bytes)
}

/// The length of the two bytes that answer a greeting or an account, once they are known to begin with `version`.
///
/// # Errors
/// They begin with something else.
pub fn choice_length(bytes: &[u8], version: u8) -> Result<Option<usize>, Malformed> {
    match bytes.first() {
        Some(first) if *first != version => {
            Err(Malformed(format!("the answer begins with {first:#04x}, which is not SOCKS5")))
        }
        _ => Ok(Some(2)),
    }
}

/// The length of the answer to CONNECT; none when more bytes are needed to tell.
///
/// # Errors
/// It is not SOCKS5, or its address is of an unknown type.
pub fn reply_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    choice_length(bytes, VERSION)?;
    match bytes {
        // A refusal may be all that comes.
        [_, reply, ..] if *reply != 0 => Ok(Some(2)),
        _ => length_with_address(bytes),
    }
}

/// The length of a message that ends with an address and a port.
fn length_with_address(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let address = match bytes {
        [_, _, _, IPV4, ..] => 4,
        [_, _, _, IPV6, ..] => 16,
        [_, _, _, NAME, length, ..] => 1 + usize::from(*length),
        [_, _, _, NAME] | [_, _, _] | [_, _] | [_] | [] => return Ok(None),
        [_, _, _, kind, ..] => {
            return Err(Malformed(format!("the proxy's address has the unknown type {kind}")));
        }
    };
    Ok(Some(4 + address + 2))
}

/// The methods that a client offers, and the length of the message that offers them; none when more bytes are needed to tell.
pub fn offered(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (count, rest) = bytes.get(1..)?.split_first()?;
    let count = usize::from(*count);
    Some((rest.get(..count)?, 2 + count))
}

/// The length of a client's message about an account; none when more bytes are needed to tell.
pub fn account_length(bytes: &[u8]) -> Option<usize> {
    let user = usize::from(*bytes.get(1)?);
    let password = usize::from(*bytes.get(2 + user)?);
    Some(3 + user + password)
}

/// The length of a client's request; none when more bytes are needed to tell.
///
/// # Errors
/// As [`reply_length`].
pub fn request_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    choice_length(bytes, VERSION)?;
    length_with_address(bytes)
}

/// The host and the port that a whole request is to connect to; none if it asks for something else.
pub fn requested(request: &[u8]) -> Option<(String, u16)> {
    let (rest, port) = request.split_last_chunk::<2>()?;
    let host = match rest {
        [VERSION, CONNECT, _, IPV4, address @ ..] => Ipv4Addr::from(*address.first_chunk::<4>()?).to_string(),
        [VERSION, CONNECT, _, IPV6, address @ ..] => {
            Ipv6Addr::from(*address.first_chunk::<16>()?).to_string()
        }
        [VERSION, CONNECT, _, NAME, _, name @ ..] => String::from_utf8_lossy(name).into_owned(),
        _ => return None,
    };
    Some((host, u16::from_be_bytes(*port)))
}
