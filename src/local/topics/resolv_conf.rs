//! /etc/resolv.conf, as resolv.conf(5) of Linux and resolver(5) of macOS have it.

use crate::local::{Survey, Unreadable};

/// Where it is.
pub(super) const PATH: &str = "/etc/resolv.conf";
/// What begins a line of it.
const KEYWORDS: &[&str] = &[
    "nameserver",
    "search",
    "domain",
    "sortlist",
    "options",
    "port",
    "timeout",
    "search_order",
    "order",
    "lookup",
    "family",
];
/// No system takes more domains.
const MOST_DOMAINS: usize = 32;
/// More servers are not told.
const MOST_SERVERS: usize = 16;
/// As many dots make a name be asked for as it is first, unless the options say otherwise.
const NDOTS: usize = 1;
/// glibc takes no more.
const MOST_NDOTS: usize = 15;

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResolvConf {
    /// As they are written, in order.
    pub servers: Vec<String>,
    /// The search list, lower case, without the root.
    pub domains: Vec<String>,
    /// As many dots make a name be asked for as it is before it is looked for in the domains.
    pub ndots: usize,
}

impl ResolvConf {
    /// Reads that of the machine; one that is missing says nothing.
    ///
    /// # Errors
    /// It cannot be read, or holds lines that are not understood.
    pub(super) fn read(survey: &Survey<'_>) -> Result<Self, Unreadable> {
        let text = survey.machine.text(PATH)?.unwrap_or_default();
        let conf = Self::of(&text);
        match is_understood(&text) && conf.domains.iter().all(|domain| is_domain(domain)) {
            true => Ok(conf),
            false => Err(Unreadable::Failed(format!("{PATH} holds lines that are not understood"))),
        }
    }

    fn of(text: &str) -> Self {
        let mut conf = Self { servers: Vec::new(), domains: Vec::new(), ndots: NDOTS };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => conf.servers.extend(words.next().map(str::to_owned)),
                // The last line of both decides.
                Some("search") => conf.domains = words.take(MOST_DOMAINS).map(plain).collect(),
                Some("domain") => conf.domains = words.take(1).map(plain).collect(),
                Some("options") => {
                    let mut dots =
                        words.filter_map(|word| word.strip_prefix("ndots:")?.parse::<usize>().ok());
                    conf.ndots = dots.next_back().unwrap_or(conf.ndots).min(MOST_NDOTS);
                }
                _ => {}
            }
        }
        conf.servers.truncate(MOST_SERVERS);
        conf.domains.retain(|domain| !domain.is_empty());
        conf
    }
}

fn is_understood(text: &str) -> bool {
    let mut lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    lines.all(|line| line.split_whitespace().next().is_some_and(|word| KEYWORDS.contains(&word)))
}

/// Whether it can be a domain; empty is the root.
pub(super) fn is_domain(domain: &str) -> bool {
    domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Without the dot at its end, lower case.
pub(super) fn plain(domain: &str) -> String {
    domain.trim().trim_end_matches('.').to_ascii_lowercase()
}
