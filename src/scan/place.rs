//! One entry of a list: a host, or a range of addresses, with or without a port.

use super::range::Range;
use crate::{
    destination::{Target, host_and_port},
    endpoint::{DEFAULT_PORT, Endpoint},
};

/// What an entry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A host, as it was written.
    Host(Target),
    /// Every address of a range, at this port.
    Range(Range, u16),
}

/// Reads an entry; `port` is the one of its list, where that has a column for it.
///
/// # Errors
/// Why it is neither a host nor a range.
pub fn place(text: &str, port: Option<u16>) -> Result<Place, &'static str> {
    if let Some((range, own)) = range(text)? {
        return Ok(Place::Range(range, own.or(port).unwrap_or(DEFAULT_PORT)));
    }
    let (host, own) = host_and_port(text)?;
    let endpoint = Endpoint { host, port: own.or(port).unwrap_or(DEFAULT_PORT) };
    // As written, unless the port stood beside it.
    let input = if own.is_none() && port.is_some() { endpoint.to_string() } else { text.to_owned() };
    Ok(Place::Host(Target { input, endpoint, file: None }))
}

/// A range, and its port if one is given; none where the text is no range.
///
/// # Errors
/// It begins as a range, and is none.
pub(super) fn range(text: &str) -> Result<Option<(Range, Option<u16>)>, &'static str> {
    // Only a range of IPv4 can have a port behind it: what a colon in IPv6 is nobody can tell.
    let Some((head, port)) = text.split_once(':').filter(|(_, port)| !port.contains(':')) else {
        return Range::read(text).transpose().map(|range| range.map(|range| (range, None)));
    };
    let Some(range) = Range::read(head) else { return Ok(None) };
    let port = port.parse().ok().filter(|port| *port != 0);
    match port {
        Some(port) => range.map(|range| Some((range, Some(port)))),
        None => Err("a port is a number from 1 to 65535"),
    }
}
