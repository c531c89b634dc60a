//! What ended at the KDC, and what it says of the account.
//!
//! An NTSTATUS from a KDC (MS-KILE 2.2.2) refuses an account like one from the server and makes the same causes. An
//! error that says nothing about the account, such as a policy, is its refusal if the status says so. What a KDC of
//! another realm says about an account is never certain, and on the way to the service it is no refusal at all. A
//! KRB-ERROR names its realm (`kdc.exchanges[].error_realm`); if that is not the realm that was asked, the error is
//! just as uncertain.

use std::net::IpAddr;

use super::{Facts, Rule};
use crate::{
    codes::{self, MAX_SKEW_SECONDS, Phase},
    report::{
        Failure, FailureKind, FindingCode, KdcCarrier, KdcEvidence, KdcExchange, KdcSource, Severity, Trust,
    },
};

/// KDC_ERR_S_PRINCIPAL_UNKNOWN and KDC_ERR_PRINCIPAL_NOT_UNIQUE.
pub(super) const SERVICE_PRINCIPAL: &[i64] = &[7, 8];
/// KDC_ERR_PREAUTH_FAILED.
const PREAUTH_FAILED: i64 = 24;
/// KRB_AP_ERR_SKEW.
pub(super) const SKEW: i64 = 37;

const fn rule(code: FindingCode, severity: Severity, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity, phase: Phase::Credssp, applies }
}

pub(super) const RULES: &[Rule] = &[
    rule(FindingCode::KerberosNotUsed, Severity::Warning, not_used),
    rule(FindingCode::KerberosNeedsName, Severity::Warning, needs_name),
    rule(FindingCode::KdcClockDiffers, Severity::Warning, clock),
    rule(FindingCode::KdcProxyCertificate, Severity::Warning, certificate),
    rule(FindingCode::KerberosUsed, Severity::Info, used),
];

fn not_used(facts: &Facts<'_>) -> Option<String> {
    let why = facts.credssp?.kdc.as_ref()?.ntlm_instead.as_ref()?;
    Some(format!("NTLM was used in place of Kerberos: {why}"))
}

fn needs_name(facts: &Facts<'_>) -> Option<String> {
    let principal = &facts.credssp?.kdc.as_ref()?.service_principal;
    let address: IpAddr = principal.strip_prefix("TERMSRV/")?.parse().ok()?;
    Some(format!(
        "a ticket is for a name, and the server is addressed as {address}: no KDC knows {principal} by itself"
    ))
}

fn clock(facts: &Facts<'_>) -> Option<String> {
    let kdc = facts.credssp?.kdc.as_ref()?;
    let seconds = kdc.clock_skew_seconds.filter(|seconds| seconds.unsigned_abs() > MAX_SKEW_SECONDS)?;
    let refused = kdc.exchanges.iter().any(|exchange| exchange.error.map(i64::from) == Some(SKEW));
    let text = || format!("the clock of the KDC {} is {seconds:+} s from this machine's", kdc.host);
    (!refused).then(text)
}

fn used(facts: &Facts<'_>) -> Option<String> {
    let kdc = facts.credssp?.kdc.as_ref().filter(|kdc| kdc.ticket)?;
    let named = match kdc.source.known() {
        Some(KdcSource::Krb5Conf) => ", which krb5.conf names",
        Some(KdcSource::RdpFile) => ", which the .rdp file names",
        Some(KdcSource::Dns) => ", which DNS names",
        _ => "",
    };
    let gave = kdc.exchanges.last().filter(|_| abroad(kdc));
    let (host, named) = match gave {
        Some(gave) => (&gave.host, format!(", the KDC of {}, to which others referred", gave.realm)),
        None => (&kdc.host, named.to_owned()),
    };
    Some(format!("a ticket for {} came from {host}{named}", kdc.service_principal))
}

/// Whether the last answer came from another realm than the first that was told the user's.
fn abroad(kdc: &KdcEvidence) -> bool {
    kdc.exchanges
        .last()
        .is_some_and(|last| !last.realm.is_empty() && !last.realm.eq_ignore_ascii_case(&kdc.realm))
}

fn certificate(facts: &Facts<'_>) -> Option<String> {
    let kdc = facts.credssp?.kdc.as_ref()?;
    let certificate = kdc.proxy.as_ref()?.tls.as_ref()?.certificate.as_ref()?;
    let wrong = [
        (certificate.not_after < facts.started, "is expired"),
        (certificate.not_before > facts.started, "is not valid yet"),
        (!certificate.name_matches, "is for another name"),
        (certificate.trust == Trust::SelfSigned, "is self-signed"),
        (matches!(certificate.trust, Trust::UnknownIssuer | Trust::Other), "is not trusted here"),
    ];
    let wrong: Vec<_> = wrong.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
    let text = || format!("the certificate of the KDC proxy {} {}", kdc.host, wrong.join(", "));
    (!wrong.is_empty()).then(text)
}

/// The failure, when it came before the KDC had given the ticket.
pub(super) fn ended_at_kdc<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let failed = facts.failed().filter(|failed| failed.phase == Phase::Credssp)?;
    facts.credssp?.kdc.as_ref().filter(|kdc| !kdc.ticket && kdc.ntlm_instead.is_none())?;
    failed.failure
}

/// Whether the KDC refused the account; that of another realm, which gives tickets for its services, judges none.
pub(super) fn refuses(facts: &Facts<'_>) -> bool {
    let coded = ended_at_kdc(facts).filter(|failure| failure.kind == FailureKind::KerberosError);
    let code = coded.and_then(|failure| failure.code).and_then(|code| u32::try_from(code).ok());
    let status = last(facts).and_then(|exchange| exchange.status);
    let refused = code.is_some_and(|code| codes::kdc_refuses(code, status)) && !is_of_no_proof(facts);
    refused && of_whom(facts) != Some(Realm::Foreign) || not_opened(facts).is_some()
}

/// Whether a KDC calls a proof of the password wrong that it was not sent.
pub(super) fn is_of_no_proof(facts: &Facts<'_>) -> bool {
    let failure = ended_at_kdc(facts).filter(|failure| failure.kind == FailureKind::KerberosError);
    let unproved = last(facts).is_some_and(|exchange| !exchange.proof);
    unproved && failure.is_some_and(|failure| failure.code == Some(PREAUTH_FAILED))
}

/// The failure where a KDC wanted no proof, and its answer cannot be opened with this password.
pub(super) fn not_opened<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let unproved = |last: &KdcExchange| last.opened == Some(false) && !last.proof;
    ended_at_kdc(facts).filter(|_| last(facts).is_some_and(unproved))
}

/// The failure at the KDC, where the NTSTATUS beside its error is one of these.
pub(super) fn with_status<'a>(facts: &Facts<'a>, codes: &[i64]) -> Option<&'a Failure> {
    let status = last(facts)?.status.map(i64::from)?;
    ended_at_kdc(facts).filter(|_| codes.contains(&status))
}

/// Whether a domain controller says by an NTSTATUS what its error does not.
pub(super) fn says_why(facts: &Facts<'_>) -> bool {
    last(facts).is_some_and(|exchange| exchange.status.is_some())
}

/// The realm of the KDC that was asked last, beside that of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Realm {
    /// The one that the account names.
    Own,
    /// One that the KDC of the account's realm named as the user's, or in whose name it sent its error.
    Named,
    /// One on the way to the service.
    Foreign,
}

/// Whose KDC was asked last.
pub(super) fn of_whom(facts: &Facts<'_>) -> Option<Realm> {
    let kdc = facts.credssp?.kdc.as_ref()?;
    let (first, last) = (kdc.exchanges.first()?, kdc.exchanges.last()?);
    Some(match last.realm.eq_ignore_ascii_case(&first.realm) {
        true if in_name_of(facts).is_some() => Realm::Named,
        true => Realm::Own,
        false if abroad(kdc) => Realm::Foreign,
        false => Realm::Named,
    })
}

/// The realm in whose name the last error was sent, where another was asked.
pub(super) fn in_name_of<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    last(facts)?.in_name_of_another()
}

fn last<'a>(facts: &Facts<'a>) -> Option<&'a KdcExchange> {
    facts.credssp?.kdc.as_ref()?.exchanges.last()
}

/// Whether no KDC is known of the realm that the last referral names.
fn leads_nowhere(kdc: &KdcEvidence) -> bool {
    let Some(realm) = &kdc.referral else { return kdc.host.is_empty() };
    !kdc.exchanges.iter().any(|exchange| exchange.realm == *realm)
}

/// The finding for what ended at the KDC.
pub(super) fn code(facts: &Facts<'_>) -> Option<FindingCode> {
    let failure = ended_at_kdc(facts)?;
    let kdc = facts.credssp?.kdc.as_ref()?;
    Some(match (failure.kind, failure.code) {
        (FailureKind::KerberosError, _) if refuses(facts) => FindingCode::CredentialsRefused,
        (FailureKind::KerberosError, Some(SKEW)) => FindingCode::KdcClockSkew,
        (FailureKind::KerberosError, Some(code)) if SERVICE_PRINCIPAL.contains(&code) => {
            FindingCode::KdcServiceUnknown
        }
        (FailureKind::KerberosError, None) if kdc.referral.is_some() => FindingCode::KdcReferral,
        (FailureKind::KerberosError, _) => FindingCode::KdcRefused,
        (FailureKind::Malformed, _) => FindingCode::KdcAnswerMalformed,
        (
            FailureKind::HttpStatus
            | FailureKind::KeyBinding
            | FailureKind::TlsAlert
            | FailureKind::TlsUnsupported
            | FailureKind::NotTls,
            _,
        ) if kdc.transport == KdcCarrier::Https => FindingCode::KdcProxyRefused,
        // Nobody was there to be asked.
        (FailureKind::NotFound, _) if leads_nowhere(kdc) => FindingCode::KdcNotFound,
        _ if kdc.host.is_empty() => FindingCode::KdcNotFound,
        _ => FindingCode::KdcUnreachable,
    })
}
