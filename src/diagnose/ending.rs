//! A finding for every ending: by the failure itself where it explains itself, else `unexplained-failure`.

use super::{Facts, credentials, gateway, kerberos, proxy};
use crate::{
    codes::Phase,
    report::{Credentials, Failure, FailureKind, Finding, Severity},
};

const NO_LICENSE_SERVER: i64 = 6;
const ERRINFO_LICENSE_NO_LICENSE_SERVER: i64 = 0x101;

/// Every code that an ending can have.
pub const CODES: &[&str] = &[
    "name-not-found",
    "resolver-not-working",
    "port-closed",
    "connection-reset-at-once",
    "host-unreachable",
    "host-silent",
    "not-an-rdp-server",
    "tls-client-certificate-required",
    "standard-security-mac-invalid",
    "tls-alert-received",
    "tls-not-spoken",
    "answer-malformed",
    "server-silent",
    "negotiation-refused",
    "early-authorization-denied",
    "license-server-missing",
    "license-refused",
    "server-error-info",
    "server-disconnected",
    "mcs-refused",
    "credentials-refused",
    "logon-refused",
    kerberos::TICKET_REFUSED,
    "protocol-unsupported",
    "unexplained-failure",
];

/// What the experiments found of the failure itself.
const EXPLAINS: &[&str] = &[
    "tls-legacy-only",
    "tls-no-common-suite",
    "tls-version-intolerant",
    "tls-large-hello-dropped",
    "tls-name-refused",
    "negotiation-cookie-refused",
    "negotiation-offer-refused",
    "rdp-file-negotiation-off",
    "rdp-file-token-refused",
    "redirect-rdstls-only",
    "load-balance-info-refused",
    "preconnection-refused",
    "server-name-refused",
    "client-info-account-required",
];

/// What says how it ended and not why: an experiment that found out takes its place.
const GENERAL: &[&str] = &["unexplained-failure", "tls-alert-received", "server-silent"];

/// The finding of a failed phase; none when a rule has already said the same.
pub fn finding(facts: &Facts<'_>, found: &[Finding]) -> Option<Finding> {
    let failed = facts.failed()?;
    let failure = failed.failure?;
    if already_said(failed.phase, failure, found) {
        return None;
    }
    let elsewhere = proxy::code(facts).or_else(|| gateway::code(facts)).or_else(|| kerberos::code(facts));
    let code = elsewhere.unwrap_or_else(|| code(failed.phase, failure, facts));
    if GENERAL.contains(&code) && found.iter().any(|finding| EXPLAINS.contains(&finding.code.as_str())) {
        return None;
    }
    let http = facts.answers_http().filter(|_| code == "not-an-rdp-server");
    let message = match http {
        Some(name) => format!("the peer is silent to RDP and answers a request of HTTP: it speaks {name}"),
        None => failure.detail.clone(),
    };
    let code = code.to_owned();
    Some(Finding { code, severity: Severity::Error, phase: Some(failed.phase), message, checks: Vec::new() })
}

fn already_said(phase: Phase, failure: &Failure, found: &[Finding]) -> bool {
    let has = |code: &str| found.iter().any(|finding| finding.code == code);
    failure.kind == FailureKind::KeyBinding && has("credssp-key-binding-failed")
        || phase == Phase::Tls && has("tls-legacy-only")
}

fn code(phase: Phase, failure: &Failure, facts: &Facts<'_>) -> &'static str {
    match failure.kind {
        FailureKind::NotFound => "name-not-found",
        FailureKind::Unreachable if phase == Phase::Resolve => "resolver-not-working",
        FailureKind::Timeout if phase == Phase::Resolve => "resolver-not-working",
        FailureKind::Refused => "port-closed",
        FailureKind::Reset if phase == Phase::Connect => "connection-reset-at-once",
        FailureKind::Unreachable => "host-unreachable",
        FailureKind::Timeout if phase == Phase::Connect => "host-silent",
        FailureKind::NotRdp => "not-an-rdp-server",
        FailureKind::Timeout if facts.answers_http().is_some() => "not-an-rdp-server",
        FailureKind::TlsAlert if facts.lacks_client_certificate() => "tls-client-certificate-required",
        FailureKind::TlsAlert => "tls-alert-received",
        FailureKind::NotTls => "tls-not-spoken",
        FailureKind::Malformed => "answer-malformed",
        FailureKind::Timeout if !facts.is_busy() => "server-silent",
        FailureKind::MacInvalid => "standard-security-mac-invalid",
        FailureKind::NegotiationFailure => "negotiation-refused",
        FailureKind::EarlyAuthDenied => "early-authorization-denied",
        FailureKind::LicenseError if failure.code == Some(NO_LICENSE_SERVER) => "license-server-missing",
        FailureKind::LicenseError => "license-refused",
        FailureKind::ErrorInfo if failure.code == Some(ERRINFO_LICENSE_NO_LICENSE_SERVER) => {
            "license-server-missing"
        }
        FailureKind::ErrorInfo => "server-error-info",
        FailureKind::Disconnect => "server-disconnected",
        FailureKind::McsResult => "mcs-refused",
        FailureKind::NtStatus if credentials::credentials(facts) == Credentials::Refused => {
            "credentials-refused"
        }
        FailureKind::NtStatus => "logon-refused",
        FailureKind::KerberosError => kerberos::TICKET_REFUSED,
        FailureKind::SecurityUnsupported => "protocol-unsupported",
        _ => "unexplained-failure",
    }
}
