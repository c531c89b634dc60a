//! The domains that are tried behind a name without dots.

use crate::{
    local::{Check, Said, Scene, Unreadable, Value},
    report::{
        Machine,
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient";
const TCPIP: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
/// What begins a line of resolv.conf (resolv.conf(5), resolver(5) of macOS and the BSDs).
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
/// No system takes more of them.
const MOST: usize = 32;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[Check::logic("names-search-domains", Client, &[Windows, Linux, Macos], judge)];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    machine.search_domains = domains(scene).unwrap_or_default();
}

fn judge(scene: &Scene<'_>) -> Said {
    let domains = match domains(scene) {
        Ok(domains) => domains,
        Err(why) => return Said::unreadable("the search domains", &why),
    };
    let seen = domains.join(", ");
    let unqualified = scene.subject.filter(|subject| {
        subject.address().is_none() && !subject.host.contains('.') && subject.host != "localhost"
    });
    match (unqualified, domains.as_slice()) {
        (None, []) => Said::ok("no domain is tried behind a name without dots"),
        (None, _) => Said::ok("a name without dots is looked for in these domains").seen(seen),
        (Some(subject), []) => Said::warning(format!(
            "{} has no dots and this machine no search domain, so DNS is asked for the bare name",
            subject.host
        )),
        (Some(subject), [domain]) => {
            Said::ok(format!("{0} is looked for as {0}.{domain}", subject.host)).seen(seen)
        }
        (Some(subject), _) => Said::warning(format!(
            "{} is looked for in several domains, the first that knows it wins",
            subject.host
        ))
        .seen(seen),
    }
}

fn domains(scene: &Scene<'_>) -> Result<Vec<String>, Unreadable> {
    match scene.system() {
        Os::Windows => on_windows(scene),
        Os::Linux | Os::Macos => {
            let text = scene.host.text("/etc/resolv.conf")?.unwrap_or_default();
            let domains = listed(&text);
            match is_understood(&text) && domains.iter().all(|domain| is_domain(domain)) {
                true => Ok(domains),
                false => {
                    let why = "/etc/resolv.conf holds lines that are not understood";
                    Err(Unreadable::Failed(why.to_owned()))
                }
            }
        }
    }
}

fn is_understood(text: &str) -> bool {
    let mut lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    lines.all(|line| line.split_whitespace().next().is_some_and(|word| KEYWORDS.contains(&word)))
}

/// Whether it can be a domain; empty is the root.
fn is_domain(domain: &str) -> bool {
    domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The last `search` or `domain` line decides.
fn listed(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::split_whitespace);
    let mut last = lines.filter_map(|mut words| match words.next() {
        Some("search") => Some(words.take(MOST).collect::<Vec<_>>()),
        Some("domain") => Some(words.take(1).collect()),
        _ => None,
    });
    let domains = last.next_back().unwrap_or_default();
    domains.iter().filter(|domain| **domain != ".").map(|domain| plain(domain)).collect()
}

/// A list replaces the domain of the machine and of the network.
fn on_windows(scene: &Scene<'_>) -> Result<Vec<String>, Unreadable> {
    for (key, name) in
        [(POLICY, "SearchList"), (TCPIP, "SearchList"), (TCPIP, "Domain"), (TCPIP, "DhcpDomain")]
    {
        let list = match scene.value(key, name)? {
            None => continue,
            Some(Value::Text(list)) => list,
            Some(_) => return Err(Unreadable::Failed(format!("{key}\\{name} is no text"))),
        };
        let domains: Vec<_> =
            list.split([',', ' ']).map(plain).filter(|domain| !domain.is_empty()).take(MOST).collect();
        if domains.iter().any(|domain| !is_domain(domain)) {
            return Err(Unreadable::Failed(format!("{key}\\{name} holds what is no domain")));
        }
        if !domains.is_empty() {
            return Ok(domains);
        }
    }
    Ok(Vec::new())
}

fn plain(domain: &str) -> String {
    domain.trim().trim_end_matches('.').to_ascii_lowercase()
}
