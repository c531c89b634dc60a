//! What is wrong with the account, as the server says by number.

use super::{CauseRule, Place, Weighed, ended_in, failed_in, failed_with, rule};
use crate::{
    codes::Phase,
    diagnose::{
        Facts, client_info,
        credentials::FREERDP_REFUSAL,
        gateway,
        kerberos::{self, Realm},
    },
    report::{CauseCode, Failure, FailureKind, Likelihood},
};

/// Logon failure and its equals: servers send them for most kinds of refusal.
const LOGON_FAILURE: &[i64] = &[0xC000_006D, 0x8009_030C, 0xC007_030C];
/// Wrong password and no such user.
const WRONG: &[i64] = &[0xC000_006A, 0xC000_0064];
/// KDC_ERR_C_PRINCIPAL_UNKNOWN and KDC_ERR_PREAUTH_FAILED.
const KDC_WRONG: &[i64] = &[6, 24];
/// KDC_ERR_NAME_EXP and KDC_ERR_KEY_EXPIRED.
const KDC_EXPIRED: &[i64] = &[1];
const KDC_PASSWORD: &[i64] = &[23];
/// KDC_ERR_CLIENT_REVOKED.
const KDC_REVOKED: &[i64] = &[18];
/// A wrapped Win32 error of FreeRDP's server, seen after wrong credentials.
const FREERDP: i64 = FREERDP_REFUSAL as i64;
const LOCKED: &[i64] = &[0xC000_0234];
const DISABLED: &[i64] = &[0xC000_0072];
const EXPIRED: &[i64] = &[0xC000_0193];
/// Expired, and to be changed at the next logon.
const PASSWORD: &[i64] = &[0xC000_0071, 0xC000_0224];
/// Account restriction, logon hours, workstation.
const RESTRICTED: &[i64] = &[0xC000_006E, 0xC000_006F, 0xC000_0070];
/// STATUS_SMARTCARD_LOGON_REQUIRED.
const CARD: &[i64] = &[0xC000_02FA];
/// Logon type not granted, logon not granted.
const RIGHT: &[i64] = &[0xC000_015B, 0xC000_0155];
const SELECTIVE: &[i64] = &[0xC000_0413];
const NO_SUCH_DOMAIN: &[i64] = &[0xC000_00DF];
/// ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES and ERRINFO_SERVER_FRESH_CREDENTIALS_REQUIRED.
const ERRINFO_PRIVILEGES: &[i64] = &[9];
const ERRINFO_FRESH: &[i64] = &[10];
/// AUTHZ_ACCESS_DENIED.
const DENIED: &[i64] = &[5];

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Account, CauseCode::CredentialsWrong, wrong),
    rule(Place::Account, CauseCode::AccountLocked, |facts| status(facts, LOCKED).or_else(|| revoked(facts))),
    rule(Place::Account, CauseCode::AccountDisabled, |facts| {
        status(facts, DISABLED).or_else(|| revoked(facts))
    }),
    rule(Place::Account, CauseCode::AccountExpired, |facts| {
        status(facts, EXPIRED).or_else(|| kdc_error(facts, KDC_EXPIRED)).or_else(|| revoked(facts))
    }),
    rule(Place::Account, CauseCode::PasswordExpired, |facts| {
        status(facts, PASSWORD).or_else(|| kdc_error(facts, KDC_PASSWORD))
    }),
    rule(Place::Account, CauseCode::AccountRestricted, |facts| {
        status(facts, RESTRICTED).or_else(|| revoked(facts))
    }),
    rule(Place::Account, CauseCode::SmartCardRequired, |facts| status(facts, CARD)),
    // With NLA the first logon is one over the network, which has a right of its own.
    rule(Place::Account, CauseCode::LogonRightMissing, |facts| by_anyone(facts, RIGHT)),
    rule(Place::Account, CauseCode::LogonRightMissing, right),
    rule(Place::Account, CauseCode::SelectiveAuthentication, |facts| by_anyone(facts, SELECTIVE)),
    rule(Place::Account, CauseCode::DomainUnknown, |facts| by_anyone(facts, NO_SUCH_DOMAIN)),
    rule(Place::Account, CauseCode::FreshCredentialsRequired, |facts| error_info(facts, ERRINFO_FRESH)),
];

/// From the gateway or from the server itself.
fn by_peer(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    // A gateway says it in words.
    if let Some(failure) = gateway::with_status(facts, codes) {
        return Some(Weighed::likely(failure.detail.clone()));
    }
    failed_with(facts, FailureKind::NtStatus, codes).map(|failure| Weighed::certain(failure.detail.clone()))
}

/// The same, or from a domain controller beside its error as a KDC.
fn by_anyone(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    by_peer(facts, codes).or_else(|| {
        kerberos::with_status(facts, codes).map(|failure| Weighed::certain(failure.detail.clone()))
    })
}

/// The same of the account itself, which not every KDC knows.
fn status(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    by_peer(facts, codes).or_else(|| {
        let failure = kerberos::with_status(facts, codes)?;
        by_kdc(facts, failure)
    })
}

fn kdc_error(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    let failure =
        kerberos::ended_at_kdc(facts).and_then(|_| failed_with(facts, FailureKind::KerberosError, codes))?;
    by_kdc(facts, failure)
}

/// What a KDC says of an account is certain where the account names its realm; where another KDC has named it, it may be another
/// account. A KDC on the way to the service knows none.
fn by_kdc(facts: &Facts<'_>, failure: &Failure) -> Option<Weighed> {
    let another = kerberos::in_name_of(facts)
        .map(|realm| format!("the error names the realm {realm}, which is not the one that was asked"));
    match kerberos::of_whom(facts)? {
        Realm::Own => Some(Weighed::certain(failure.detail.clone())),
        Realm::Named => Some(Weighed::likely(failure.detail.clone()).but(another)),
        Realm::Foreign => None,
    }
}

/// One error stands for a whole group of states, and domain controllers mostly add which it is.
fn revoked(facts: &Facts<'_>) -> Option<Weighed> {
    let alone = !kerberos::says_why(facts);
    let said = kdc_error(facts, KDC_REVOKED).filter(|_| alone)?;
    let text = "the error stands for a locked, disabled, expired and restricted account alike";
    Some(Weighed { likelihood: Likelihood::Possible, ..said }.and(Some(text.to_owned())))
}

/// Without an account the server says it of one that nobody gave.
fn error_info(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    let failure = failed_with(facts, FailureKind::ErrorInfo, codes)?;
    let used = facts.credssp.is_some_and(|credssp| credssp.attempted);
    let (likelihood, against) = match facts.request.account {
        // Without NLA nobody sees whether a client that is watched gives an account.
        _ if facts.is_watched() => (if used { Likelihood::Certain } else { Likelihood::Likely }, None),
        true => (Likelihood::Certain, None),
        false => (Likelihood::Likely, Some("no account was given, so none was logged on".to_owned())),
    };
    Some(Weighed::new(likelihood, failure.detail.clone()).but(against))
}

fn wrong(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(weighed) = status(facts, WRONG) {
        return Some(weighed);
    }
    // Said of a first message it is about no account.
    let shown = facts.credssp.is_some_and(|credssp| credssp.attempted) || facts.account_sent();
    if let Some(failure) = failed_with(facts, FailureKind::NtStatus, LOGON_FAILURE).filter(|_| shown) {
        return Some(Weighed::likely(failure.detail.clone()));
    }
    if let Some(weighed) = kdc_error(facts, KDC_WRONG) {
        let unproved = "the KDC was sent no proof of the password";
        return Some(match kerberos::is_of_no_proof(facts) {
            true => Weighed { likelihood: Likelihood::Possible, ..weighed }.but(Some(unproved.to_owned())),
            false => weighed,
        });
    }
    if let Some(failure) = kerberos::not_opened(facts) {
        return Some(Weighed::likely(failure.detail.clone()));
    }
    if let Some(failure) = client_info::silent_refusal(facts) {
        let text = "servers that check the account as a session begins end so";
        return Some(Weighed::likely(failure.detail.clone()).and(Some(text.to_owned())));
    }
    let failure = failed_with(facts, FailureKind::NtStatus, &[FREERDP])?;
    let refused = facts.answerer().is_of_freerdp();
    let likelihood = if refused { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, failure.detail.clone()))
}

fn right(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(weighed) = error_info(facts, ERRINFO_PRIVILEGES) {
        return Some(weighed);
    }
    if let Some(failure) = failed_with(facts, FailureKind::EarlyAuthDenied, DENIED) {
        return Some(Weighed::certain(failure.detail.clone()));
    }
    let ended = failed_in(facts, Phase::Credssp);
    let ultimatum = ended.filter(|failure| failure.kind == FailureKind::Disconnect);
    let failure = ended_in(facts, Phase::Credssp).or(ultimatum)?;
    let text = format!("the account was accepted, then {}", failure.detail);
    let against = "a server that refuses the user mostly says so with a result or a status".to_owned();
    let accepted = facts.credssp?.key_binding == Some(true);
    accepted.then(|| Weighed::possible(text).but(Some(against)))
}
