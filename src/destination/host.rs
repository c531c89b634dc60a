//! A host and a port as they are written, and what can be no host (RFC 1123, RFC 3986 3.2.2).

use std::net::{IpAddr, Ipv6Addr};

use crate::endpoint::Endpoint;

/// The longest name, without the dot at its end (RFC 1035 2.3.4).
const LONGEST_NAME: usize = 253;

/// A host with its port, or with `port` if none is given.
///
/// # Errors
/// Why the text is no host.
pub fn endpoint_or(text: &str, port: u16) -> Result<Endpoint, &'static str> {
    let (host, given) = host_and_port(text)?;
    Ok(Endpoint { host, port: given.unwrap_or(port) })
}

/// Why this can be no host; none where it can.
pub fn unusable(host: &str) -> Option<&'static str> {
    match host.len() {
        _ if is_host(host) => None,
        0 => Some("it is empty"),
        length if length > LONGEST_NAME => Some("it is longer than a name can be"),
        _ => Some("it is neither a host name nor an address"),
    }
}

/// A host, and the port if one is given.
///
/// # Errors
/// Why the text is no host.
pub fn host_and_port(text: &str) -> Result<(String, Option<u16>), &'static str> {
    if let Some(why) = odd(text) {
        return Err(why);
    }
    let (host, port) = split(text).ok_or("the brackets of an IPv6 address do not match")?;
    let port = match port {
        None => None,
        Some(text) => Some(port_number(text).ok_or("a port is a number from 1 to 65535")?),
    };
    if is_host(host) { Ok((host.to_owned(), port)) } else { Err("the host is neither a name nor an address") }
}

/// What stands where a host belongs and is none, for the sentences that say more than that.
fn odd(text: &str) -> Option<&'static str> {
    if text.matches('%').count() > 1 || text.contains(['<', '>', '{', '}', '$']) {
        return Some("it holds a placeholder that nobody filled in");
    }
    if text.contains('%') {
        return Some("this version takes no IPv6 zones");
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Some(
            "it holds letters of a code page that the file does not name; save the file as UTF-8 or UTF-16",
        );
    }
    if text.contains("://") {
        return Some("a scheme such as https:// does not belong there; give host, host:port or [v6]:port");
    }
    if text.contains(['/', '\\']) {
        return Some("it holds a path; give host, host:port or [v6]:port");
    }
    text.contains('@').then_some("it holds an account; give host, host:port or [v6]:port")
}

/// Host and port text; an IPv6 address without brackets has no port.
fn split(input: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = input.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None => after.is_empty().then_some((host, None)),
        };
    }
    if input.parse::<Ipv6Addr>().is_ok() {
        return Some((input, None));
    }
    match input.split_once(':') {
        Some((host, port)) => Some((host, Some(port))),
        None => Some((input, None)),
    }
}

fn port_number(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok().filter(|port| *port != 0) } else { None }
}

/// An address, or a name of labels up to 63 characters and 253 in all (RFC 1123, with underscores).
fn is_host(host: &str) -> bool {
    if host.parse::<IpAddr>().is_ok() {
        return true;
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let numeric = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    !numeric && name.len() <= LONGEST_NAME && name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let letters = label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    letters && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}
