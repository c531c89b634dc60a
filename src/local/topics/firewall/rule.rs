//! What a rule of nftables or iptables has to do with one connection: it stops it, it may, or it is about something else.

use std::{net::IpAddr, ops::RangeInclusive};

/// The connection: to a port of the far end, whose address may not be known.
#[derive(Clone, Copy)]
pub struct Connection {
    pub port: u16,
    pub address: Option<IpAddr>,
}

/// How a rule fits what is sent, or what comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    No,
    /// It holds what is not understood here, or what is not known of the connection.
    Perhaps,
    Yes,
}

/// Verdicts that let nothing through; whatever else ends a rule is no refusal.
const REFUSES: &[&str] = &["drop", "reject", "DROP", "REJECT", "queue", "NFQUEUE", "TARPIT"];
/// The port by its name.
const NAME: (&str, u16) = ("ms-wbt-server", 3389);

/// Whether a rule refuses, and how it fits: `back` is what the far end answers.
pub fn refusal(rule: &str, connection: Connection, back: bool) -> Fit {
    let words: Vec<String> = spaced(rule);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if !words.iter().any(|word| REFUSES.contains(word)) {
        return Fit::No;
    }
    let conditions = match words.first() {
        Some(&"-A") => legacy(&words, connection, back),
        _ => modern(&words, connection, back),
    };
    conditions.into_iter().min().unwrap_or(Fit::Yes)
}

/// Words, with braces and commas apart.
fn spaced(rule: &str) -> Vec<String> {
    let text: String = rule
        .chars()
        .flat_map(|c| match c {
            '{' | '}' => vec![' ', c, ' '],
            ',' => vec![' '],
            other => vec![other],
        })
        .collect();
    text.split_whitespace().map(str::to_owned).collect()
}

/// The conditions of a line of `nft list ruleset`.
fn modern(words: &[&str], connection: Connection, back: bool) -> Vec<Fit> {
    let mut fits = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let next = words.get(at).copied().unwrap_or_default();
        match (*word, next) {
            ("drop" | "reject" | "queue", _) => return fits,
            ("tcp" | "th", field @ ("dport" | "sport")) => {
                let (values, negated, behind) = operand(words, at + 1);
                at = behind;
                let fit =
                    if (field == "dport") == back { Fit::Perhaps } else { ports(&values, connection.port) };
                fits.push(not(fit, negated));
            }
            ("udp" | "icmp" | "icmpv6" | "sctp" | "dccp" | "udplite" | "ah" | "esp" | "arp" | "igmp", _) => {
                fits.push(Fit::No);
                at += 1;
            }
            ("meta", "l4proto") | ("ip", "protocol") | ("ip6", "nexthdr") => {
                let (values, negated, behind) = operand(words, at + 1);
                at = behind;
                let is_tcp = values.iter().any(|value| matches!(*value, "tcp" | "6"));
                fits.push(not(if is_tcp { Fit::Yes } else { Fit::No }, negated));
            }
            ("ip" | "ip6", side @ ("daddr" | "saddr")) => {
                let (values, negated, behind) = operand(words, at + 1);
                at = behind;
                let is_far = (side == "daddr") != back;
                fits.push(if is_far {
                    not(places(&values, connection.address), negated)
                } else {
                    Fit::Perhaps
                });
            }
            ("ct", "state") => {
                let (values, negated, behind) = operand(words, at + 1);
                at = behind;
                fits.push(not(state(&values, back), negated));
            }
            ("counter", _) => {}
            ("packets" | "bytes", _) => at += 1,
            _ => fits.push(Fit::Perhaps),
        }
    }
    fits
}

/// The conditions of a line of `iptables -S`.
fn legacy(words: &[&str], connection: Connection, back: bool) -> Vec<Fit> {
    let mut fits = Vec::new();
    let mut negated = false;
    let mut at = 2;
    while let Some(word) = words.get(at) {
        // Lists are apart here, so that an option may have more than one value.
        let end = words[at + 1..].iter().position(|word| word.starts_with('-') || *word == "!");
        let values = &words[at + 1..end.map_or(words.len(), |end| at + 1 + end)];
        at += 1 + values.len();
        let of_port = |is_far: bool| if is_far { ports(values, connection.port) } else { Fit::Perhaps };
        let of_address =
            |is_far: bool| if is_far { places(values, connection.address) } else { Fit::Perhaps };
        let fit = match *word {
            "!" => {
                negated = true;
                continue;
            }
            "-p" => {
                if values.iter().any(|value| matches!(*value, "tcp" | "6" | "all")) {
                    Fit::Yes
                } else {
                    Fit::No
                }
            }
            "-m" | "-j" | "--reject-with" => Fit::Yes,
            "--dport" | "--dports" => of_port(!back),
            "--sport" | "--sports" => of_port(back),
            "--ports" => of_port(true),
            "-d" => of_address(!back),
            "-s" => of_address(back),
            "--state" | "--ctstate" => state(values, back),
            _ => Fit::Perhaps,
        };
        fits.push(not(fit, negated && *word != "-m"));
        negated = false;
    }
    fits
}

/// The values behind a word, whether they are excluded, and where the next word stands.
fn operand<'a>(words: &[&'a str], at: usize) -> (Vec<&'a str>, bool, usize) {
    let negated = words.get(at) == Some(&"!=");
    let at = if negated || words.get(at) == Some(&"==") { at + 1 } else { at };
    if words.get(at) == Some(&"{") {
        let end = words[at..].iter().position(|word| *word == "}").map_or(words.len(), |end| at + end);
        return (words[(at + 1).min(end)..end].to_vec(), negated, end + 1);
    }
    // States may stand in a list without braces.
    const STATES: &[&str] = &["new", "established", "related", "invalid", "untracked"];
    let mut end = (at + 1).min(words.len());
    while words[..end].last().is_some_and(|last| STATES.contains(last))
        && words.get(end).is_some_and(|next| STATES.contains(next))
    {
        end += 1;
    }
    (words[at.min(end)..end].to_vec(), negated, end)
}

fn not(fit: Fit, negated: bool) -> Fit {
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

fn ports(values: &[&str], port: u16) -> Fit {
    let number = |text: &str| if text == NAME.0 { Some(NAME.1) } else { text.parse().ok() };
    let range = |text: &str| -> Option<RangeInclusive<u16>> {
        // A service's own name may hold a hyphen.
        let parts = text.split_once(['-', ':']).filter(|_| text != NAME.0);
        let (from, to) = parts.unwrap_or((text, text));
        Some(number(from)?..=number(to)?)
    };
    // Another service's name is none of this port, as far as the names of services go.
    any(values, |text| range(text).map(|range| range.contains(&port)))
}

fn places(values: &[&str], address: Option<IpAddr>) -> Fit {
    any(values, |text| is_in(text, address?))
}

/// Whether an address is in a network that is written with its length.
fn is_in(network: &str, address: IpAddr) -> Option<bool> {
    let (base, length) = network.split_once('/').unwrap_or((network, ""));
    let bits = |address: IpAddr| match address {
        IpAddr::V4(own) => (u128::from(u32::from(own)) << 96, 32),
        IpAddr::V6(own) => (u128::from(own), 128),
    };
    let base: IpAddr = base.parse().ok()?;
    let (own, width) = bits(base);
    let length: u32 =
        if length.is_empty() { width } else { length.parse().ok().filter(|length| *length <= width)? };
    let (far, far_width) = bits(address);
    let shift = 128 - length;
    Some(width == far_width && (length == 0 || own >> shift == far >> shift))
}

/// What is sent first is new, and what comes back is of a connection that is known.
fn state(values: &[&str], back: bool) -> Fit {
    let wanted = if back { "established" } else { "new" };
    const KNOWN: &[&str] = &["new", "established", "related", "invalid", "untracked"];
    any(values, |value| {
        let value = value.to_ascii_lowercase();
        if value == wanted { Some(true) } else { KNOWN.contains(&value.as_str()).then_some(false) }
    })
}
