//! What to probe: a host name or an address with a port. Pure.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

/// The port of Remote Desktop (MS-RDPBCGR 2.1).
pub const DEFAULT_PORT: u16 = 3389;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The argument, unchanged.
    pub input: String,
    /// A name or an address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl Target {
    /// The address, when the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Why an argument is no target; the whole sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTarget(String);

impl fmt::Display for BadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadTarget {}

impl FromStr for Target {
    type Err = BadTarget;

    fn from_str(input: &str) -> Result<Self, BadTarget> {
        let bad = |why: &str| BadTarget(format!("{input:?} is no target: {why}"));
        if input.starts_with("rdp://") || input.to_ascii_lowercase().ends_with(".rdp") {
            return Err(bad(
                "this version reads no rdp:// addresses and no .rdp files, give host or host:port",
            ));
        }
        if input.contains("://") {
            return Err(bad("give host, host:port or [v6]:port, without a scheme"));
        }
        if input.contains('%') {
            return Err(bad("this version takes no IPv6 zones"));
        }
        let (host, port) = split(input).ok_or_else(|| bad("the brackets of an IPv6 address do not match"))?;
        let port = match port {
            None => DEFAULT_PORT,
            Some(text) => port_number(text).ok_or_else(|| bad("a port is a number from 1 to 65535"))?,
        };
        if !is_host(host) {
            return Err(bad("the host is neither a name nor an address"));
        }
        Ok(Self { input: input.to_owned(), host: host.to_owned(), port })
    }
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
    !numeric && name.len() <= 253 && name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let letters = label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    letters && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}
