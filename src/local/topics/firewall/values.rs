//! Ports, addresses and states of a rule against those of the connection: yes, no, or nobody knows.

use std::{net::IpAddr, ops::RangeInclusive};

use crate::{endpoint::DEFAULT_PORT, local::network::holds};

/// How a rule fits what is sent, or what comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    No,
    /// It holds what is not understood here, or what is not known of the connection.
    Perhaps,
    Yes,
}

/// Which packets of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// What this machine sends.
    Sent,
    /// What the far end answers.
    Back,
}

/// The port by its name.
const NAME: (&str, u16) = ("ms-wbt-server", DEFAULT_PORT);

/// The opposite, as far as it is known.
pub(super) fn not(fit: Fit, negated: bool) -> Fit {
    match (fit, negated) {
        (Fit::Yes, true) => Fit::No,
        (Fit::No, true) => Fit::Yes,
        (fit, _) => fit,
    }
}

/// The best of what is known of each value.
fn any<'a>(values: &[&'a str], fit: impl Fn(&'a str) -> Option<bool>) -> Fit {
    let each = values.iter().map(|value| match fit(value) {
        Some(true) => Fit::Yes,
        Some(false) => Fit::No,
        None => Fit::Perhaps,
    });
    each.max().unwrap_or(Fit::Perhaps)
}

/// Whether the port is one of these: numbers, ranges, and numbers behind a comparison.
pub(super) fn ports(values: &[&str], port: u16) -> Fit {
    let number = |text: &str| if text == NAME.0 { Some(NAME.1) } else { text.parse().ok() };
    let range = |text: &str| -> Option<RangeInclusive<u16>> {
        // A service's own name may hold a hyphen.
        let parts = text.split_once(['-', ':']).filter(|_| text != NAME.0);
        let (from, to) = parts.unwrap_or((text, text));
        let end = |text: &str, otherwise: u16| if text.is_empty() { Some(otherwise) } else { number(text) };
        Some(end(from, 0)?..=end(to, u16::MAX)?)
    };
    let compared = |text: &str| {
        let rest = text.trim_start_matches(['<', '>', '=']);
        let other = number(rest)?;
        match &text[..text.len() - rest.len()] {
            ">=" => Some(port >= other),
            ">" => Some(port > other),
            "<=" => Some(port <= other),
            "<" => Some(port < other),
            _ => None,
        }
    };
    any(values, |text| match text.starts_with(['<', '>']) {
        true => compared(text),
        false => range(text).map(|range| range.contains(&port)),
    })
}

/// Whether the address is in one of these networks.
pub(super) fn places(values: &[&str], address: Option<IpAddr>) -> Fit {
    any(values, |text| holds(text, address?))
}

/// What is sent first is new, and what comes back is of a connection that is known.
pub(super) fn state(values: &[&str], direction: Direction) -> Fit {
    let wanted = match direction {
        Direction::Sent => "new",
        Direction::Back => "established",
    };
    const KNOWN: &[&str] = &["new", "established", "related", "invalid", "untracked"];
    any(values, |value| {
        let value = value.to_ascii_lowercase();
        if value == wanted { Some(true) } else { KNOWN.contains(&value.as_str()).then_some(false) }
    })
}

/// Whether the protocol is TCP.
pub(super) fn protocol(values: &[&str]) -> Fit {
    const OTHERS: &[&str] =
        &["udp", "icmp", "icmpv6", "ipv6-icmp", "sctp", "esp", "ah", "gre", "igmp", "17", "1", "58"];
    any(values, |value| match value {
        "tcp" | "6" | "all" => Some(true),
        other => OTHERS.contains(&other).then_some(false),
    })
}

/// Whether the address is of this family; of an unknown one nobody knows.
pub(super) fn family(values: &[&str], address: Option<IpAddr>) -> Fit {
    any(values, |value| match value {
        "ipv4" => address.map(|address| address.is_ipv4()),
        "ipv6" => address.map(|address| address.is_ipv6()),
        _ => None,
    })
}

/// Whether the connection goes by this interface: by the loopback to this machine alone, by which other nobody knows.
pub(super) fn interface(values: &[&str], address: Option<IpAddr>) -> Fit {
    let is_own = address.is_some_and(|address| address.is_loopback());
    any(values, |value| match value.trim_matches('"') {
        "lo" => Some(is_own),
        _ => is_own.then_some(false),
    })
}
