//! The finding of a trace that ended at the gateway, by the step and what the gateway said there.

use super::{credentials::refuses, failed, low};
use crate::{
    diagnose::Facts,
    report::{Failure, FailureKind, GatewayEvidence, GatewayStep},
};

/// Every code that an ending at the gateway can have.
pub const CODES: &[&str] = &[
    "gateway-name-not-found",
    "gateway-unreachable",
    "gateway-client-certificate-required",
    "gateway-tls-failed",
    "gateway-azure-virtual-desktop",
    "gateway-legacy-rpc",
    "gateway-not-there",
    "gateway-method-filtered",
    "gateway-service-down",
    "gateway-scheme-not-offered",
    "gateway-scheme-refused",
    "gateway-second-connection-refused",
    "gateway-http-refused",
    "gateway-silent",
    "gateway-answer-malformed",
    "gateway-authentication-broken",
    "gateway-credentials-refused",
    "gateway-extended-auth-required",
    "gateway-token-refused",
    "gateway-connection-limit",
    "gateway-connection-policy",
    "gateway-resource-policy",
    "gateway-target-unreachable",
    "gateway-session-ended",
    "gateway-connection-lost",
    "gateway-refused",
];

/// The finding for what ended the trace; none when it did not end at the gateway.
pub fn code(facts: &Facts<'_>) -> Option<&'static str> {
    let through = facts.through?;
    let (step, failure) = failed(facts)?;
    Some(match (step, failure.kind) {
        (GatewayStep::Resolve, FailureKind::NotFound) => "gateway-name-not-found",
        (GatewayStep::Resolve | GatewayStep::Connect, _) => "gateway-unreachable",
        (GatewayStep::Tls, FailureKind::TlsAlert) if asks_for_a_certificate(through) => {
            "gateway-client-certificate-required"
        }
        (GatewayStep::Tls, _) => "gateway-tls-failed",
        (_, FailureKind::HttpStatus) => http(through, step, failure),
        (_, FailureKind::Timeout) => "gateway-silent",
        (_, FailureKind::Malformed | FailureKind::NotTls) => "gateway-answer-malformed",
        (_, FailureKind::GatewayError) => packet(step, failure),
        _ => "gateway-connection-lost",
    })
}

fn asks_for_a_certificate(through: &GatewayEvidence) -> bool {
    through.steps.tls.as_ref().is_some_and(|tls| tls.evidence.client_certificate_requested)
}

/// Whether the gateway has a name of Azure Virtual Desktop.
pub fn is_named_azure(through: &GatewayEvidence) -> bool {
    through.host.to_ascii_lowercase().ends_with(".wvd.microsoft.com")
}

/// The front door of Azure Virtual Desktop speaks another protocol, and asks for a token of Microsoft Entra.
fn is_azure(through: &GatewayEvidence) -> bool {
    let http = through.steps.http.as_ref().map(|record| &record.evidence);
    let bearer = http.is_some_and(|http| {
        !http.schemes.is_empty() && http.schemes.iter().all(|scheme| scheme.eq_ignore_ascii_case("Bearer"))
    });
    is_named_azure(through) || bearer
}

fn http(through: &GatewayEvidence, step: GatewayStep, failure: &Failure) -> &'static str {
    let http = through.steps.http.as_ref().map(|record| &record.evidence);
    let auth = through.steps.auth.as_ref().map(|record| &record.evidence);
    let attempted = auth.is_some_and(|auth| auth.attempted);
    let is_basic = auth.is_some_and(|auth| auth.scheme.as_deref() == Some("Basic"));
    let said = auth.and_then(|auth| auth.refusal);
    let status = failure.code.unwrap_or_default();
    match (step, status) {
        _ if is_azure(through) => "gateway-azure-virtual-desktop",
        (GatewayStep::Auth, _) if said.is_some_and(refuses) => "gateway-credentials-refused",
        (GatewayStep::Auth, _) if said.is_some() => "gateway-http-refused",
        (GatewayStep::Auth, 401) if attempted && !auth.is_some_and(|auth| auth.challenged_again) => {
            "gateway-credentials-refused"
        }
        // Basic proves nothing of a connection, so none can be mixed up.
        (GatewayStep::Auth, 401 | 500..=599) if attempted && !is_basic => "gateway-authentication-broken",
        // The scheme was begun, and something does not let it come to the proof.
        (GatewayStep::Auth, 401) if auth.is_some_and(|auth| auth.ntlm.is_some()) => {
            "gateway-authentication-broken"
        }
        // What answers the first token with any of these did not understand it.
        (GatewayStep::Auth, 400..=499) if !attempted && auth.is_some_and(|auth| auth.requests > 0) => {
            "gateway-scheme-refused"
        }
        (GatewayStep::Handshake, _) => "gateway-second-connection-refused",
        (_, 401) => "gateway-scheme-not-offered",
        _ if http.and_then(|http| http.legacy_rpc_status) == Some(401) => "gateway-legacy-rpc",
        // nginx says so with 400, IIS with 403.7.
        (GatewayStep::Http, 400 | 403 | 495 | 496) if asks_for_a_certificate(through) => {
            "gateway-client-certificate-required"
        }
        // Who knows nothing at this path filters nothing there.
        (GatewayStep::Http, 403 | 405 | 501) if http.and_then(|http| http.get_status) == Some(404) => {
            "gateway-not-there"
        }
        // Who answers GET in the same way does not mind the method.
        (GatewayStep::Http, 403 | 405 | 501) if http.is_some_and(|http| http.get_status == http.status) => {
            "gateway-http-refused"
        }
        (GatewayStep::Http, 403 | 405 | 501) => "gateway-method-filtered",
        (GatewayStep::Http, 200 | 301..=308 | 400 | 404 | 410 | 426) => "gateway-not-there",
        (_, 502..=504) => "gateway-service-down",
        _ => "gateway-http-refused",
    }
}

fn packet(step: GatewayStep, failure: &Failure) -> &'static str {
    let Some(code) = low(failure) else { return other(failure) };
    match (step, code) {
        (GatewayStep::Handshake, 0x59E9) | (_, 0x59F9) => "gateway-extended-auth-required",
        (_, 0x59F7 | 0x59F8) => "gateway-token-refused",
        (_, 0x59E6) => "gateway-connection-limit",
        (_, 0x59DB | 0x59ED) | (GatewayStep::Authorize, 0x5) => "gateway-connection-policy",
        (_, 0x59DA) => "gateway-resource-policy",
        (_, 0x59DD) | (GatewayStep::Channel, 0x59D8) => "gateway-target-unreachable",
        (_, 0x4D4 | 0x59DF | 0x59F6 | 0x59FA..=0x59FC | 0x5A00) => "gateway-session-ended",
        _ => "gateway-refused",
    }
}

fn other(failure: &Failure) -> &'static str {
    match (failure.code, &failure.received) {
        (Some(_), _) => "gateway-refused",
        (None, Some(_)) => "gateway-answer-malformed",
        (None, None) => "gateway-connection-lost",
    }
}
