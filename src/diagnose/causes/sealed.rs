//! What a refusal in CredSSP means of which only the size was seen, because no key opens it.

use super::{CauseRule, Place, Weighed, failed_in, rule};
use crate::{
    codes::Phase,
    diagnose::Facts,
    report::{CauseCode, CredsspEvidence, FailureKind},
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Account, CauseCode::CredentialsWrong, account),
    rule(Place::Account, CauseCode::LogonRightMissing, right),
    rule(Place::Kdc, CauseCode::DomainControllerUnreachable, domain_controller).intermittent(),
    rule(Place::Host, CauseCode::NtlmRestricted, ntlm),
];

/// How the refusal is told, and what the client had shown before.
fn refusal<'a>(facts: &Facts<'a>) -> Option<(&'a str, &'a CredsspEvidence)> {
    let failure = failed_in(facts, Phase::Credssp).filter(|failure| failure.code.is_none())?;
    let is_refusal = matches!(failure.kind, FailureKind::NtStatus | FailureKind::EarlyAuthDenied);
    is_refusal.then_some((failure.detail.as_str(), facts.credssp?))
}

/// After the proof of the password, which the server has not been shown to accept.
fn of_proof<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let (detail, seen) = refusal(facts)?;
    (seen.attempted && seen.key_binding.is_none()).then_some(detail)
}

fn account(facts: &Facts<'_>) -> Option<Weighed> {
    let other = "every status has this size: the account may be locked, disabled or expired, and a host that takes no NTLM or \
                 finds no domain controller answers as shortly";
    let told = facts.failed()?.inferred.map(str::to_owned);
    Some(Weighed::possible(of_proof(facts)?).and(told).but(Some(other.to_owned())))
}

fn domain_controller(facts: &Facts<'_>) -> Option<Weighed> {
    Some(Weighed::possible(of_proof(facts)?))
}

/// Before a proof nothing is said of the account; after it a Windows that blocks NTLM says so too.
fn ntlm(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, seen) = refusal(facts)?;
    if seen.attempted {
        return of_proof(facts).map(Weighed::possible);
    }
    let other = "nobody sees whether it is a status: an answer that the client cannot read may be as short";
    Some(Weighed::possible(detail).but(Some(other.to_owned())))
}

/// A server is given the credentials once it has taken the proof.
fn right(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, seen) = refusal(facts)?;
    let other = "every status has this size: a domain controller may have been out of reach";
    (seen.key_binding == Some(true)).then(|| Weighed::likely(detail).but(Some(other.to_owned())))
}
