//! Why a name has no address, and why no connection opens.

use super::{CauseRule, Place, Weighed, failed_in, rule};
use crate::{
    codes::Phase,
    diagnose::{Facts, facts::GATEWAY_ALWAYS},
    report::FailureKind::{NotFound, Refused, Timeout, Unreachable},
};

pub const RULES: &[CauseRule] = &[
    rule(Place::Path, "dns-name-missing", name_missing),
    rule(Place::ThisMachine, "dns-not-working", |facts| {
        let failure = failed_in(facts, Phase::Resolve)?;
        matches!(failure.kind, Timeout | Unreachable).then(|| Weighed::likely(failure.detail.clone()))
    })
    .intermittent(),
    rule(Place::Host, "rdp-not-listening", |facts| {
        let failure = failed_in(facts, Phase::Connect).filter(|failure| failure.kind == Refused)?;
        Some(Weighed::likely(failure.detail.clone()))
    }),
    rule(Place::Path, "firewall-rejects", |facts| {
        let failure = failed_in(facts, Phase::Connect)?;
        matches!(failure.kind, Refused | Unreachable).then(|| Weighed::possible(failure.detail.clone()))
    }),
    rule(Place::Path, "firewall-drops", silent),
    rule(Place::Host, "host-down", |facts| {
        let failure = failed_in(facts, Phase::Connect)?;
        matches!(failure.kind, Timeout | Unreachable).then(|| Weighed::possible(failure.detail.clone()))
    })
    .intermittent(),
    rule(Place::Path, "no-route", |facts| {
        let failure = failed_in(facts, Phase::Connect).filter(|failure| failure.kind == Unreachable)?;
        Some(Weighed::likely(failure.detail.clone()))
    })
    .intermittent(),
    rule(Place::Path, "rate-limited", rate_limited).intermittent(),
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
