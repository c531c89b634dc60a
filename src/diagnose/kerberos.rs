//! What ended at the KDC, and what it says of the account.

use super::Facts;
use crate::{
    codes::{self, Phase},
    report::{Failure, FailureKind},
};

/// KDC_ERR_S_PRINCIPAL_UNKNOWN and KDC_ERR_PRINCIPAL_NOT_UNIQUE.
pub const SERVICE_PRINCIPAL: &[i64] = &[7, 8];
/// KRB_AP_ERR_SKEW.
pub const SKEW: i64 = 37;

/// Every code that an ending at the KDC can have.
pub const CODES: &[&str] = &[
    "kdc-not-found",
    "kdc-unreachable",
    "kdc-answer-malformed",
    "kdc-clock-skew",
    "kdc-service-unknown",
    "kdc-referral",
    "kdc-refused",
];

/// The failure, when it came before the KDC had given the ticket.
pub fn ended_at_kdc<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let failed = facts.failed().filter(|failed| failed.phase == Phase::Credssp)?;
    facts.credssp?.kdc.as_ref().filter(|kdc| !kdc.ticket)?;
    failed.failure
}

/// Whether the KDC refused the account.
pub fn refuses(facts: &Facts<'_>) -> bool {
    let coded = ended_at_kdc(facts).filter(|failure| failure.kind == FailureKind::KerberosError);
    let code = coded.and_then(|failure| failure.code).and_then(|code| u32::try_from(code).ok());
    code.and_then(|code| codes::KERBEROS_ERROR.find(code)).is_some_and(|row| row.refuses_credentials)
}

/// The finding for what ended at the KDC.
pub fn code(facts: &Facts<'_>) -> Option<&'static str> {
    let failure = ended_at_kdc(facts)?;
    let kdc = facts.credssp?.kdc.as_ref()?;
    Some(match (failure.kind, failure.code) {
        (FailureKind::KerberosError, _) if refuses(facts) => "credentials-refused",
        (FailureKind::KerberosError, Some(SKEW)) => "kdc-clock-skew",
        (FailureKind::KerberosError, Some(code)) if SERVICE_PRINCIPAL.contains(&code) => {
            "kdc-service-unknown"
        }
        (FailureKind::KerberosError, _) if kdc.referral.is_some() => "kdc-referral",
        (FailureKind::KerberosError, _) => "kdc-refused",
        (FailureKind::Malformed, _) => "kdc-answer-malformed",
        // Nobody was there to be asked.
        _ if kdc.host.is_empty() => "kdc-not-found",
        _ => "kdc-unreachable",
    })
}
