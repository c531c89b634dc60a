//! Where a broker sends the client, and why the way ends there (MS-RDPBCGR 2.2.13).

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    report::{Hop, Purpose, Redirection, Severity, Unfollowed},
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
    let text = "the redirections lead where the trace has already been, with the same routing token";
    (facts.trace.unfollowed == Some(Unfollowed::Loop)).then(|| text.to_owned())
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

/// The broker names a host that cannot be reached from here.
fn stale(facts: &Facts<'_>) -> Option<String> {
    let hop = hop(facts)?;
    let phase = facts.failed().filter(|failed| failed.phase <= Phase::Connect)?.phase;
    Some(format!("the host that the redirection names, {hop}, fails in {phase}"))
}
