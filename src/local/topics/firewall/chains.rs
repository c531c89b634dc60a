//! The chains of a listed packet filter: by which hook packets come in, what becomes of those that no rule takes, and the rules.

use std::{collections::BTreeMap, net::IpAddr};

use super::values::{Direction, Fit};

/// What begins a line of a table that holds no rules.
const OF_TABLE: &[&str] = &[
    "flags",
    "comment",
    "set",
    "map",
    "counter",
    "quota",
    "limit",
    "ct",
    "flowtable",
    "secmark",
    "synproxy",
];

/// A chain.
#[derive(Default)]
pub(super) struct Chain {
    /// Which packets begin here.
    pub hook: Option<Direction>,
    /// The line that says that nothing goes on which no rule accepts.
    pub closed: Option<String>,
    /// In order, one a line.
    pub rules: Vec<String>,
}

/// All chains by table and name.
#[derive(Default)]
pub(super) struct Chains {
    chains: BTreeMap<String, Chain>,
    dormant: Vec<String>,
    /// A line that nobody understands.
    pub strange: Option<String>,
}

impl Chains {
    /// Reads what `nft list ruleset` prints, and `iptables -S` behind a line with the table's name behind a star.
    pub(super) fn of(text: &str) -> Self {
        let mut chains = Self::default();
        let (mut table, mut own, mut depth) = (String::new(), None::<String>, 0_usize);
        let mut begun = String::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('*') {
                (table, depth) = (format!("*{name}"), 0);
            } else if line.starts_with('-') {
                chains.legacy(&table, line);
            } else if line == "}" && begun.is_empty() {
                depth = depth.saturating_sub(1);
                own = None;
            } else if let (0, Some(name)) = (depth, opened(line, "table ")) {
                (table, depth) = (name, 1);
            } else if let (1, Some(name)) = (depth, opened(line, "chain ")) {
                (own, depth) = (Some(format!("{table} {name}")), 2);
                chains.chains.entry(format!("{table} {name}")).or_default();
            } else if let Some(own) = &own {
                begun = format!("{begun} {line}");
                // A set may go on in the next line.
                if begun.matches('{').count() <= begun.matches('}').count() {
                    chains.line(own, begun.trim());
                    begun.clear();
                }
            } else {
                chains.other(&table, depth, line);
                depth += usize::from(line.ends_with('{'));
            }
        }
        if depth > 0 || !begun.is_empty() {
            chains.strange.get_or_insert_with(|| format!("{table}: the list has no end"));
        }
        chains
    }

    /// The chains that such packets come to by themselves, each with how well its table fits.
    pub(super) fn hooked(
        &self,
        direction: Direction,
        address: Option<IpAddr>,
    ) -> impl Iterator<Item = (&String, &Chain, Fit)> {
        self.chains.iter().filter_map(move |(name, chain)| {
            let is_dormant = self.dormant.iter().any(|table| name.starts_with(&format!("{table} ")));
            let fit = family(name, address);
            (chain.hook == Some(direction) && !is_dormant && fit != Fit::No).then_some((name, chain, fit))
        })
    }

    /// A chain of the same table.
    pub(super) fn beside(&self, name: &str, other: &str) -> Option<(String, &Chain)> {
        let (table, _) = name.rsplit_once(' ')?;
        let name = format!("{table} {other}");
        self.chains.get(&name).map(|chain| (name.clone(), chain))
    }

    fn line(&mut self, own: &str, line: &str) {
        let chain = self.chains.entry(own.to_owned()).or_default();
        if let Some((kind, rest)) = line.strip_prefix("type ").and_then(|rest| rest.split_once(" hook ")) {
            let hook = rest.split_whitespace().next().unwrap_or_default();
            chain.hook = match hook {
                "output" | "postrouting" | "egress" => Some(Direction::Sent),
                // Only what begins a connection is translated by rules.
                "input" | "prerouting" | "ingress" if kind != "nat" => Some(Direction::Back),
                _ => None,
            };
            chain.closed = line.contains("policy drop").then(|| line.to_owned());
        } else if !line.starts_with("comment ") {
            chain.rules.push(line.to_owned());
        }
    }

    fn legacy(&mut self, table: &str, line: &str) {
        let mut words = line.split_whitespace();
        let (option, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let chain = self.chains.entry(format!("{table} {name}")).or_default();
        match option {
            "-P" => {
                chain.hook = match name {
                    "OUTPUT" | "POSTROUTING" => Some(Direction::Sent),
                    "INPUT" | "PREROUTING" if table != "*nat" => Some(Direction::Back),
                    _ => None,
                };
                chain.closed = line.ends_with(" DROP").then(|| line.to_owned());
            }
            "-A" => chain.rules.push(line.to_owned()),
            "-N" => {}
            _ => {
                self.strange.get_or_insert_with(|| line.to_owned());
            }
        }
    }

    /// A line of a table, or of what it holds beside chains.
    fn other(&mut self, table: &str, depth: usize, line: &str) {
        let first = line.split_whitespace().next().unwrap_or_default();
        if depth == 1 && first == "flags" && line.contains("dormant") {
            self.dormant.push(table.to_owned());
        } else if depth == 0 || depth == 1 && !OF_TABLE.contains(&first) {
            self.strange.get_or_insert_with(|| line.to_owned());
        }
    }
}

/// The name in a line that opens a block.
fn opened(line: &str, word: &str) -> Option<String> {
    let name = line.strip_prefix(word)?.strip_suffix('{')?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// How a table's family fits the address; IPv4 is meant where that is not known.
fn family(table: &str, address: Option<IpAddr>) -> Fit {
    match (table.split(' ').next().unwrap_or_default(), address) {
        ("inet", _) | ("ip", None) => Fit::Yes,
        (legacy, None) if legacy.starts_with('*') => Fit::Yes,
        ("ip6", Some(address)) if address.is_ipv6() => Fit::Yes,
        ("ip6" | "arp", Some(_)) | ("arp", None) => Fit::No,
        ("ip", Some(address)) => {
            if address.is_ipv4() {
                Fit::Yes
            } else {
                Fit::No
            }
        }
        (legacy, Some(address)) if legacy.starts_with('*') => {
            if address.is_ipv4() {
                Fit::Yes
            } else {
                Fit::No
            }
        }
        // Of one device or of a bridge, which the connection may not come through.
        _ => Fit::Perhaps,
    }
}
