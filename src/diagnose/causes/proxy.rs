//! Why the way ends at a proxy: its own state, the account for it, its rules, or what it sees of the target.

use super::{CauseRule, Place, Weighed, refused_with, rule, told_by};
use crate::{
    diagnose::{Facts, proxy},
    report::{CauseCode, FindingCode, Likelihood::Likely, ProxyEvidence},
};

/// Proxy Authentication Required (RFC 9110 section 15.5.8).
const AUTHENTICATION_REQUIRED: u16 = 407;
/// The scheme that can be sent here.
const BASIC: &str = "Basic";

pub(super) const RULES: &[CauseRule] = &[
    told_by(Place::Proxy, CauseCode::ProxyUnreachable, FindingCode::ProxyUnreachable, Likely),
    rule(Place::Proxy, CauseCode::ProxyAuthenticationRequired, account_wanted),
    rule(Place::Proxy, CauseCode::ProxyAccountRefused, account_refused),
    told_by(Place::Proxy, CauseCode::ProxyTargetUnreachable, FindingCode::ProxyTargetUnreachable, Likely)
        .intermittent(),
    told_by(Place::Proxy, CauseCode::ProxyRefused, FindingCode::ProxyRefused, Likely),
    told_by(Place::Proxy, CauseCode::ProxyNotSpoken, FindingCode::ProxyNotSpoken, Likely),
];

/// 407 says so by number; a SOCKS proxy without a common method may mean somebody else.
fn account_wanted(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, (_, seen)) =
        (refused_with(facts, FindingCode::ProxyAuthenticationRequired)?, proxy::ended(facts)?);
    let other = not_spoken(seen);
    let weighed = match seen.status {
        Some(AUTHENTICATION_REQUIRED) if other.is_none() => Weighed::certain(detail),
        _ => Weighed::likely(detail),
    };
    Some(weighed.and(other))
}

/// Whose limit it is, where the proxy names schemes and Basic is none of them.
fn not_spoken(seen: &ProxyEvidence) -> Option<String> {
    let takes_basic = seen.schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(BASIC));
    let only = seen.schemes.join(", ");
    (!seen.schemes.is_empty() && !takes_basic)
        .then(|| format!("the proxy does not name Basic, only {only}, which rdptrace does not speak"))
}

/// 407 after the account says so by number, and so does the status of SOCKS (RFC 1929); other answers may have other reasons.
fn account_refused(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, (_, seen)) = (refused_with(facts, FindingCode::ProxyAccountRefused)?, proxy::ended(facts)?);
    let takes_basic = seen.schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(BASIC));
    let text = Some("the account was sent before it".to_owned());
    let other = not_spoken(seen);
    let by_number = match seen.status {
        Some(status) => status == AUTHENTICATION_REQUIRED && takes_basic,
        None => true,
    };
    let weighed = if by_number { Weighed::certain(detail) } else { Weighed::likely(detail) };
    Some(weighed.and(text).but(other))
}
