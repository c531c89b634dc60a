//! Why a name has no address, and why no connection opens.

use super::{CauseRule, Weighed, failed_in};
use crate::{
    codes::Phase,
    diagnose::{Facts, facts::GATEWAY_ALWAYS},
    report::FailureKind::{NotFound, Refused, Timeout, Unreachable},
};

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "dns-name-missing",
        weigh: name_missing,
        comes_and_goes: false,
        confirm: &[
            "Resolve-DnsName or dig for the name here, and on a machine where it works",
            "whether the name needs a VPN or another DNS suffix",
        ],
        fix: &["correct the name", "add the record, or connect to the network whose DNS has it"],
    },
    CauseRule {
        code: "dns-not-working",
        weigh: |facts| {
            let failure = failed_in(facts, Phase::Resolve)?;
            matches!(failure.kind, Timeout | Unreachable).then(|| Weighed::likely(failure.detail.clone()))
        },
        comes_and_goes: true,
        confirm: &[
            "whether any other name resolves here",
            "whether the trace passes with the host's address",
        ],
        fix: &["mend this machine's DNS servers or the way to them"],
    },
    CauseRule {
        code: "rdp-not-listening",
        weigh: |facts| {
            let failure = failed_in(facts, Phase::Connect).filter(|failure| failure.kind == Refused)?;
            Some(Weighed::likely(failure.detail.clone()).and(repeated(facts)))
        },
        comes_and_goes: true,
        confirm: &[
            "on the host: qwinsta shows rdp-tcp in state Listen, netstat -ano shows TermService on the port",
            "on the host: fDenyTSConnections is 0, also in the policy key, and PortNumber is the port asked for",
        ],
        fix: &[
            "enable Remote Desktop on the host",
            "start TermService",
            "ask for the port that it listens on",
        ],
    },
    CauseRule {
        code: "firewall-rejects",
        weigh: |facts| {
            let failure = failed_in(facts, Phase::Connect)?;
            matches!(failure.kind, Refused | Unreachable).then(|| Weighed::possible(failure.detail.clone()))
        },
        comes_and_goes: false,
        confirm: &["the same trace from the host's own network", "a capture on the host shows no SYN"],
        fix: &["allow the port from this network on the firewall in between"],
    },
    CauseRule {
        code: "firewall-drops",
        weigh: silent,
        comes_and_goes: false,
        confirm: &[
            "the same trace from the host's own network passes",
            "on the host: the Remote Desktop rules of Windows Firewall apply to the active profile",
        ],
        fix: &["allow the port on the host's firewall and on those in between, from this network only"],
    },
    CauseRule {
        code: "host-down",
        weigh: |facts| {
            let failure = failed_in(facts, Phase::Connect)?;
            matches!(failure.kind, Timeout | Unreachable).then(|| Weighed::possible(failure.detail.clone()))
        },
        comes_and_goes: true,
        confirm: &[
            "the host's console, its hypervisor, or another service on it",
            "the address is the host's",
        ],
        fix: &["start the host, or correct a stale DNS record"],
    },
    CauseRule {
        code: "no-route",
        weigh: |facts| {
            let failure = failed_in(facts, Phase::Connect).filter(|failure| failure.kind == Unreachable)?;
            Some(Weighed::likely(failure.detail.clone()))
        },
        comes_and_goes: true,
        confirm: &["whether the VPN is up", "the routing table: Get-NetRoute or ip route get"],
        fix: &["mend the route or the VPN"],
    },
    CauseRule {
        code: "rate-limited",
        weigh: rate_limited,
        comes_and_goes: true,
        confirm: &[
            "the same trace after some minutes, with --experiments off",
            "rules that count connections on the host's firewall, on an IPS or on a load balancer in front",
        ],
        fix: &["exempt this machine from that rule, or trace with --experiments off"],
    },
];

/// The first connection got further than those that followed at once.
fn rate_limited(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed()?.phase;
    let (early, made) = facts.turned_away();
    let text = format!("{} of {made} connections that followed ended before {failed}", early.len());
    let detail = early.first()?.failure.map(|failure| failure.detail.clone());
    let against = (early.len() < made).then(|| format!("{} got as far as the first", made - early.len()));
    Some(Weighed::possible(text).and(detail).but(against))
}

fn name_missing(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Resolve).filter(|failure| failure.kind == NotFound)?;
    let detail = failure.detail.clone();
    match facts.gateway() {
        Some(gateway) if gateway.usage == Some(GATEWAY_ALWAYS) => {
            let against = "the gateway of the .rdp file looks the name up, not this machine";
            Some(Weighed::possible(detail).but(Some(against.to_owned())))
        }
        _ => Some(Weighed::certain(detail)),
    }
}

fn silent(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Connect).filter(|failure| failure.kind == Timeout)?;
    Some(Weighed::likely(failure.detail.clone()))
}

fn repeated(facts: &Facts<'_>) -> Option<String> {
    facts.every_time(Phase::Connect)
}
