//! SOCKS5: method selection, an account and CONNECT (RFC 1928, RFC 1929).

use std::net::IpAddr;

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
    let address = match bytes {
        // A refusal may be all that comes.
        [_, reply, ..] if *reply != 0 => return Ok(Some(2)),
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
