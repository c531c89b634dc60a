//! Why a name has no address, and why no connection opens.

use super::{CauseRule, Place, Weighed, failed_in, rule};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        facts::GATEWAY_ALWAYS,
        rejection::{Rejection, attempt, rejection},
    },
    plain::plural,
    report::{
        CauseCode,
        FailureKind::{NotFound, Refused, Timeout, Unreachable},
    },
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Path, CauseCode::DnsNameMissing, name_missing),
    rule(Place::ThisMachine, CauseCode::DnsNotWorking, |facts| {
        let failure = failed_in(facts, Phase::Resolve)?;
        matches!(failure.kind, Timeout | Unreachable).then(|| Weighed::likely(failure.detail.clone()))
    })
    .intermittent(),
    rule(Place::Host, CauseCode::RdpNotListening, not_listening),
    rule(Place::Path, CauseCode::FirewallRejects, rejects),
    rule(Place::Path, CauseCode::FirewallDrops, silent),
    rule(Place::Host, CauseCode::HostDown, down).intermittent(),
    rule(Place::Path, CauseCode::NoRoute, no_route).intermittent(),
    rule(Place::Path, CauseCode::RateLimited, rate_limited).intermittent(),
];

/// What a closed port is never answered with by its host.
const NO_RST: &str = "a host answers for a closed port with RST, and this was ICMP";

fn not_listening(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Connect).filter(|failure| failure.kind == Refused)?;
    let detail = failure.detail.clone();
    Some(match how(facts) {
        Some(_) => Weighed::possible(detail).but(Some(NO_RST.to_owned())),
        None => Weighed::likely(detail),
    })
}

/// How the attempt was turned down, where the system tells.
fn how(facts: &Facts<'_>) -> Option<Rejection> {
    attempt(facts).and_then(rejection)
}

/// A rule answers at once, and some say that they are one. Who looks for a host in vain says so after seconds.
fn rejects(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Connect)?;
    let detail = matches!(failure.kind, Refused | Unreachable).then(|| failure.detail.clone())?;
    match how(facts) {
        Some(Rejection::Forbidden) => {
            Some(Weighed::likely(detail).and(Some("only a rule says so".to_owned())))
        }
        Some(Rejection::Rule) if failure.kind == Refused => {
            Some(Weighed::likely(detail).and(Some(NO_RST.to_owned())))
        }
        Some(Rejection::Rule) => Some(Weighed::likely(detail).and(soon(facts))),
        Some(Rejection::NoRoute) | None => Some(Weighed::possible(detail)),
        Some(Rejection::Here | Rejection::Nobody) => None,
    }
}

/// Who answered so soon did not look for the host.
fn soon(facts: &Facts<'_>) -> Option<String> {
    let took = attempt(facts)?.elapsed_ms.0;
    Some(format!("it came after {took:.1} ms, and a router that looks for a host on its link takes 3 s"))
}

/// The host, or somebody who answers for it, has nobody to be found.
fn down(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Connect)?;
    let detail = matches!(failure.kind, Timeout | Unreachable).then(|| failure.detail.clone())?;
    match how(facts) {
        Some(Rejection::Nobody) => {
            let took = attempt(facts).map(|attempt| attempt.elapsed_ms.0 / 1000.0);
            let sought = took.map(|took| format!("the address was looked for on its link for {took:.1} s"));
            Some(Weighed::likely(detail).and(sought))
        }
        Some(Rejection::Here | Rejection::Forbidden) => None,
        _ => Some(Weighed::possible(detail)),
    }
}

fn no_route(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Connect).filter(|failure| failure.kind == Unreachable)?;
    let detail = failure.detail.clone();
    match how(facts) {
        Some(Rejection::Forbidden) => None,
        Some(Rejection::Rule | Rejection::Nobody) => Some(Weighed::possible(detail)),
        Some(Rejection::Here | Rejection::NoRoute) | None => Some(Weighed::likely(detail)),
    }
}

/// The first connection got further than those that followed at once.
fn rate_limited(facts: &Facts<'_>) -> Option<Weighed> {
    // A path that loses packets or is slow turns nobody away.
    let failed = facts.failed().filter(|_| super::path::explains(facts).is_none())?.phase;
    let (early, made) = facts.turned_away();
    let text = format!(
        "{} of {} that followed ended before {failed}",
        early.len(),
        plural(made as u64, "connection")
    );
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
