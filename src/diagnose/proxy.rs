//! How a proxy ended the way: its refusal is its own, never the server's.

use super::{Facts, gateway};
use crate::{
    codes::Phase,
    report::{Failure, FailureKind, FindingCode, GatewayStep, ProxyEvidence},
};

/// Bad Gateway, Service Unavailable, Gateway Timeout (RFC 9110), and what proxies answer where a name is unknown.
const UNREACHABLE: [u16; 4] = [500, 502, 503, 504];
/// Network, host, connection and time to live (RFC 1928 section 6).
const UNREACHABLE_REPLIES: [u8; 4] = [3, 4, 5, 6];
/// Proxy Authentication Required; and Unauthorized, which is for origin servers and which tinyproxy sends for a wrong account.
const ABOUT_ACCOUNT: [u16; 2] = [407, 401];
const FORBIDDEN: u16 = 403;

/// The code of an ending at a proxy; none where the trace ended elsewhere.
pub(super) fn code(facts: &Facts<'_>) -> Option<FindingCode> {
    let (failure, seen) = ended(facts)?;
    Some(match failure.kind {
        FailureKind::ProxyRefused => refusal(seen),
        _ if seen.elapsed_ms.is_none() => FindingCode::ProxyUnreachable,
        _ => FindingCode::ProxyNotSpoken,
    })
}

/// Whether the trace ended at a proxy.
pub(super) fn is_ended(facts: &Facts<'_>) -> bool {
    ended(facts).is_some()
}

/// The failure and the proxy, at whose name, at whose port or by whose answer it ended.
pub(super) fn ended<'a>(facts: &Facts<'a>) -> Option<(&'a Failure, &'a ProxyEvidence)> {
    let failed = facts.failed()?;
    let seen = match gateway::failed(facts) {
        Some((step, _)) => {
            let steps = &facts.through?.steps;
            match step {
                GatewayStep::Resolve => steps.resolve.as_ref()?.evidence.proxy.as_ref(),
                GatewayStep::Connect => steps.connect.as_ref()?.evidence.proxy.as_ref(),
                GatewayStep::Proxy => Some(&steps.proxy.as_ref()?.evidence),
                _ => None,
            }
        }
        None => {
            let phases = &facts.described?.phases;
            match failed.phase {
                Phase::Resolve => phases.resolve.as_ref()?.evidence.proxy.as_ref(),
                Phase::Connect => phases.connect.as_ref()?.evidence.proxy.as_ref(),
                _ => None,
            }
        }
    };
    Some((failed.failure?, seen?))
}

fn refusal(seen: &ProxyEvidence) -> FindingCode {
    let wants_account = seen.status.is_some_and(|status| ABOUT_ACCOUNT.contains(&status))
        // Forbidden is mostly the destination; with a challenge beside it, it is who asks.
        || seen.status == Some(FORBIDDEN) && !seen.schemes.is_empty()
        || seen.reply.is_none() && seen.method.is_some_and(|method| method != 0);
    match (wants_account, seen.account_sent) {
        (true, false) => FindingCode::ProxyAuthenticationRequired,
        (true, true) => FindingCode::ProxyAccountRefused,
        _ if seen.status.is_some_and(|status| UNREACHABLE.contains(&status))
            || seen.reply.is_some_and(|reply| UNREACHABLE_REPLIES.contains(&reply)) =>
        {
            FindingCode::ProxyTargetUnreachable
        }
        _ => FindingCode::ProxyRefused,
    }
}
