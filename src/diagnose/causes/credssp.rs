//! Why CredSSP ends: the versions, the policies around NTLM, and what the host needs of its domain.

use super::{
    CauseRule, Place, Weighed, after, ended_in, failed_in, failed_with, inside::without_nla, rule, unplaced,
};
use crate::{
    codes::{
        FIRST_PATCHED_CREDSSP, MAX_SKEW_SECONDS, Phase, SEC_E_UNSUPPORTED_FUNCTION,
        alert::{ACCESS_DENIED, INTERNAL_ERROR},
    },
    diagnose::{Facts, kerberos},
    report::{CauseCode, FailureKind, Status},
};

const STATUS_NTLM_BLOCKED: i64 = 0xC000_0418;
/// access_denied and internal_error, with which Schannel ends what it refuses.
const REFUSES: [i64; 2] = [ACCESS_DENIED, INTERNAL_ERROR];
const BAD_BINDINGS: &[i64] = &[0xC000_035B, 0x8009_0346];
/// No logon servers, no domain controller and no such authority.
const NO_DOMAIN: &[i64] = &[0xC000_005E, 0xC000_0233, 0x8009_0311];
/// STATUS_NETLOGON_NOT_STARTED, and the same of Win32.
const NO_NETLOGON: &[i64] = &[0xC000_0192, 0x8007_0700, 0xC007_0700];
const NO_TRUST: &[i64] = &[0xC000_018A, 0xC000_018B, 0xC000_018C, 0xC000_018D];
const CLOCKS: &[i64] = &[0xC000_0133, 0x8009_0324];
/// SEC_E_WRONG_PRINCIPAL: the ticket was made for the key that the host had before.
const STALE_KEY: &[i64] = &[0x8009_0322];
/// STATUS_DOWNGRADE_DETECTED: no domain controller, or somebody who keeps it away.
const DOWNGRADE: &[i64] = &[0xC000_0388];
/// KRB_AP_ERR_BAD_INTEGRITY, KRB_AP_ERR_MODIFIED, KRB_AP_ERR_BADKEYVER and KRB_AP_ERR_NOKEY.
const STALE_TICKET: &[i64] = &[31, 41, 44, 45];

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::CredsspServerUnpatched, unpatched),
    rule(Place::Host, CauseCode::NtlmRestricted, ntlm),
    rule(Place::Host, CauseCode::CredsspPolicy, policy),
    rule(Place::Path, CauseCode::TlsIntercepted, intercepted),
    rule(Place::Kdc, CauseCode::DomainControllerUnreachable, |facts| {
        status(facts, NO_DOMAIN).or_else(|| likely(facts, DOWNGRADE))
    })
    .intermittent(),
    rule(Place::Host, CauseCode::NetlogonStopped, |facts| status(facts, NO_NETLOGON)),
    rule(Place::Host, CauseCode::DomainTrustBroken, |facts| status(facts, NO_TRUST).or_else(|| stale(facts))),
    rule(Place::ThisMachine, CauseCode::ClocksDiffer, skew),
    // Which of the clocks is wrong the status does not say.
    unplaced(CauseCode::ClocksDiffer, |facts| status(facts, CLOCKS).map(|told| told.and(same_time(facts)))),
    rule(Place::Host, CauseCode::CredsspRefusedSilently, silent_refusal),
];

fn status(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    failed_with(facts, FailureKind::NtStatus, codes).map(|failure| Weighed::certain(failure.detail.clone()))
}

fn likely(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    failed_with(facts, FailureKind::NtStatus, codes).map(|failure| Weighed::likely(failure.detail.clone()))
}

/// A KDC, or a server that was given a ticket.
fn skew(facts: &Facts<'_>) -> Option<Weighed> {
    failed_with(facts, FailureKind::KerberosError, &[kerberos::SKEW])
        .map(|failure| Weighed::certain(failure.detail.clone()))
}

/// That the host and this machine agree, where the CHALLENGE told the host's time.
fn same_time(facts: &Facts<'_>) -> Option<String> {
    let seconds = facts.credssp?.ntlm.as_ref()?.clock_skew_seconds?;
    let text = format!(
        "the host's clock is {seconds:+} s from this machine's: it is that of the domain controller that differs"
    );
    (seconds.unsigned_abs() < MAX_SKEW_SECONDS).then_some(text)
}

/// A host that has another password than its account cannot open a ticket.
fn stale(facts: &Facts<'_>) -> Option<Weighed> {
    let ticket = || failed_with(facts, FailureKind::KerberosError, STALE_TICKET);
    let failure = failed_with(facts, FailureKind::NtStatus, STALE_KEY).or_else(ticket)?;
    let text = "a host whose machine account was renewed or restored cannot open tickets made for it";
    Some(Weighed::possible(failure.detail.clone()).and(Some(text.to_owned())))
}

fn unpatched(facts: &Facts<'_>) -> Option<Weighed> {
    let version = facts.credssp?.version.filter(|version| *version < FIRST_PATCHED_CREDSSP)?;
    let last = facts.last().filter(|last| last.phase == Phase::Credssp && last.status != Status::Passed)?;
    let text = format!("the server speaks CredSSP version {version}; patched ones speak 5 or newer");
    match last.failure {
        None => last.stopped.map(|_| Weighed::certain(text)),
        Some(failure) => {
            ended_in(facts, Phase::Credssp).map(|_| Weighed::likely(text).and(Some(failure.detail.clone())))
        }
    }
}

fn ntlm(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(weighed) = status(facts, &[STATUS_NTLM_BLOCKED]) {
        return Some(weighed);
    }
    if let Some(failure) = failed_with(facts, FailureKind::NtStatus, &[SEC_E_UNSUPPORTED_FUNCTION]) {
        let text = "a Windows that blocks incoming NTLM says so only to the proof of the password, which it does not judge";
        let proved = facts.credssp.is_some_and(|credssp| credssp.attempted);
        return Some(Weighed::likely(failure.detail.clone()).and(proved.then(|| text.to_owned())));
    }
    // Once there is a CHALLENGE, NTLM is not what the server objects to.
    if !is_before_challenge(facts) {
        return None;
    }
    let failure = ended_in(facts, Phase::Credssp)?;
    let against = "a Windows that blocks NTLM mostly says so with a status".to_owned();
    // An alert about something else than what was sent says little of NTLM.
    let speaks =
        failure.kind != FailureKind::TlsAlert || failure.code.is_some_and(|code| REFUSES.contains(&code));
    let late = waited(facts);
    let without = without_nla(facts);
    let part =
        failure.received.as_ref().map(|_| "a part of an answer came: who refuses sends none".to_owned());
    let sealed =
        is_sealed(facts).then(|| "no key opens what the server sent, so an answer may have come".to_owned());
    let doubted = [&late, &without, &part, &sealed].iter().any(|doubt| doubt.is_some()) || !speaks;
    let weigh = if doubted { Weighed::possible } else { Weighed::likely };
    Some(
        weigh(after(&format!("{} first TSRequest, with NTLM,", facts.ours()), failure))
            .but(Some(against))
            .but(part)
            .but(sealed)
            .but(late)
            .refuted(without),
    )
}

/// Whether this was watched, and is encrypted.
fn is_sealed(facts: &Facts<'_>) -> bool {
    let watched = facts.described.and_then(|made| made.watched.as_ref());
    watched.is_some_and(|watched| watched.opened == Some(false))
}

/// Whether CredSSP got no further than its first message.
pub(super) fn is_before_challenge(facts: &Facts<'_>) -> bool {
    facts.credssp.is_some_and(|credssp| credssp.ntlm.is_none() && !credssp.attempted)
}

/// The sentence that the end came late, where it did: a policy is looked up at once.
pub(super) fn waited(facts: &Facts<'_>) -> Option<String> {
    const LATE_MS: f64 = 2000.0;
    let took = facts.failed()?.elapsed_ms.0;
    let text = || {
        format!(
            "it came after {:.1} s, and a policy refuses at once: a service may hang, or ask another",
            took / 1000.0
        )
    };
    (took >= LATE_MS).then(text)
}

/// The same number is that of a CredSSP that a policy turns away.
fn policy(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_with(facts, FailureKind::NtStatus, &[SEC_E_UNSUPPORTED_FUNCTION])?;
    let patched = facts.credssp?.version.filter(|version| *version >= FIRST_PATCHED_CREDSSP);
    let against =
        patched.map(|version| format!("the server speaks CredSSP version {version}, which is patched"));
    Some(Weighed::possible(failure.detail.clone()).but(against))
}

fn intercepted(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Credssp)?;
    // A KDC proxy is another peer than the server.
    let altered = failure.kind == FailureKind::KeyBinding && kerberos::ended_at_kdc(facts).is_none();
    let bindings = failed_with(facts, FailureKind::NtStatus, BAD_BINDINGS).is_some();
    let downgraded = failed_with(facts, FailureKind::NtStatus, DOWNGRADE).is_some();
    if downgraded {
        return Some(Weighed::possible(failure.detail.clone()));
    }
    // Of a watched client only its leaving is seen.
    let inferred = altered && facts.is_watched();
    let weighed = if inferred { Weighed::possible } else { Weighed::likely };
    (altered || bindings).then(|| weighed(failure.detail.clone()))
}

/// Only the newest versions have a place for a status, and not every server uses it.
fn silent_refusal(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = ended_in(facts, Phase::Credssp)?;
    // After its proof of the key the server has accepted the password.
    let credssp = facts.credssp.filter(|credssp| credssp.attempted && credssp.key_binding.is_none())?;
    let speaks = credssp.version.filter(|version| matches!(version, 3 | 4 | 6..));
    let against = speaks.map(|version| format!("CredSSP version {version} has a place for a status"));
    Some(Weighed::likely(failure.detail.clone()).but(against))
}
