//! Why the leg to and through an RD Gateway ends: what the gateway itself says.

use super::{CauseRule, Place, Weighed, gateway_service, refused_with, rule, told_by};
use crate::{
    diagnose::{Facts, gateway},
    report::{
        CauseCode, Failure, FindingCode,
        Likelihood::{Certain, Likely},
    },
};

pub(super) const RULES: &[CauseRule] = &[
    told_by(Place::Gateway, CauseCode::GatewayNameNotFound, FindingCode::GatewayNameNotFound, Likely),
    told_by(Place::Gateway, CauseCode::GatewayUnreachable, FindingCode::GatewayUnreachable, Likely),
    told_by(Place::Gateway, CauseCode::GatewayTlsFailed, FindingCode::GatewayTlsFailed, Likely),
    rule(Place::ThisProgram, CauseCode::GatewayAzureVirtualDesktop, azure),
    told_by(Place::Gateway, CauseCode::GatewayLegacyRpc, FindingCode::GatewayLegacyRpc, Certain),
    told_by(Place::Gateway, CauseCode::GatewayNotThere, FindingCode::GatewayNotThere, Likely),
    rule(Place::Gateway, CauseCode::GatewayServiceDown, |facts| {
        refused_with(facts, FindingCode::GatewayServiceDown)
            .or_else(|| gateway_service::fails(facts))
            .map(Weighed::likely)
    }),
    told_by(
        Place::Gateway,
        CauseCode::GatewaySchemeNotOffered,
        FindingCode::GatewaySchemeNotOffered,
        Certain,
    ),
    rule(Place::Gateway, CauseCode::GatewaySchemeRefused, scheme_refused),
    rule(Place::Account, CauseCode::GatewayCredentialsWrong, credentials_wrong),
    rule(Place::Gateway, CauseCode::GatewayExtendedAuthRequired, extended_auth),
    told_by(Place::Gateway, CauseCode::GatewayTokenRefused, FindingCode::GatewayTokenRefused, Certain),
    told_by(Place::Gateway, CauseCode::GatewayConnectionLimit, FindingCode::GatewayConnectionLimit, Certain),
    told_by(
        Place::Gateway,
        CauseCode::GatewayConnectionPolicy,
        FindingCode::GatewayConnectionPolicy,
        Certain,
    ),
    rule(Place::Gateway, CauseCode::GatewayTokenOtherHost, token_other_host),
    rule(Place::Gateway, CauseCode::GatewayResourcePolicy, resource_policy),
    rule(Place::Gateway, CauseCode::GatewayTargetUnreachable, target_unreachable),
    told_by(Place::Gateway, CauseCode::GatewaySessionEnded, FindingCode::GatewaySessionEnded, Certain),
];

fn failure<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    gateway::failed(facts).map(|(_, failure)| failure)
}

/// Others take tokens alone too, such as a proxy that signs users on; the name tells.
fn azure(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayAzureVirtualDesktop)?;
    Some(match gateway::is_named_azure(facts.through?) {
        true => Weighed::certain(detail),
        false => Weighed::likely(detail),
    })
}

fn credentials_wrong(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayCredentialsRefused)?;
    let auth = &facts.through?.steps.auth.as_ref()?.evidence;
    // Words that name another reason mean that the password is right, or was not looked at.
    if auth.refusal.is_some_and(|said| !gateway::LOGON_FAILURES.contains(&said)) {
        return None;
    }
    let against = auth.channel_bindings.then(|| {
        "the proof was bound to the certificate that was served: a gateway that enforces the binding refuses it \
         where a proxy ends TLS, though the password is right"
            .to_owned()
    });
    Some(Weighed::likely(detail).but(against))
}

/// It came before any proof, so it is no judgement of the account; what else is offered may be taken.
fn scheme_refused(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewaySchemeRefused)?;
    let steps = &facts.through?.steps;
    let begun = steps.auth.as_ref()?.evidence.scheme.as_deref();
    let offered = &steps.http.as_ref()?.evidence.schemes;
    let others: Vec<&str> = offered.iter().map(String::as_str).filter(|name| Some(*name) != begun).collect();
    let others = (!others.is_empty()).then(|| format!("the gateway also offers {}", others.join(", ")));
    let text = "no password was judged: the refusal came before any proof of it".to_owned();
    Some(Weighed::likely(detail).and(Some(text)).and(others))
}

/// An account in HTTP takes the place of the token.
fn extended_auth(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayExtendedAuthRequired)?;
    let through = facts.through?;
    let aside = through.token && through.steps.auth.as_ref().is_some_and(|auth| auth.evidence.accepted);
    let text = "the token of the file was left aside, because the gateway asked for an account first";
    Some(Weighed::certain(detail).and(aside.then(|| text.to_owned())))
}

/// With a token the policy is that of the portal that gave it out.
fn token_other_host(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayResourcePolicy)?;
    let token = facts.through?.steps.tunnel.as_ref()?.evidence.token_sent;
    token.then(|| {
        Weighed::likely(detail).and(Some("a token allows only the host that it was given out for".to_owned()))
    })
}

fn resource_policy(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayResourcePolicy)?;
    let named = facts.through?.steps.channel.as_ref()?.evidence.resource.clone();
    let name = named.map(|name| format!("the gateway was asked for {name}, and for no other name of it"));
    let token = facts.through?.steps.tunnel.as_ref().is_some_and(|tunnel| tunnel.evidence.token_sent);
    Some(if token { Weighed::possible(detail) } else { Weighed::certain(detail) }.and(name))
}

/// The number for an unreachable server says so; other gateways send that of an internal error.
fn target_unreachable(facts: &Facts<'_>) -> Option<Weighed> {
    const E_PROXY_TS_CONNECTFAILED: u32 = 0x59DD;
    if let Some(weighed) = gateway_service::opened_in_vain(facts) {
        return Some(weighed);
    }
    let detail = refused_with(facts, FindingCode::GatewayTargetUnreachable)?;
    match gateway::low(failure(facts)?) {
        Some(E_PROXY_TS_CONNECTFAILED) => Some(Weighed::certain(detail)),
        _ => Some(Weighed::likely(detail).and(Some(
            "gateways that are not Windows send this number where they cannot reach the server".to_owned(),
        ))),
    }
}
