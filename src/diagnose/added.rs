//! What the user added to the connection and the server does not take: routing token, pre-connection blob, another name.
//!
//! Each addition is left out alone, in an experiment of its own. It is the cause only if the same connection without
//! it gets past the phase that failed, and then the only one. A hop carries none of them.

use std::net::IpAddr;

use super::{Facts, Rule, redirection};
use crate::{
    codes::Phase,
    report::{ExperimentKind, FailureKind, FindingCode, Severity, Status},
};

/// The broker does not know the routing token (MS-RDPBCGR 2.2.5.1.1).
const ERRINFO_CB_CONNECTION_ERROR_INVALID_SETTINGS: i64 = 0x410;

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::LoadBalanceInfoRefused, Severity::Error, Phase::Negotiate, token),
    Rule::new(FindingCode::PreconnectionRefused, Severity::Error, Phase::Negotiate, preconnection),
    Rule::new(FindingCode::ServerNameRefused, Severity::Error, Phase::Tls, server_name),
];

/// The routing token of the command line; that of a file is told as the file's.
pub(super) fn token(facts: &Facts<'_>) -> Option<String> {
    let own = facts.file.is_none_or(|file| file.load_balance_info.is_none());
    if !(own && is_asked(facts, facts.request.load_balance_info)) {
        return None;
    }
    if is_unknown_to_broker(facts) {
        return Some("the broker does not know what --load-balance-info says".to_owned());
    }
    refused(facts, ExperimentKind::NoCookie, "the routing token of --load-balance-info")
}

/// Whether the broker says so by number.
pub(super) fn is_unknown_to_broker(facts: &Facts<'_>) -> bool {
    let failure = facts.failed().and_then(|failed| failed.failure);
    failure.is_some_and(|failure| {
        failure.kind == FailureKind::ErrorInfo
            && failure.code == Some(ERRINFO_CB_CONNECTION_ERROR_INVALID_SETTINGS)
    })
}

pub(super) fn preconnection(facts: &Facts<'_>) -> Option<String> {
    is_asked(facts, facts.request.preconnection).then_some(())?;
    refused(facts, ExperimentKind::NoPreconnection, "the pre-connection blob (pcb of the .rdp file)")
}

pub(super) fn server_name(facts: &Facts<'_>) -> Option<String> {
    is_asked(facts, facts.request.server_name).then_some(())?;
    // Without its name a hello is shorter too: one that is short and names it tells which of the two matters.
    let named = |kind: ExperimentKind| {
        let tls = facts.experiment(kind)?.connection.phases.tls.as_ref()?;
        Some(tls.evidence.sni.is_some() && tls.status == Status::Passed)
    };
    if [ExperimentKind::Tls12Only, ExperimentKind::Tls13Only]
        .into_iter()
        .any(|kind| named(kind) == Some(true))
    {
        return None;
    }
    let name = format!("the name {} of --server-name", facts.server_name);
    refused(facts, without_name(facts), &name)
}

/// The experiment that sends the target's own name, or none where that is an address.
pub(super) fn without_name(facts: &Facts<'_>) -> ExperimentKind {
    if facts.host.parse::<IpAddr>().is_ok() { ExperimentKind::NoSni } else { ExperimentKind::NoServerName }
}

/// A hop carries nothing of it.
fn is_asked(facts: &Facts<'_>, asked: bool) -> bool {
    asked && redirection::hop(facts).is_none()
}

/// The sentence, where a connection that leaves it out gets further, or one that leaves out all that was added.
pub(super) fn refused(facts: &Facts<'_>, experiment: ExperimentKind, what: &str) -> Option<String> {
    let failed = facts.failed()?;
    let without = if gets_further(facts, experiment) {
        "without it"
    } else if asked(facts) > 1 && gets_further(facts, ExperimentKind::NoAdditions) && !is_one_enough(facts) {
        "without all that was added to it"
    } else {
        return None;
    };
    let (phase, detail) = (failed.phase, &failed.failure?.detail);
    Some(format!("with {what} the connection fails in {phase}, {without} {phase} passes: {detail}"))
}

/// Whether this connection gets further than the traced one, which failed every time.
pub(super) fn gets_further(facts: &Facts<'_>, experiment: ExperimentKind) -> bool {
    let further = || {
        let failed = facts.failed()?;
        let last = facts.experiment(experiment)?.connection.phases.summaries().pop()?;
        Some(last.phase > failed.phase || last.phase == failed.phase && last.status != Status::Failed)
    };
    facts.intermittent().is_none() && further() == Some(true)
}

/// Where leaving out one addition helps, the others are not suspects.
fn is_one_enough(facts: &Facts<'_>) -> bool {
    [ExperimentKind::NoCookie, ExperimentKind::NoPreconnection, without_name(facts)]
        .into_iter()
        .any(|name| gets_further(facts, name))
}

fn asked(facts: &Facts<'_>) -> usize {
    let asked = facts.request;
    let added = [asked.load_balance_info, asked.preconnection, asked.server_name];
    added.into_iter().filter(|added| *added).count()
}

/// The name of --server-name, where the target is an address, so that no other can be tried, and no hello is accepted.
pub(super) fn unknown_name<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let asked = is_asked(facts, facts.request.server_name) && facts.host.parse::<IpAddr>().is_ok();
    let failed = facts.failed().filter(|failed| failed.phase == Phase::Tls)?;
    let ended = failed.failure?.kind != FailureKind::TlsUnsupported && !facts.any_hello_accepted();
    (asked && ended && facts.intermittent().is_none()).then_some(facts.server_name)
}

/// Whether a token or a blob was sent that may be wrong: nobody answers with it, and nobody would without one either.
pub(super) fn is_unproved(facts: &Facts<'_>, asked: bool) -> bool {
    use FailureKind::{Closed, Reset, Timeout};
    let failed = facts.failed().filter(|failed| failed.phase == Phase::Negotiate);
    let ended = failed.and_then(|failed| failed.failure);
    let unsaid = ended.is_some_and(|failure| matches!(failure.kind, Closed | Reset | Timeout));
    is_asked(facts, asked)
        && unsaid
        && !is_one_enough(facts)
        && !gets_further(facts, ExperimentKind::NoAdditions)
}
