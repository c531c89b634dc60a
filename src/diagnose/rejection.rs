//! Who turned an attempt to connect down, by what ICMP said and how long it took.
//!
//! A router or host that looks for a host on its link reports it unreachable after three seconds, so the same message
//! within a round trip is a filter's rule. Systems without an error queue only know the time.

use super::Facts;
use crate::{
    codes::{
        Phase,
        icmp::{TIME_EXCEEDED, UNREACHABLE, V6_TIME_EXCEEDED, V6_UNREACHABLE},
    },
    report::{Attempt, AttemptResult, FailureKind, RejectedBy},
};

/// Who looks for an address on its link asks three times, a second apart (RFC 4861 section 10; ARP does the same).
const SOUGHT_MS: f64 = 2500.0;

/// Which codes of destination unreachable say that a rule forbids it or that there is no route.
const FORBIDDEN: [u8; 3] = [9, 10, 13];
const NO_ROUTE: [u8; 3] = [0, 6, 11];
/// The same of ICMPv6.
const V6_FORBIDDEN: [u8; 3] = [1, 5, 6];
const V6_NO_ROUTE: [u8; 1] = [0];
/// Host unreachable, and address unreachable of ICMPv6: who looked for the host says so.
const HOST: [u8; 1] = [1];
const V6_HOST: [u8; 1] = [3];

/// What turned it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// A rule, as its message says.
    Forbidden,
    /// Somebody who answered sooner than one who looks for the host, or who says of a port what only a rule says.
    Rule,
    /// A router without a route.
    NoRoute,
    /// This machine, without a route of its own.
    Here,
    /// Nobody answered for the address.
    Nobody,
}

/// The attempt that the failure is about.
pub(super) fn attempt<'a>(facts: &Facts<'a>) -> Option<&'a Attempt> {
    let failure = facts.failed().filter(|failed| failed.phase == Phase::Connect)?.failure?;
    let wanted = match failure.kind {
        FailureKind::Refused => AttemptResult::Refused,
        FailureKind::Unreachable => AttemptResult::Unreachable,
        _ => return None,
    };
    let attempts = &facts.described?.phases.connect.as_ref()?.evidence.attempts;
    attempts.iter().find(|attempt| attempt.result == wanted)
}

/// What is known of it; nothing of a RST, which anybody sends in the host's name.
pub(super) fn rejection(attempt: &Attempt) -> Option<Rejection> {
    let sought = attempt.elapsed_ms.0 >= SOUGHT_MS;
    match attempt.rejected_by {
        Some(RejectedBy::ThisMachine) => return Some(Rejection::Here),
        Some(RejectedBy::Link) => return Some(Rejection::Nobody),
        None if attempt.result == AttemptResult::Unreachable && sought => return Some(Rejection::Nobody),
        _ => {}
    }
    let icmp = attempt.icmp.as_ref()?;
    let (unreachable, exceeded, forbidden, no_route, host) = match attempt.address.is_ipv6() {
        true => (V6_UNREACHABLE, V6_TIME_EXCEEDED, &V6_FORBIDDEN[..], &V6_NO_ROUTE[..], &V6_HOST[..]),
        false => (UNREACHABLE, TIME_EXCEEDED, &FORBIDDEN[..], &NO_ROUTE[..], &HOST[..]),
    };
    let says = |codes: &[u8]| icmp.kind == unreachable && codes.contains(&icmp.code);
    Some(match () {
        () if says(forbidden) => Rejection::Forbidden,
        () if says(no_route) || icmp.kind == exceeded => Rejection::NoRoute,
        () if sought && says(host) => Rejection::Nobody,
        () => Rejection::Rule,
    })
}
