//! Why the leg to an RD Gateway ends: what is in front of it.

use super::{CauseRule, Place, Weighed, gateway_service, refused_with, rule};
use crate::{
    diagnose::{Facts, gateway, path},
    report::{CauseCode, FindingCode, GatewayHttp, GatewayStep, GatewayTransport, Likelihood},
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Gateway, CauseCode::GatewayClientCertificateRequired, wants_certificate),
    rule(Place::Proxy, CauseCode::GatewayMethodFiltered, filtered),
    rule(Place::Gateway, CauseCode::GatewayAuthenticationBroken, broken).intermittent(),
    rule(Place::Gateway, CauseCode::GatewaySecondConnectionRefused, second_refused).intermittent(),
    rule(Place::Proxy, CauseCode::GatewayExtendedProtection, extended_protection),
    rule(Place::Proxy, CauseCode::GatewayProxyBuffers, buffers).intermittent(),
    rule(Place::Path, CauseCode::GatewayPathLoses, path_loses).intermittent(),
    rule(Place::Host, CauseCode::GatewayTargetSilent, target_silent).intermittent(),
];

/// An alert says so; an answer over HTTP may have other reasons.
fn wants_certificate(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayClientCertificateRequired)?;
    let (step, _) = gateway::failed(facts)?;
    let text = "TLS asked for a certificate of the client, and none was shown".to_owned();
    Some(match step {
        GatewayStep::Tls => Weighed::certain(detail),
        _ => Weighed::likely(detail).and(Some(text)),
    })
}

fn filtered(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some((detail, got)) = gateway_service::any_method(facts) {
        return Some(Weighed::possible(detail).and(in_front(facts)).but(Some(got)));
    }
    let detail = refused_with(facts, FindingCode::GatewayMethodFiltered)?;
    let text = "it came before any question for credentials, which a gateway asks first".to_owned();
    let got = http(facts)?.get_status.map(|status| format!("GET on the same path is answered with {status}"));
    Some(Weighed::likely(detail).and(Some(text)).and(got).and(in_front(facts)))
}

fn broken(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayAuthenticationBroken)?;
    Some(Weighed::likely(detail).and(in_front(facts)))
}

fn second_refused(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewaySecondConnectionRefused)?;
    let text = "the same gateway, or another behind the same name, had taken the first connection".to_owned();
    Some(Weighed::likely(detail).and(Some(text)).and(in_front(facts)))
}

/// Headers or packets that do not come though the request was taken.
fn buffers(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewaySilent)?;
    let (step, _) = gateway::failed(facts)?;
    let dual = facts.through?.transport == Some(GatewayTransport::Http.into());
    match (step, in_front(facts)) {
        (GatewayStep::Http | GatewayStep::Auth | GatewayStep::Handshake, front)
            if dual || front.is_some() =>
        {
            Some(Weighed::likely(detail).and(front))
        }
        _ => Some(Weighed::possible(detail)),
    }
}

/// What TCP says of the way to the gateway; of the way back it says nothing.
fn path_loses(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewaySilent)?;
    let lost = path::black_hole(facts)
        .map(|lost| format!("{} B that were sent to the gateway were never acknowledged", lost.bytes));
    let taken = path::is_acknowledged(facts).then(|| {
        "the gateway acknowledged all that was sent; its answer may be lost on the way back".to_owned()
    });
    let likelihood = if lost.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, detail).and(lost).and(taken))
}

/// A gateway answers when it has reached the host, or has found that it cannot; some ask for it before.
fn target_silent(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewaySilent)?;
    let (step, _) = gateway::failed(facts)?;
    let asked = step == GatewayStep::Channel;
    let text = asked.then(|| "the gateway was asked to connect to the host, and waits for it".to_owned());
    let against =
        (!asked).then(|| format!("in {} the gateway has not been asked for the host yet", step.as_str()));
    Some(Weighed::possible(detail).and(text).but(against))
}

/// Only what is bound can be refused for its binding.
fn extended_protection(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = refused_with(facts, FindingCode::GatewayCredentialsRefused)?;
    let auth = &facts.through?.steps.auth.as_ref()?.evidence;
    let other = auth.refusal.is_some_and(|said| !gateway::LOGON_FAILURES.contains(&said));
    let bound = auth.channel_bindings && !other;
    let text = format!("{detail}, and the proof was bound to the certificate that was served");
    bound.then(|| Weighed::possible(text).and(in_front(facts)))
}

pub(super) fn http<'a>(facts: &Facts<'a>) -> Option<&'a GatewayHttp> {
    Some(&facts.through?.steps.http.as_ref()?.evidence)
}

/// What answers is no Windows: HTTP.sys and IIS name themselves.
pub(super) fn in_front(facts: &Facts<'_>) -> Option<String> {
    let http = http(facts)?;
    if let Some(via) = &http.via {
        return Some(format!("a proxy names itself: Via {via}"));
    }
    let server = http.server.as_ref().filter(|name| !name.starts_with("Microsoft-"))?;
    Some(format!("what answers names itself {server}"))
}
