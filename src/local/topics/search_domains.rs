//! The domains that are tried behind a name without dots.

use super::resolv_conf::{ResolvConf, is_domain, plain};
use crate::{
    local::{Beside, Check, CheckResult, Survey, Target, Unreadable, Value, registry_keys::TCPIP},
    report::{
        Machine,
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient";
/// More of them are not read.
const MOST: usize = 32;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("names-search-domains", Client, &[Windows, Linux, Macos], judge).beside(Beside::Name)];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    machine.search_domains = domains(survey).unwrap_or_default().domains;
}

fn judge(survey: &Survey<'_>) -> CheckResult {
    let List { domains, ndots } = match domains(survey) {
        Ok(list) => list,
        Err(why) => return CheckResult::unreadable("the search domains", &why),
    };
    let dots = |target: &Target| target.host.trim_end_matches('.').matches('.').count();
    let named = survey.target.filter(|target| target.address().is_none() && target.host != "localhost");
    let result = match named {
        Some(target) if !target.host.ends_with('.') && dots(target) < ndots => first(target, &domains),
        Some(target) if dots(target) == 0 => CheckResult::ok(format!(
            "{} is asked for as it is, before any domain is tried behind it",
            target.host
        )),
        _ if domains.is_empty() => CheckResult::ok("no domain is tried behind a name without dots"),
        _ => CheckResult::ok("a name without dots is looked for in these domains"),
    };
    if domains.is_empty() { result } else { result.seen(domains.join(", ")) }
}

/// Of a target that is looked for in the domains before it is asked for as it is.
fn first(target: &Target, domains: &[String]) -> CheckResult {
    let host = &target.host;
    match domains {
        [] if host.contains('.') => CheckResult::ok(format!("no domain is tried behind {host}")),
        [] => CheckResult::warning(format!(
            "{host} has no dots and this machine no search domain, so DNS is asked for the bare name"
        )),
        [domain, ..] if host.contains('.') => CheckResult::warning(format!(
            "{host} is asked for as {host}.{domain} first, as \"options ndots\" of resolv.conf has it: a domain that answers for every name sends the client astray"
        )),
        [domain] => CheckResult::ok(format!("{host} is looked for as {host}.{domain}")),
        _ => CheckResult::warning(format!(
            "{host} is looked for in several domains, the first that knows it wins"
        )),
    }
}

/// The domains that are tried behind names of fewer dots.
#[derive(Default)]
struct List {
    domains: Vec<String>,
    ndots: usize,
}

fn domains(survey: &Survey<'_>) -> Result<List, Unreadable> {
    match survey.system() {
        Os::Windows => on_windows(survey).map(|domains| List { domains, ndots: 1 }),
        Os::Linux | Os::Macos => {
            ResolvConf::read(survey).map(|conf| List { domains: conf.domains, ndots: conf.ndots })
        }
    }
}

/// A list replaces the domain of the machine and of the network.
fn on_windows(survey: &Survey<'_>) -> Result<Vec<String>, Unreadable> {
    for (key, name) in
        [(POLICY, "SearchList"), (TCPIP, "SearchList"), (TCPIP, "Domain"), (TCPIP, "DhcpDomain")]
    {
        let list = match survey.value(key, name)? {
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
