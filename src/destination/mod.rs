//! What to probe: a host name or an address with a port, also as .rdp files and rdp:// addresses say it. Pure.

mod rdp_address;
mod rdp_file;
mod token;

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use crate::endpoint::{DEFAULT_PORT, Endpoint};

pub use rdp_address::decoded;
pub use rdp_file::{Encoding, LONGEST_FILE, MalformedLine, RdpFile, Signature};
pub use token::{LONGEST_TOKEN, typed_inside, without_end};

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

/// The server to probe, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The argument, unchanged.
    pub input: String,
    /// The host and the port that it names.
    pub endpoint: Endpoint,
    /// The file or the rdp:// address that says so, with what else it asks for.
    pub file: Option<RdpFile>,
}

impl Target {
    /// The target of an .rdp file, with the file.
    ///
    /// # Errors
    /// The file names no host that can be traced; the sentence begins with `name`, the file as the user gave it.
    pub fn of_file(name: &str, file: RdpFile) -> Result<Self, BadTarget> {
        let about = |why: String| BadTarget(format!("{name} {why}"));
        let endpoint = file.endpoint().map_err(about)?;
        Ok(Self { input: name.to_owned(), endpoint, file: Some(file) })
    }

    /// The target of an rdp:// address: `rdp://host:port`, or the settings of an .rdp file joined by `&`. Values that are secret
    /// are in no error and not in the target.
    ///
    /// # Errors
    /// It names no host that can be traced.
    pub fn of_address(address: &str) -> Result<Self, BadTarget> {
        rdp_address::target(address)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
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
        if input.contains("://") {
            return Err(bad("give host, host:port or [v6]:port, without a scheme"));
        }
        let endpoint = endpoint_or(input, DEFAULT_PORT).map_err(bad)?;
        Ok(Self { input: input.to_owned(), endpoint, file: None })
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
