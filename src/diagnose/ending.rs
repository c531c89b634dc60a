//! A finding for every ending: by the failure itself where it explains itself, else `unexplained-failure`.
//!
//! If the failure explains itself, the finding is named after it (`port-closed`, `negotiation-refused`,
//! `credentials-refused`), or after how it ended (`tls-alert-received`, `tls-not-spoken`, `answer-malformed`,
//! `server-silent`). A close, a reset and a server that is busy with something else are `unexplained-failure`. What
//! experiments found replaces the general ones.

use super::{Facts, credentials, gateway, kerberos, proxy};
use crate::{
    codes::Phase,
    report::{Credentials, Failure, FailureKind, Finding, FindingCode, Severity},
};

const NO_LICENSE_SERVER: i64 = 6;
const ERRINFO_LICENSE_NO_LICENSE_SERVER: i64 = 0x101;

/// What the experiments found of the failure itself.
const EXPLAINS: &[FindingCode] = &[
    FindingCode::TlsLegacyOnly,
    FindingCode::TlsNoCommonSuite,
    FindingCode::TlsVersionIntolerant,
    FindingCode::TlsLargeHelloDropped,
    FindingCode::TlsNameRefused,
    FindingCode::TlsHelloRefused,
    FindingCode::NegotiationCookieRefused,
    FindingCode::NegotiationOfferRefused,
    FindingCode::RdpFileNegotiationOff,
    FindingCode::RdpFileTokenRefused,
    FindingCode::RedirectRdstlsOnly,
    FindingCode::LoadBalanceInfoRefused,
    FindingCode::PreconnectionRefused,
    FindingCode::ServerNameRefused,
    FindingCode::ClientInfoAccountRequired,
];

/// What says how it ended and not why: an experiment that found out takes its place.
const GENERAL: &[FindingCode] =
    &[FindingCode::UnexplainedFailure, FindingCode::TlsAlertReceived, FindingCode::ServerSilent];

/// The finding of a failed phase; none when a rule has already said the same.
pub(super) fn finding(facts: &Facts<'_>, found: &[Finding]) -> Option<Finding> {
    let failed = facts.failed()?;
    let failure = failed.failure?;
    if already_said(failed.phase, failure, found) {
        return None;
    }
    let elsewhere = proxy::code(facts).or_else(|| gateway::code(facts)).or_else(|| kerberos::code(facts));
    let code = elsewhere.unwrap_or_else(|| code(failed.phase, failure, facts));
    if GENERAL.contains(&code)
        && found.iter().any(|finding| EXPLAINS.iter().any(|code| finding.code == *code))
    {
        return None;
    }
    let http = facts.answers_http().filter(|_| code == FindingCode::NotAnRdpServer);
    let message = match http {
        Some(name) => format!("the peer is silent to RDP and answers a request of HTTP: it speaks {name}"),
        None => failure.detail.clone(),
    };
    let code = code.into();
    Some(Finding {
        code,
        severity: Severity::Error,
        phase: Some(failed.phase),
        message,
        checks: Vec::new(),
        decision: None,
    })
}

fn already_said(phase: Phase, failure: &Failure, found: &[Finding]) -> bool {
    let has = |code: FindingCode| found.iter().any(|finding| finding.code == code);
    let of_path =
        [FindingCode::ResetFromThePath, FindingCode::PathDropsLargePackets, FindingCode::PacketsNeverArrive];
    failure.is_of_path() && of_path.into_iter().any(has)
        || failure.kind == FailureKind::KeyBinding && has(FindingCode::CredsspKeyBindingFailed)
        || phase == Phase::Tls && has(FindingCode::TlsLegacyOnly)
}

fn code(phase: Phase, failure: &Failure, facts: &Facts<'_>) -> FindingCode {
    match failure.kind {
        FailureKind::NotFound => FindingCode::NameNotFound,
        FailureKind::Unreachable if phase == Phase::Resolve => FindingCode::ResolverNotWorking,
        FailureKind::Timeout if phase == Phase::Resolve => FindingCode::ResolverNotWorking,
        FailureKind::Refused => FindingCode::PortClosed,
        FailureKind::Reset if phase == Phase::Connect => FindingCode::ConnectionResetAtOnce,
        FailureKind::Unreachable => FindingCode::HostUnreachable,
        FailureKind::Timeout if phase == Phase::Connect => FindingCode::HostSilent,
        FailureKind::NotRdp => FindingCode::NotAnRdpServer,
        FailureKind::Timeout if facts.answers_http().is_some() => FindingCode::NotAnRdpServer,
        FailureKind::TlsAlert if facts.lacks_client_certificate() => {
            FindingCode::TlsClientCertificateRequired
        }
        FailureKind::TlsAlert => FindingCode::TlsAlertReceived,
        FailureKind::NotTls => FindingCode::TlsNotSpoken,
        FailureKind::Malformed => FindingCode::AnswerMalformed,
        FailureKind::Timeout if !facts.is_busy() => FindingCode::ServerSilent,
        FailureKind::MacInvalid => FindingCode::StandardSecurityMacInvalid,
        FailureKind::NegotiationFailure => FindingCode::NegotiationRefused,
        FailureKind::EarlyAuthDenied => FindingCode::EarlyAuthorizationDenied,
        FailureKind::LicenseError if failure.code == Some(NO_LICENSE_SERVER) => {
            FindingCode::LicenseServerMissing
        }
        FailureKind::LicenseError => FindingCode::LicenseRefused,
        FailureKind::ErrorInfo if failure.code == Some(ERRINFO_LICENSE_NO_LICENSE_SERVER) => {
            FindingCode::LicenseServerMissing
        }
        FailureKind::ErrorInfo => FindingCode::ServerErrorInfo,
        FailureKind::Disconnect => FindingCode::ServerDisconnected,
        FailureKind::McsResult => FindingCode::McsRefused,
        FailureKind::NtStatus if credentials::credentials(facts) == Credentials::Refused => {
            FindingCode::CredentialsRefused
        }
        FailureKind::NtStatus => FindingCode::LogonRefused,
        FailureKind::KerberosError => FindingCode::KerberosTicketRefused,
        FailureKind::SecurityUnsupported => FindingCode::ProtocolUnsupported,
        _ => FindingCode::UnexplainedFailure,
    }
}
