//! Why a logon fails that says nothing of the password: the host's own name, a message that was changed, a smart card.

use super::{CauseRule, Place, Weighed, failed_with, rule};
use crate::{
    diagnose::{Facts, kerberos},
    report::{CauseCode, FailureKind, Likelihood},
};

/// SEC_E_WRONG_PRINCIPAL and STATUS_MUTUAL_AUTHENTICATION_FAILED, with its twin.
const WRONG_TARGET: &[i64] = &[0x8009_0322, 0xC000_02C3, 0x8009_0363];
/// SEC_E_TARGET_UNKNOWN.
const UNKNOWN_TARGET: &[i64] = &[0x8009_0303];
/// KRB_AP_ERR_BAD_INTEGRITY, KRB_AP_ERR_NOT_US and KRB_AP_ERR_MODIFIED, which a server says of a ticket.
const WRONG_TICKET: &[i64] = &[31, 35, 41];
/// SEC_E_MESSAGE_ALTERED.
const ALTERED: &[i64] = &[0x8009_030F];
/// What a reader, its card or the card's certificate is not fit for.
const CARD: &[i64] =
    &[0xC000_0380, 0xC000_0381, 0xC000_0383, 0xC000_0389, 0xC000_038A, 0xC000_038B, 0xC000_038D];
/// STATUS_PKINIT_FAILURE, STATUS_KDC_CERT_EXPIRED and STATUS_KDC_CERT_REVOKED.
const KDC_CERTIFICATE: &[i64] = &[0xC000_0320, 0xC000_040E, 0xC000_040F];

/// The causes of these and other rooms that a KDC can name.
pub(super) const OF_KDC: &[CauseCode] =
    &[CauseCode::KdcSaidError, CauseCode::ClocksDiffer, CauseCode::TargetNameWrong];

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::TargetNameWrong, target),
    rule(Place::Path, CauseCode::CredsspMessageAltered, altered),
    rule(Place::Account, CauseCode::SmartCardUnusable, |facts| by_status(facts, CARD)),
    rule(Place::Kdc, CauseCode::DomainControllerCertificate, |facts| by_status(facts, KDC_CERTIFICATE))
        .intermittent(),
];

fn by_status(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    failed_with(facts, FailureKind::NtStatus, codes).map(|failure| Weighed::likely(failure.detail.clone()))
}

fn target(facts: &Facts<'_>) -> Option<Weighed> {
    let principal = kerberos::SERVICE_PRINCIPAL;
    let of_kdc = kerberos::ended_at_kdc(facts).is_some();
    let codes = if of_kdc { principal } else { WRONG_TICKET };
    let ticket = failed_with(facts, FailureKind::KerberosError, codes)
        .map(|failure| Weighed::likely(failure.detail.clone()));
    let asked = facts.credssp.and_then(|credssp| credssp.kdc.as_ref());
    let asked = asked.map(|kdc| format!("the ticket was asked for {}", kdc.service_principal));
    let weighed = by_status(facts, WRONG_TARGET).or_else(|| by_status(facts, UNKNOWN_TARGET)).or(ticket)?;
    Some(weighed.and(asked))
}

/// Inside TLS nobody changes a message who does not end TLS.
fn altered(facts: &Facts<'_>) -> Option<Weighed> {
    let weighed = by_status(facts, ALTERED)?;
    let text = "inside TLS only whoever ends TLS can change a message; or one side seals it in another way";
    Some(Weighed { likelihood: Likelihood::Likely, ..weighed }.and(Some(text.to_owned())))
}
