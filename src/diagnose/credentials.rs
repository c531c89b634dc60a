//! What the trace could and could not learn of the account.
//!
//! A server that closes after AUTHENTICATE without a status may have refused the password. Nobody can know, so the
//! verdict says `not_verifiable`, not `refused`.

use super::{Facts, Rule, client_info, kerberos, redirection};
use crate::{
    codes::Phase,
    report::{Answerer, Credentials, FailureKind, FindingCode, Selected, Severity, Status},
};

/// What FreeRDP's library answers to wrong credentials.
pub(super) const FREERDP_REFUSAL: u32 = 0xC007_00EA;
/// What IronRDP answers to wrong credentials.
pub(super) const IRONRDP_REFUSAL: u32 = 0xC007_030C;

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::CredentialsNotVerified, Severity::Error, Phase::Negotiate, not_verified),
    Rule::new(FindingCode::AccountNotUsed, Severity::Error, Phase::Credssp, not_used),
    Rule::new(FindingCode::CredsspKeyBindingFailed, Severity::Error, Phase::Credssp, key_binding),
];

/// A logon that was asked for and not made must not look like one that works.
fn not_used(facts: &Facts<'_>) -> Option<String> {
    let used = facts.credssp.is_some_and(|credssp| credssp.attempted);
    if used || facts.used_before().is_some() {
        return None;
    }
    let at_credssp = facts.last().filter(|last| last.phase == Phase::Credssp).and_then(|last| last.stopped);
    let stopped = at_credssp.or_else(|| client_info::withheld(facts))?;
    facts.request.account.then(|| format!("the account was not used: {stopped}"))
}

/// Without NLA no server can confirm a password before a session exists.
fn not_verified(facts: &Facts<'_>) -> Option<String> {
    if facts.account_sent() {
        return client_info::unsaid(facts);
    }
    if client_info::withheld(facts).is_some() {
        return None;
    }
    let text =
        "an account was given, but without NLA this server verifies no password before a session exists";
    let without_nla = matches!(facts.selected()?, Selected::Tls | Selected::Rdp);
    let used = facts.used_before().is_some();
    let other = redirection::with_own_account(facts).is_some();
    (facts.request.account && without_nla && !used && !other).then(|| text.to_owned())
}

fn key_binding(facts: &Facts<'_>) -> Option<String> {
    let differs = facts.credssp?.key_binding == Some(false);
    let objected = facts.failed().and_then(|failed| failed.failure);
    let left = facts.is_watched() && objected.is_some_and(|failure| failure.kind == FailureKind::KeyBinding);
    let text = match (differs, left) {
        (true, _) => {
            "the server's proof of its TLS key does not match: someone may stand between it and this machine"
        }
        (_, true) => {
            "the client left right after the server's proof of its TLS key: someone may stand between the two"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// Which of the four it is.
pub(super) fn credentials(facts: &Facts<'_>) -> Credentials {
    if facts.is_watched() {
        return of_client(facts);
    }
    if !facts.request.account {
        return Credentials::NotAttempted;
    }
    // The account went to the first host, and not on from there.
    if facts.used_before().is_some_and(|credssp| credssp.authenticated) {
        return Credentials::Verified;
    }
    // At such a hop it would not have been used in any case.
    if redirection::with_own_account(facts).is_some() {
        return Credentials::NotAttempted;
    }
    if client_info::withheld(facts).is_some() {
        return Credentials::NotAttempted;
    }
    if matches!(facts.selected(), Some(Selected::Tls | Selected::Rdp)) {
        return client_info::credentials(facts).unwrap_or(Credentials::NotVerifiable);
    }
    by_credssp(facts)
}

/// The same of the account of a client that was watched: nobody knows whether it has one before it uses it.
fn of_client(facts: &Facts<'_>) -> Credentials {
    let unseen =
        facts.last().is_some_and(|last| last.phase == Phase::Credssp && last.status == Status::Unseen);
    match by_credssp(facts) {
        Credentials::NotAttempted if unseen => Credentials::NotVerifiable,
        found => found,
    }
}

/// What the server said of the account in CredSSP.
fn by_credssp(facts: &Facts<'_>) -> Credentials {
    let Some(credssp) = facts.credssp else { return Credentials::NotAttempted };
    let failure = facts.phases.iter().find(|s| s.phase == Phase::Credssp).and_then(|s| s.failure);
    let status = failure.filter(|f| f.kind == FailureKind::NtStatus).and(credssp.status);
    match status {
        Some(code) if credssp.attempted && refuses(code, facts.answerer()) => Credentials::Refused,
        None if kerberos::refuses(facts) => Credentials::Refused,
        _ if credssp.authenticated => Credentials::Verified,
        _ if credssp.attempted => Credentials::NotVerifiable,
        _ => Credentials::NotAttempted,
    }
}

/// Whether a status says that the credentials are wrong. Two do so from one server only; elsewhere they say nothing.
fn refuses(code: u32, who: Answerer) -> bool {
    match code {
        FREERDP_REFUSAL => who.is_of_freerdp() || who == Answerer::Xrdp,
        IRONRDP_REFUSAL => who == Answerer::Ironrdp,
        _ => crate::codes::NTSTATUS.find(code).is_some_and(|row| row.refuses_credentials),
    }
}
