//! Where a broker sends the client, and why the way ends there (MS-RDPBCGR 2.2.13).

use std::net::IpAddr;

use super::{Facts, Rule, experiments::Ending, gateway, machine::is_public};
use crate::{
    codes::Phase,
    plain::plural,
    report::{
        Connection, ExperimentKind, FailureKind, FindingCode, Hop, Purpose, Redirection, Severity, Summary,
        Unfollowed,
    },
};

/// So much of what cannot be used is in a sentence; the rest is in the redirection's record.
const MOST_SHOWN: usize = 5;
const LONGEST_SHOWN: usize = 64;

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: FindingCode::Redirected,
        severity: Severity::Info,
        phase: Phase::Licensing,
        applies: while_licensing,
    },
    Rule {
        code: FindingCode::Redirected,
        severity: Severity::Info,
        phase: Phase::Activate,
        applies: while_activating,
    },
    Rule::new(FindingCode::RedirectLoop, Severity::Error, Phase::Licensing, in_circles),
    Rule::new(FindingCode::RedirectLimit, Severity::Error, Phase::Licensing, too_many),
    Rule::new(FindingCode::RedirectNowhere, Severity::Error, Phase::Licensing, nowhere),
    Rule::new(FindingCode::RedirectNameUnusable, Severity::Warning, Phase::Licensing, passed_over),
    Rule::new(FindingCode::RedirectBehindGateway, Severity::Info, Phase::Gateway, behind),
    Rule::new(FindingCode::RedirectTargetFailed, Severity::Error, Phase::Connect, stale),
    Rule::new(FindingCode::RedirectNameFailed, Severity::Warning, Phase::Resolve, some_failed),
    Rule::new(FindingCode::RedirectOwnAccount, Severity::Info, Phase::Credssp, own_account),
    Rule::new(FindingCode::RedirectRdstlsOnly, Severity::Error, Phase::Negotiate, rdstls_only),
];

/// The hop that the verdict describes.
pub(super) fn hop<'a>(facts: &Facts<'a>) -> Option<&'a Hop> {
    facts.described?.hop.as_ref()
}

fn while_licensing(facts: &Facts<'_>) -> Option<String> {
    told(facts.licensing?.redirection.as_ref()?)
}

fn while_activating(facts: &Facts<'_>) -> Option<String> {
    let later = facts.session.and_then(|session| session.redirection.as_ref());
    told(facts.activate?.redirection.as_ref().or(later)?)
}

fn told(redirection: &Redirection) -> Option<String> {
    let names = [&redirection.target_fqdn, &redirection.target_netbios_name, &redirection.target_address];
    let is_usable =
        |name: &&String| redirection.unusable.iter().all(|named| named.name.as_ref() != Some(*name));
    let names: Vec<&str> = names.into_iter().flatten().filter(is_usable).map(String::as_str).collect();
    let target = if names.is_empty() { "a host it does not name".to_owned() } else { names.join(", ") };
    let session = redirection.session_id;
    (!redirection.informational)
        .then(|| format!("the server sends its clients to {target}, session {session}"))
}

fn in_circles(facts: &Facts<'_>) -> Option<String> {
    let hop = facts.described?.hop.as_ref();
    let with = match hop.and_then(Hop::shown_token) {
        Some(_) => "with the same routing token",
        None => "for the same session",
    };
    let text = || format!("the redirections lead where the trace has already been, {with}");
    (facts.trace.unfollowed == Some(Unfollowed::Loop)).then(text)
}

fn too_many(facts: &Facts<'_>) -> Option<String> {
    let hops = match facts.described?.purpose {
        Purpose::Hop(number) => number,
        _ => 0,
    };
    (facts.trace.unfollowed == Some(Unfollowed::Limit))
        .then(|| format!("after {} the server redirects again", plural(hops.into(), "redirection")))
}

/// What a server names and no client can go to is no name at all, or one that this program cannot use.
fn nowhere(facts: &Facts<'_>) -> Option<String> {
    let last = facts.described.filter(|_| is_nowhere(facts))?.redirection()?;
    Some(match unusable(last) {
        None => "the server redirects without a host, an address, a routing token or a session".to_owned(),
        Some(named) => format!("rdptrace can use nothing of what the redirection names: {named}"),
    })
}

fn is_nowhere(facts: &Facts<'_>) -> bool {
    facts.trace.unfollowed == Some(Unfollowed::Nowhere)
}

/// Where something else of the redirection leads on.
fn passed_over(facts: &Facts<'_>) -> Option<String> {
    let last = facts.described.filter(|_| is_nowhere(facts)).map(|made| &made.purpose);
    let others = facts.trace.traced().filter(|made| Some(&made.purpose) != last);
    let followed = others.filter_map(|made| made.redirection()).filter(|found| !found.informational);
    let named: Vec<String> = followed.filter_map(unusable).collect();
    let text = match facts.is_watched() {
        true => "a part of the redirection cannot be used",
        false => "rdptrace passes over what it cannot use of the redirection",
    };
    (!named.is_empty()).then(|| format!("{text}: {}", named.join("; ")))
}

/// The fields that cannot be used, each with the reason.
fn unusable(redirection: &Redirection) -> Option<String> {
    let list = redirection.unusable.iter().take(MOST_SHOWN).map(|unusable| {
        let name = unusable.name.as_deref().unwrap_or_default();
        let cut: String = name.chars().take(LONGEST_SHOWN).collect();
        let dots = if cut.len() < name.len() { "..." } else { "" };
        let name = if name.is_empty() { String::new() } else { format!(" \"{cut}{dots}\"") };
        format!("{}{name} ({})", unusable.field, unusable.reason)
    });
    let more = redirection.unusable.len().saturating_sub(MOST_SHOWN);
    let more = (more > 0).then(|| format!("and {more} more"));
    let list: Vec<String> = list.chain(more).collect();
    (!list.is_empty()).then(|| list.join(", "))
}

fn behind(facts: &Facts<'_>) -> Option<String> {
    let text = "the redirection is not followed: the gateway would be shown its account or token once more, \
                which --follow-with-account allows";
    (facts.trace.unfollowed == Some(Unfollowed::Gateway)).then(|| text.to_owned())
}

/// The broker names a host that cannot be reached from here, by none of its names.
fn stale(facts: &Facts<'_>) -> Option<String> {
    let hop = hop(facts)?;
    let lost = |failed: &&Summary<'_>| is_on_the_way(failed.phase, hop) || gateway::is_about_host(facts);
    let phase = facts.failed().filter(lost)?.phase;
    let others: Vec<String> = hop.tried.iter().map(ToString::to_string).collect();
    let others = if others.is_empty() { String::new() } else { format!("; {}", others.join("; ")) };
    Some(format!("the host that the redirection names, {hop}, fails in {phase}{others}"))
}

/// The hop that no connection opens to, at none of its addresses or through the gateway, and how the last try ended.
pub(super) fn unreached<'a, 'f>(facts: &'f Facts<'a>) -> Option<(&'a Hop, &'f Summary<'a>)> {
    let hop = hop(facts)?;
    let lost = |failed: &&Summary<'_>| failed.phase <= Phase::Connect || gateway::is_about_host(facts);
    let failed = facts.failed().filter(lost)?;
    facts.other_addresses(failed.phase).is_empty().then_some((hop, failed))
}

/// The other names and addresses of the redirection that were tried in vain.
pub(super) fn names_tried(hop: &Hop) -> Option<String> {
    let tried: Vec<String> = hop.tried.iter().take(MOST_SHOWN).map(ToString::to_string).collect();
    (!tried.is_empty()).then(|| tried.join("; "))
}

/// Whether the server was reached over the internet, and names an address that is none of the internet.
pub(super) fn elsewhere(facts: &Facts<'_>) -> Option<String> {
    let peer = |made: &Connection| Some(made.phases.connect.as_ref()?.evidence.peer?.ip());
    let server = facts.trace.traced().next().and_then(peer).filter(|ip| is_public(*ip))?;
    let connect = facts.described?.phases.connect.as_ref()?;
    let mut tried = connect.evidence.attempts.iter().map(|attempt| attempt.address.ip());
    let inner: IpAddr = tried.find(|ip| !is_public(*ip))?;
    Some(format!("{inner} is no address of the internet, and the server was reached at {server}"))
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

/// The hop that the verdict describes, where its redirection brought an account for it.
pub(super) fn with_own_account<'a>(facts: &Facts<'a>) -> Option<&'a Hop> {
    hop(facts).filter(|hop| hop.own_account)
}

/// The user's account is given to such a hop in no case; that is told wherever one was given.
fn own_account(facts: &Facts<'_>) -> Option<String> {
    let traced: Vec<&Connection> = facts.trace.traced().collect();
    let brought = |index: usize| {
        let hop = traced[index].hop.as_ref().filter(|hop| hop.own_account)?;
        let before = traced[..index].iter().rfind(|made| made.purpose != traced[index].purpose)?;
        Some((hop, before.redirection()?))
    };
    let (hop, brought) = (0..traced.len()).rev().find_map(brought)?;
    let bytes = brought
        .password_bytes
        .map_or_else(String::new, |bytes| format!(" of {}", plural(bytes as u64, "byte")));
    let user = [&brought.domain, &brought.user].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let user = if user.is_empty() { String::new() } else { format!(" for the user {}", user.join("\\")) };
    let given = match facts.request.account {
        true => format!("; the account that was given is not used at the hop {hop} either"),
        false => String::new(),
    };
    Some(format!(
        "the redirection brings an account of its own: a password or cookie{bytes}{user}, which rdptrace does not \
         use{given}"
    ))
}

/// A host that waits for a redirected client with the one-time account, by the only protocol that carries it.
pub(super) fn rdstls_only(facts: &Facts<'_>) -> Option<String> {
    let hop = hop(facts)?;
    let without = facts.failed().filter(|failed| failed.phase == Phase::Negotiate)?.failure?;
    let others = [ExperimentKind::ProtocolRdp, ExperimentKind::ProtocolSsl, ExperimentKind::ProtocolHybrid];
    let taken = others.into_iter().any(|kind| facts.passes(kind, Phase::Negotiate) == Some(true));
    if taken || facts.intermittent().is_some() {
        return None;
    }
    match facts.experiment(ExperimentKind::ProtocolRdstls)?.ending(Phase::Negotiate)? {
        Ending::Passed => Some(format!(
            "the hop {hop} takes an offer of RDSTLS and none without it: to that {}",
            without.detail
        )),
        // A demand for something else shows that the offer was read, where others are not answered at all.
        Ending::Failed(answer) if without.kind.is_cut() && answer.kind == FailureKind::NegotiationFailure => {
            Some(format!(
                "the hop {hop} answers an offer of RDSTLS ({}) and none without it ({})",
                answer.detail, without.detail
            ))
        }
        Ending::Failed(_) => None,
    }
}
