//! Where a broker sends the client, and why the way ends there (MS-RDPBCGR 2.2.13).

use super::{Facts, Rule, experiments::Ending};
use crate::{
    codes::Phase,
    report::{FailureKind, Hop, Purpose, Redirection, Severity, Unfollowed},
};

pub const RULES: &[Rule] = &[
    Rule { code: "redirected", severity: Severity::Info, phase: Phase::Licensing, applies: early },
    Rule { code: "redirected", severity: Severity::Info, phase: Phase::Activate, applies: late },
    Rule { code: "redirect-loop", severity: Severity::Error, phase: Phase::Licensing, applies: in_circles },
    Rule { code: "redirect-limit", severity: Severity::Error, phase: Phase::Licensing, applies: too_many },
    Rule { code: "redirect-nowhere", severity: Severity::Error, phase: Phase::Licensing, applies: nowhere },
    Rule {
        code: "redirect-behind-gateway",
        severity: Severity::Info,
        phase: Phase::Gateway,
        applies: behind,
    },
    Rule { code: "redirect-target-failed", severity: Severity::Error, phase: Phase::Connect, applies: stale },
    Rule {
        code: "redirect-name-failed",
        severity: Severity::Warning,
        phase: Phase::Resolve,
        applies: some_failed,
    },
    Rule {
        code: "redirect-own-account",
        severity: Severity::Info,
        phase: Phase::Credssp,
        applies: own_account,
    },
    Rule {
        code: "redirect-rdstls-only",
        severity: Severity::Error,
        phase: Phase::Negotiate,
        applies: rdstls_only,
    },
];

/// The hop that the verdict describes.
pub fn hop<'a>(facts: &Facts<'a>) -> Option<&'a Hop> {
    facts.trace.described()?.hop.as_ref()
}

fn early(facts: &Facts<'_>) -> Option<String> {
    told(facts.licensing?.redirection.as_ref()?)
}

fn late(facts: &Facts<'_>) -> Option<String> {
    let later = facts.session.and_then(|session| session.redirection.as_ref());
    told(facts.activate?.redirection.as_ref().or(later)?)
}

fn told(redirection: &Redirection) -> Option<String> {
    let names = [&redirection.target_fqdn, &redirection.target_netbios_name, &redirection.target_address];
    let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    let target = if names.is_empty() { "a host it does not name".to_owned() } else { names.join(", ") };
    let session = redirection.session_id;
    (!redirection.informational)
        .then(|| format!("the server sends its clients to {target}, session {session}"))
}

fn in_circles(facts: &Facts<'_>) -> Option<String> {
    let hop = facts.trace.described()?.hop.as_ref();
    let with = match hop.and_then(|hop| hop.token.as_ref()) {
        Some(_) => "with the same routing token",
        None => "for the same session",
    };
    let text = || format!("the redirections lead where the trace has already been, {with}");
    (facts.trace.unfollowed == Some(Unfollowed::Loop)).then(text)
}

fn too_many(facts: &Facts<'_>) -> Option<String> {
    let hops = match facts.trace.described()?.purpose {
        Purpose::Hop(number) => number,
        _ => 0,
    };
    (facts.trace.unfollowed == Some(Unfollowed::Limit))
        .then(|| format!("after {hops} redirections the server redirects again"))
}

fn nowhere(facts: &Facts<'_>) -> Option<String> {
    let text = "the server redirects without a name, an address or a token that a client could go on with";
    (facts.trace.unfollowed == Some(Unfollowed::Nowhere)).then(|| text.to_owned())
}

fn behind(facts: &Facts<'_>) -> Option<String> {
    let text = "the redirection is not followed: the gateway would be shown its account or token once more, \
                which --follow-with-account allows";
    (facts.trace.unfollowed == Some(Unfollowed::Gateway)).then(|| text.to_owned())
}

/// The broker names a host that cannot be reached from here, by none of its names.
fn stale(facts: &Facts<'_>) -> Option<String> {
    let hop = hop(facts)?;
    let phase = facts.failed().filter(|failed| is_on_the_way(failed.phase, hop))?.phase;
    let others: Vec<String> = hop.tried.iter().map(ToString::to_string).collect();
    let others = if others.is_empty() { String::new() } else { format!("; {}", others.join("; ")) };
    Some(format!("the host that the redirection names, {hop}, fails in {phase}{others}"))
}

/// Through a gateway it is the gateway that looks the name up, so only its channel tells of the host.
fn is_on_the_way(phase: Phase, hop: &Hop) -> bool {
    phase <= Phase::Connect || phase == Phase::Gateway && !hop.tried.is_empty()
}

/// A client goes on with the next name, and so did the trace.
fn some_failed(facts: &Facts<'_>) -> Option<String> {
    let hops = facts.trace.traced().filter_map(|made| made.hop.as_ref());
    let failed = facts.failed().map(|failed| failed.phase);
    let described = hop(facts);
    let answered = hops.filter(|hop| {
        let ended = failed.is_some_and(|phase| described == Some(*hop) && is_on_the_way(phase, hop));
        !hop.tried.is_empty() && !ended
    });
    let said = answered.map(|hop| {
        let tried: Vec<String> = hop.tried.iter().map(ToString::to_string).collect();
        format!("{}; {} answers", tried.join("; "), hop.host)
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| {
        format!(
            "the redirection names a host in several ways, and not all of them work here: {}",
            said.join("; ")
        )
    })
}

/// The redirection that led to the hop that the verdict describes.
fn led_here<'a>(facts: &Facts<'a>) -> Option<&'a Redirection> {
    let described = facts.trace.described()?;
    let before = facts.trace.traced().rfind(|made| made.purpose != described.purpose)?;
    before.redirection()
}

/// The hop that the verdict describes, where its redirection brought an account for it.
pub fn with_own_account<'a>(facts: &Facts<'a>) -> Option<&'a Hop> {
    hop(facts).filter(|hop| hop.own_account)
}

fn own_account(facts: &Facts<'_>) -> Option<String> {
    with_own_account(facts)?;
    let brought = led_here(facts)?;
    let bytes = brought.password_bytes.map_or_else(String::new, |bytes| format!(" of {bytes} bytes"));
    let user = [&brought.domain, &brought.user].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let user = if user.is_empty() { String::new() } else { format!(" for the user {}", user.join("\\")) };
    Some(format!(
        "the redirection brings an account of its own: a password or cookie{bytes}{user}, which rdptrace does not use"
    ))
}

/// A host that waits for a redirected client with the one-time account, by the only protocol that carries it.
pub fn rdstls_only(facts: &Facts<'_>) -> Option<String> {
    let hop = hop(facts)?;
    let refused = facts.failed().filter(|failed| failed.phase == Phase::Negotiate)?.failure?;
    let answered = match facts.experiment("protocol-rdstls")?.ending(Phase::Negotiate)? {
        Ending::Passed => "is taken",
        // A demand for something else shows that the offer was read, where others are not answered at all.
        Ending::Failed(answer) if is_cut(refused.kind) && answer.kind == FailureKind::NegotiationFailure => {
            "is answered with a negotiation failure"
        }
        Ending::Failed(_) => return None,
    };
    let others = ["protocol-rdp", "protocol-ssl", "protocol-hybrid"];
    let taken = others.into_iter().any(|name| facts.passes(name, Phase::Negotiate) == Some(true));
    (!taken && facts.intermittent().is_none()).then(|| {
        format!(
            "the hop {hop} takes RDSTLS alone: an offer of RDSTLS {answered}, one without it fails ({})",
            refused.detail
        )
    })
}

fn is_cut(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Closed | FailureKind::Reset | FailureKind::Timeout)
}
