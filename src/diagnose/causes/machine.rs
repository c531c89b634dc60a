//! What of the machine that was checked may explain a failure, and what it adds to other causes.

use super::{
    CauseRule, Place, Weighed, failed_in,
    listener::{some_request_answered, takes_tls},
    rule,
};
use crate::{
    codes::Phase,
    diagnose::{
        Facts, difference, handshakes,
        machine::{
            from_hosts_file, host_faults, is_bare, is_public, is_unkept, machine, route, tunnel, way_faults,
        },
    },
    endpoint::place,
    report::{
        CauseCode, CheckStatus, Failure,
        FailureKind::{Closed, NotFound, NotRdp, Refused, Reset, Timeout, Unreachable},
        Likelihood, LocalCheck, Os,
    },
};

/// What Ethernet carries; tunnels carry less.
const ETHERNET: u32 = 1500;

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::HostSettingWrong, |facts| checked(&host_faults(facts))),
    rule(Place::ThisMachine, CauseCode::ClientWayWrong, |facts| checked(&way_faults(facts))),
    rule(Place::ThisMachine, CauseCode::HostsFileStale, hosts_file),
    rule(Place::ThisMachine, CauseCode::NameNeedsDomain, bare_name),
    rule(Place::ThisMachine, CauseCode::OnlyProxyLeadsOut, proxy_only),
    rule(Place::Path, CauseCode::TunnelCutsStream, in_tunnel).intermittent(),
];

/// What the facts of the machine add to a cause of another topic.
pub(super) fn evidence(code: CauseCode, facts: &Facts<'_>) -> Option<String> {
    let failed = facts.failed()?.phase;
    match code {
        CauseCode::PathDropsLargePackets => small_packets(facts),
        CauseCode::InspectionDevice | CauseCode::MiddleboxCutsStream => {
            by_tunnel(facts).or_else(|| by_proxy(facts))
        }
        CauseCode::FirewallDrops | CauseCode::FirewallRejects | CauseCode::NoRoute => by_tunnel(facts),
        CauseCode::DnsNameMissing | CauseCode::DnsNotWorking if failed == Phase::Resolve => searched(facts),
        CauseCode::ClocksDiffer if is_unkept(facts) => {
            Some("this machine's clock is not kept by the network".to_owned())
        }
        CauseCode::CertificateHashWrong if facts.trace.is_on_target() => {
            let windows = machine(facts).filter(|machine| machine.system == Os::Windows)?;
            let hash = windows.listener_certificate.as_deref()?;
            Some(format!("SSLCertificateSHA1Hash of this host is set, to {hash}"))
        }
        _ => None,
    }
}

/// Checks of what the phase that failed needs.
fn checked(checks: &[&LocalCheck]) -> Option<Weighed> {
    let sure = checks.iter().any(|check| check.status == CheckStatus::Error);
    let likelihood = if sure { Likelihood::Likely } else { Likelihood::Possible };
    let mut said = checks.iter().map(|check| match &check.observed {
        Some(seen) => format!("{}: {} ({seen})", check.code, check.message),
        None => format!("{}: {}", check.code, check.message),
    });
    let first = said.next()?;
    Some(said.fold(Weighed::new(likelihood, first), |weighed, more| weighed.and(Some(more))))
}

fn hosts_file(facts: &Facts<'_>) -> Option<Weighed> {
    let entry = from_hosts_file(facts)?;
    let failure = facts.failed()?.failure?;
    let text = format!("the hosts file of this machine gives {} the address {}", entry.name, entry.address);
    let said = Some(failure.detail.clone());
    match (facts.failed()?.phase, failure.kind) {
        (Phase::Connect, Refused | Unreachable | Timeout) => Some(Weighed::likely(text).and(said)),
        (Phase::Connect, _) | (Phase::Negotiate, NotRdp | Closed | Reset | Timeout) => {
            Some(Weighed::possible(text).and(said))
        }
        _ => None,
    }
}

fn bare_name(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Resolve).filter(|failure| failure.kind == NotFound)?;
    let machine = machine(facts).filter(|machine| !machine.from_files && is_bare(facts))?;
    machine.search_domains.is_empty().then(|| {
        Weighed::likely("the name has no dots, and no domain is known that this machine tries behind it")
            .and(Some(failure.detail.clone()))
    })
}

fn searched(facts: &Facts<'_>) -> Option<String> {
    let machine = machine(facts).filter(|machine| !machine.from_files && is_bare(facts))?;
    let domains = machine.search_domains.join(", ");
    (!domains.is_empty()).then(|| format!("behind the name this machine tries {domains}"))
}

/// Remote Desktop asks no proxy, and a network that wants one often lets nothing else out.
fn proxy_only(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Connect)?;
    let outside = facts.trace.target_addresses().into_iter().all(is_public)
        && !facts.trace.target_addresses().is_empty();
    let unreached = matches!(failure.kind, Refused | Unreachable | Timeout | Reset);
    let proxy = by_proxy(facts).filter(|_| outside && unreached)?;
    Some(Weighed::possible(proxy).and(Some(format!("the address is of the internet: {}", failure.detail))))
}

fn by_proxy(facts: &Facts<'_>) -> Option<String> {
    if let Some(proxy) = facts.trace.proxy() {
        return Some(format!("the connection went through the proxy {}", place(&proxy.host, proxy.port)));
    }
    let proxy = machine(facts).filter(|machine| !machine.from_files)?.proxies.first()?;
    Some(format!(
        "programs of this machine are told to use the proxy {} ({}), which Remote Desktop does not ask",
        proxy.address, proxy.source
    ))
}

fn in_tunnel(facts: &Facts<'_>) -> Option<Weighed> {
    let phase = facts.failed()?.phase;
    let failure: &Failure = failed_in(facts, phase)?;
    let cut = matches!(failure.kind, Closed | Reset | Timeout);
    let early = matches!(phase, Phase::Negotiate | Phase::Tls);
    let text = by_tunnel(facts).filter(|_| cut && early && !something_answers(facts))?;
    Some(Weighed::possible(text).and(Some(format!("in {phase} {}", failure.detail))))
}

/// Where another connection of the same kind gets through, it is known better what is cut.
fn something_answers(facts: &Facts<'_>) -> bool {
    let request = some_request_answered(facts) && facts.intermittent().is_none() || takes_tls(facts);
    request || difference::difference(facts).is_some() || handshakes::legacy(facts).is_some()
}

fn by_tunnel(facts: &Facts<'_>) -> Option<String> {
    let tunnel = tunnel(facts)?;
    let size = tunnel.mtu.map(|mtu| format!(", MTU {mtu}")).unwrap_or_default();
    Some(format!("the way to {} leads through the tunnel {}{size}", tunnel.destination, tunnel.interface))
}

fn small_packets(facts: &Facts<'_>) -> Option<String> {
    let route = route(facts)?;
    let small = route.mtu.filter(|mtu| *mtu < ETHERNET)?;
    let kind = if route.tunnel { "tunnel" } else { "interface" };
    Some(format!("the {kind} {} on the way carries packets of {small} B at most", route.interface))
}
