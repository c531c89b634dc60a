//! Why the leg to an RD Gateway ends: what the gateway itself depends on, and what ends it without a word.

use super::{
    CauseRule, Place, Weighed,
    gateway_proxy::{http, in_front},
    refused_with, rule, told_by,
};
use crate::{
    codes::Phase,
    diagnose::{Facts, gateway},
    report::{CauseCode, FailureKind, FindingCode, GatewayStep, Likelihood::Likely, Status},
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Gateway, CauseCode::GatewayAccountServiceFailed, account_service).intermittent(),
    rule(Place::Gateway, CauseCode::GatewayPathForbidden, path_forbidden),
    rule(Place::Gateway, CauseCode::GatewayConnectionCut, cut).intermittent(),
    told_by(Place::Gateway, CauseCode::GatewayNotConforming, FindingCode::GatewayAnswerMalformed, Likely),
];

/// A failure of its own in the answer to the first request, before anybody asked for an account.
pub(super) fn fails(facts: &Facts<'_>) -> Option<String> {
    let detail = refused_with(facts, FindingCode::GatewayHttpRefused)?;
    let (step, failure) = gateway::failed(facts)?;
    (step == GatewayStep::Http && failure.code.is_some_and(is_own_failure)).then_some(detail)
}

/// 501 is about the method, and 502 to 504 are of whoever stands between.
fn is_own_failure(status: i64) -> bool {
    matches!(status, 500 | 505..=599)
}

/// A failure of its own in the place of a judgement of the account.
fn account_service(facts: &Facts<'_>) -> Option<Weighed> {
    let (step, failure) = gateway::failed(facts)?;
    let auth = &facts.through?.steps.auth.as_ref()?.evidence;
    let code =
        failure.code.filter(|_| step == GatewayStep::Auth && failure.kind == FailureKind::HttpStatus)?;
    let no_server = gateway::code(facts) == Some(FindingCode::GatewayHttpRefused) && auth.refusal.is_some();
    let own = is_own_failure(code);
    let text = "the account was asked for and not judged".to_owned();
    match gateway::code(facts)? {
        _ if !own && !no_server => None,
        // On another connection the proof means nothing, which fails in the same way.
        FindingCode::GatewayAuthenticationBroken => Some(Weighed::possible(failure.detail.clone())),
        _ => Some(Weighed::likely(failure.detail.clone()).and(Some(text))),
    }
}

/// What was answered, and that GET on the same path is answered in the same way.
pub(super) fn any_method(facts: &Facts<'_>) -> Option<(String, String)> {
    let detail = refused_with(facts, FindingCode::GatewayHttpRefused)?;
    let seen = http(facts).filter(|seen| matches!(seen.status, Some(403 | 405 | 501)))?;
    let same = seen.get_status.filter(|status| Some(*status) == seen.status)?;
    Some((detail, format!("GET on the same path is answered with {same} too")))
}

fn path_forbidden(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, got) = any_method(facts)?;
    Some(Weighed::likely(detail).and(Some(got)).and(in_front(facts)))
}

/// Whether anything of the server behind the gateway was heard.
fn heard(facts: &Facts<'_>) -> bool {
    let mut behind = facts.phases.iter().filter(|summary| summary.phase > Phase::Gateway);
    behind.any(|summary| summary.status == Status::Passed)
}

/// A channel that ends before a byte of the server: some gateways open it before they have reached the server.
pub(super) fn opened_in_vain(facts: &Facts<'_>) -> Option<Weighed> {
    let through = facts.through.filter(|_| !heard(facts))?;
    let channel = through.steps.channel.as_ref()?;
    let text = "no byte of the server came: some gateways open the channel before they connect to the server";
    if let Some(detail) = refused_with(facts, FindingCode::GatewayConnectionLost) {
        return Some(match channel.status {
            Status::Passed => Weighed::likely(detail).and(Some(text.to_owned())),
            _ => Weighed::possible(detail),
        });
    }
    // It says that the server closed, which is all that a gateway can say that has not reached it.
    let ended = facts.failed()?.failure.filter(|failure| failure.kind == FailureKind::Closed)?;
    let closed = channel.status == Status::Passed && through.close_status.is_some();
    closed.then(|| Weighed::possible(ended.detail.clone()).and(Some(text.to_owned())))
}

fn cut(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayConnectionLost)?;
    Some(match opened_in_vain(facts) {
        Some(_) => Weighed::possible(detail).and(in_front(facts)),
        None => Weighed::likely(detail).and(in_front(facts)),
    })
}
