//! The finding of a trace that ended at the gateway, by the step and what the gateway said there.

use super::{credentials::refuses, failed, low};
use crate::{
    diagnose::Facts,
    report::{Failure, FailureKind, FindingCode, GatewayEvidence, GatewayStep},
};

/// The finding for what ended the trace; none when it did not end at the gateway.
pub(crate) fn code(facts: &Facts<'_>) -> Option<FindingCode> {
    let through = facts.through?;
    let (step, failure) = failed(facts)?;
    Some(match (step, failure.kind) {
        (GatewayStep::Resolve, FailureKind::NotFound) => FindingCode::GatewayNameNotFound,
        (GatewayStep::Resolve | GatewayStep::Connect, _) => FindingCode::GatewayUnreachable,
        (GatewayStep::Tls, FailureKind::TlsAlert) if asks_for_a_certificate(through) => {
            FindingCode::GatewayClientCertificateRequired
        }
        (GatewayStep::Tls, _) => FindingCode::GatewayTlsFailed,
        (_, FailureKind::HttpStatus) => http(through, step, failure),
        (_, FailureKind::Timeout) => FindingCode::GatewaySilent,
        (_, FailureKind::Malformed | FailureKind::NotTls) => FindingCode::GatewayAnswerMalformed,
        (_, FailureKind::GatewayError) => packet(step, failure),
        _ => FindingCode::GatewayConnectionLost,
    })
}

fn asks_for_a_certificate(through: &GatewayEvidence) -> bool {
    through.steps.tls.as_ref().is_some_and(|tls| tls.evidence.client_certificate_requested)
}

/// Whether the gateway has a name of Azure Virtual Desktop.
pub(crate) fn is_named_azure(through: &GatewayEvidence) -> bool {
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

fn http(through: &GatewayEvidence, step: GatewayStep, failure: &Failure) -> FindingCode {
    let http = through.steps.http.as_ref().map(|record| &record.evidence);
    let auth = through.steps.auth.as_ref().map(|record| &record.evidence);
    let attempted = auth.is_some_and(|auth| auth.attempted);
    let is_basic = auth.is_some_and(|auth| auth.scheme.as_deref() == Some("Basic"));
    let said = auth.and_then(|auth| auth.refusal);
    let status = failure.code.unwrap_or_default();
    match (step, status) {
        _ if is_azure(through) => FindingCode::GatewayAzureVirtualDesktop,
        (GatewayStep::Auth, _) if said.is_some_and(refuses) => FindingCode::GatewayCredentialsRefused,
        (GatewayStep::Auth, _) if said.is_some() => FindingCode::GatewayHttpRefused,
        (GatewayStep::Auth, 401) if attempted && !auth.is_some_and(|auth| auth.challenged_again) => {
            FindingCode::GatewayCredentialsRefused
        }
        // Basic proves nothing of a connection, so none can be mixed up.
        (GatewayStep::Auth, 401 | 500..=599) if attempted && !is_basic => {
            FindingCode::GatewayAuthenticationBroken
        }
        // The scheme was begun, and something does not let it come to the proof.
        (GatewayStep::Auth, 401) if auth.is_some_and(|auth| auth.ntlm.is_some()) => {
            FindingCode::GatewayAuthenticationBroken
        }
        // What answers the first token with any of these did not understand it.
        (GatewayStep::Auth, 400..=499) if !attempted && auth.is_some_and(|auth| auth.requests > 0) => {
            FindingCode::GatewaySchemeRefused
        }
        (GatewayStep::Handshake, _) => FindingCode::GatewaySecondConnectionRefused,
        (_, 401) => FindingCode::GatewaySchemeNotOffered,
        _ if http.and_then(|http| http.legacy_rpc_status) == Some(401) => FindingCode::GatewayLegacyRpc,
        // nginx says so with 400, IIS with 403.7.
        (GatewayStep::Http, 400 | 403 | 495 | 496) if asks_for_a_certificate(through) => {
            FindingCode::GatewayClientCertificateRequired
        }
        // Who knows nothing at this path filters nothing there.
        (GatewayStep::Http, 403 | 405 | 501) if http.and_then(|http| http.get_status) == Some(404) => {
            FindingCode::GatewayNotThere
        }
        // Who answers GET in the same way does not mind the method.
        (GatewayStep::Http, 403 | 405 | 501) if http.is_some_and(|http| http.get_status == http.status) => {
            FindingCode::GatewayHttpRefused
        }
        (GatewayStep::Http, 403 | 405 | 501) => FindingCode::GatewayMethodFiltered,
        (GatewayStep::Http, 200 | 301..=308 | 400 | 404 | 410 | 426) => FindingCode::GatewayNotThere,
        (_, 502..=504) => FindingCode::GatewayServiceDown,
        _ => FindingCode::GatewayHttpRefused,
    }
}

fn packet(step: GatewayStep, failure: &Failure) -> FindingCode {
    let Some(code) = low(failure) else { return other(failure) };
    match (step, code) {
        (GatewayStep::Handshake, 0x59E9) | (_, 0x59F9) => FindingCode::GatewayExtendedAuthRequired,
        (_, 0x59F7 | 0x59F8) => FindingCode::GatewayTokenRefused,
        (_, 0x59E6) => FindingCode::GatewayConnectionLimit,
        (_, 0x59DB | 0x59ED) | (GatewayStep::Authorize, 0x5) => FindingCode::GatewayConnectionPolicy,
        (_, 0x59DA) => FindingCode::GatewayResourcePolicy,
        (_, 0x59DD) | (GatewayStep::Channel, 0x59D8) => FindingCode::GatewayTargetUnreachable,
        (_, 0x4D4 | 0x59DF | 0x59F6 | 0x59FA..=0x59FC | 0x5A00) => FindingCode::GatewaySessionEnded,
        _ => FindingCode::GatewayRefused,
    }
}

fn other(failure: &Failure) -> FindingCode {
    match (failure.code, &failure.received) {
        (Some(_), _) => FindingCode::GatewayRefused,
        (None, Some(_)) => FindingCode::GatewayAnswerMalformed,
        (None, None) => FindingCode::GatewayConnectionLost,
    }
}
