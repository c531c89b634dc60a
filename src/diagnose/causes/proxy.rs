//! Why the way ends at a proxy: its own state, the account for it, its rules, or what it sees of the target.

use super::{CauseRule, Weighed};
use crate::{
    diagnose::{Facts, proxy},
    report::ProxyEvidence,
};

/// Proxy Authentication Required (RFC 9110 section 15.5.8).
const AUTHENTICATION_REQUIRED: u16 = 407;
/// The scheme that can be sent here.
const BASIC: &str = "Basic";

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "proxy-unreachable",
        weigh: |facts| likely(facts, "proxy-unreachable"),
        comes_and_goes: false,
        confirm: &[
            "the address and the port in --proxy, or in the variable that --proxy env took",
            "whether the proxy runs, and whether another program on this machine gets through it",
        ],
        fix: &["name the right proxy, or trace without one where there is a direct way"],
    },
    CauseRule {
        code: "proxy-authentication-required",
        weigh: account_wanted,
        comes_and_goes: false,
        confirm: &[
            "the schemes that the proxy names in the report: rdptrace sends Basic, over SOCKS an account, and nothing else",
        ],
        fix: &[
            "where the proxy takes that, give --proxy-user; else let it allow the target without an account",
        ],
    },
    CauseRule {
        code: "proxy-account-refused",
        weigh: account_refused,
        comes_and_goes: false,
        confirm: &[
            "the same account in a browser that uses the proxy",
            "the proxy's log shows a failed logon of this account",
        ],
        fix: &[
            "correct --proxy-user or its password; the account is sent once a connection",
            "where the proxy names no Basic, let it allow the target without an account",
        ],
    },
    CauseRule {
        code: "proxy-target-unreachable",
        weigh: |facts| likely(facts, "proxy-target-unreachable"),
        comes_and_goes: true,
        confirm: &[
            "a trace from the proxy's network, or without the proxy",
            "what the target's name resolves to in the DNS that the proxy uses",
        ],
        fix: &["correct the name or the DNS of the proxy, open the firewall behind it, or start the target"],
    },
    CauseRule {
        code: "proxy-refused",
        weigh: |facts| likely(facts, "proxy-refused"),
        comes_and_goes: false,
        confirm: &[
            "the proxy's access log names the rule",
            "CONNECT to port 443 of the same host is allowed",
        ],
        fix: &["allow host and port on the proxy, or go through an RD Gateway on 443"],
    },
    CauseRule {
        code: "proxy-not-spoken",
        weigh: |facts| likely(facts, "proxy-not-spoken"),
        comes_and_goes: false,
        confirm: &["the kind and the port in --proxy: http:// or socks5://"],
        fix: &[
            "name the kind and the port of the proxy as they are",
            "where they are right and the proxy is silent, give it more time with --timeout",
        ],
    },
];

/// What the proxy said, where it ended the way with this code.
fn said<'a>(facts: &Facts<'a>, code: &str) -> Option<(String, &'a ProxyEvidence)> {
    let (failure, seen) = proxy::ended(facts)?;
    (proxy::code(facts) == Some(code)).then(|| (failure.detail.clone(), seen))
}

fn likely(facts: &Facts<'_>, code: &str) -> Option<Weighed> {
    said(facts, code).map(|(detail, _)| Weighed::likely(detail))
}

/// 407 says so by number; a SOCKS proxy without a common method may mean somebody else.
fn account_wanted(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, seen) = said(facts, "proxy-authentication-required")?;
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
    let (detail, seen) = said(facts, "proxy-account-refused")?;
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
