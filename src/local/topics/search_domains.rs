//! The domains that are tried behind a name without dots.

use super::resolv_conf::{ResolvConf, is_domain, plain};
use crate::{
    local::{Beside, Check, Said, Scene, Subject, Unreadable, Value},
    report::{
        Machine,
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient";
const TCPIP: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
/// More of them are not read.
const MOST: usize = 32;

/// The checks of this topic.
pub const CHECKS: &[Check] =
    &[Check::logic("names-search-domains", Client, &[Windows, Linux, Macos], judge).beside(Beside::Name)];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    machine.search_domains = domains(scene).unwrap_or_default().domains;
}

fn judge(scene: &Scene<'_>) -> Said {
    let List { domains, ndots } = match domains(scene) {
        Ok(list) => list,
        Err(why) => return Said::unreadable("the search domains", &why),
    };
    let dots = |subject: &Subject| subject.host.trim_end_matches('.').matches('.').count();
    let named = scene.subject.filter(|subject| subject.address().is_none() && subject.host != "localhost");
    let said = match named {
        Some(subject) if !subject.host.ends_with('.') && dots(subject) < ndots => first(subject, &domains),
        Some(subject) if dots(subject) == 0 => {
            Said::ok(format!("{} is asked for as it is, before any domain is tried behind it", subject.host))
        }
        _ if domains.is_empty() => Said::ok("no domain is tried behind a name without dots"),
        _ => Said::ok("a name without dots is looked for in these domains"),
    };
    if domains.is_empty() { said } else { said.seen(domains.join(", ")) }
}

/// Of a target that is looked for in the domains before it is asked for as it is.
fn first(subject: &Subject, domains: &[String]) -> Said {
    let host = &subject.host;
    match domains {
        [] if host.contains('.') => Said::ok(format!("no domain is tried behind {host}")),
        [] => Said::warning(format!(
            "{host} has no dots and this machine no search domain, so DNS is asked for the bare name"
        )),
        [domain, ..] if host.contains('.') => Said::warning(format!(
            "{host} is asked for as {host}.{domain} first, as \"options ndots\" of resolv.conf has it: a domain that answers for every name sends the client astray"
        )),
        [domain] => Said::ok(format!("{host} is looked for as {host}.{domain}")),
        _ => Said::warning(format!("{host} is looked for in several domains, the first that knows it wins")),
    }
}

/// The domains that are tried behind names of fewer dots.
#[derive(Default)]
struct List {
    domains: Vec<String>,
    ndots: usize,
}

fn domains(scene: &Scene<'_>) -> Result<List, Unreadable> {
    match scene.system() {
        Os::Windows => on_windows(scene).map(|domains| List { domains, ndots: 1 }),
        Os::Linux | Os::Macos => {
            ResolvConf::read(scene).map(|conf| List { domains: conf.domains, ndots: conf.ndots })
        }
    }
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
