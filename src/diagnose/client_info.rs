//! What a session showed of the account in Client Info, which a server without NLA logs on with (MS-RDPBCGR 2.2.10.1).
//!
//! Only the server's word decides: a logged-on user in Save Session Info, or an error that refuses the password. A
//! screen that is drawn proves nothing, because servers draw their logon box on it too.

use super::{Facts, Rule};
use crate::{
    codes::{self, Phase},
    plain::plural,
    report::{
        ActivateEvidence, Answerer, Credentials, Failure, FailureKind, FindingCode, LogOff, LogonError,
        Selected, Severity,
    },
};

const LOGON_FAILED_BAD_PASSWORD: u32 = 0;
/// ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES, which IronRDP says of a wrong account.
const NO_PRIVILEGES: i64 = 9;

pub(super) const RULES: &[Rule] =
    &[Rule::new(FindingCode::SessionLeftBehind, Severity::Info, Phase::Activate, left_behind)];

/// Why the account that was to be sent was not; none where it was, or where nobody asked for it.
pub(super) fn withheld<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let asked = facts.request.logon && !facts.account_sent();
    let redirected = facts.licensing.is_some_and(|licensing| licensing.redirection.is_some());
    let last = facts.last().filter(|last| last.phase == Phase::Licensing && asked && !redirected)?;
    // The license exchange stops for reasons of its own, after Client Info has gone.
    let untouched = facts.licensing.is_some_and(|licensing| licensing.outcome.is_none());
    last.stopped.filter(|_| untouched && matches!(facts.selected(), Some(Selected::Tls | Selected::Rdp)))
}

/// What the server said of it; none where it was not sent, or where the server said nothing.
pub(super) fn credentials(facts: &Facts<'_>) -> Option<Credentials> {
    if !facts.account_sent() {
        return None;
    }
    let logon = facts.activate.and_then(|activate| activate.logon.as_ref());
    let failure = facts.failed().and_then(|failed| failed.failure);
    if logon.is_some_and(|logon| logon.logged_on) {
        return Some(Credentials::Verified);
    }
    let by_status = failure.is_some_and(|failure| failure.kind == FailureKind::NtStatus)
        && logon.and_then(|logon| logon.error.as_ref()).is_some_and(refuses);
    let by_number = failure.is_some_and(|failure| {
        failure.kind == FailureKind::ErrorInfo
            && failure.code == Some(NO_PRIVILEGES)
            && facts.answerer() == Answerer::Ironrdp
    });
    (by_status || by_number).then_some(Credentials::Refused)
}

/// Whether the error says that the password is wrong, by its own number or by the status.
fn refuses(error: &LogonError) -> bool {
    let row = codes::NTSTATUS.find(error.notification);
    error.data == LOGON_FAILED_BAD_PASSWORD || row.is_some_and(|row| row.refuses_credentials)
}

/// The account was sent and the server did not say whether it is right.
pub(super) fn unsaid(facts: &Facts<'_>) -> Option<String> {
    if credentials(facts).is_some() {
        return None;
    }
    let seen = match (facts.failed().and_then(|failed| failed.failure), facts.activate) {
        (Some(failure), _) => failure.detail.clone(),
        (None, Some(activate)) => shown(activate),
        (None, None) => "the connection ended before a session".to_owned(),
    };
    Some(format!("the account was sent without NLA, and the server did not say whether it is right: {seen}"))
}

/// What the session showed in place of an answer.
fn shown(activate: &ActivateEvidence) -> String {
    if let Some(redirection) = &activate.redirection {
        return format!("it redirects to session {}", redirection.session_id);
    }
    let error = activate.logon.as_ref().and_then(|logon| logon.error.as_ref());
    if let Some(error) = error {
        let name = error.notification_name.clone();
        let name = name.unwrap_or_else(|| format!("{:#010x}", error.notification));
        return format!("it says {name} and goes on");
    }
    match activate.drawn() {
        0 => "it opened a session, which may stay on the host, and drew nothing".to_owned(),
        drawn => format!(
            "it opened a session, which may stay on the host, and drew in it ({}); --screenshot shows a desktop or a logon screen",
            plural(drawn, "PDU")
        ),
    }
}

/// What a logon leaves on the host.
fn left_behind(facts: &Facts<'_>) -> Option<String> {
    let activate = facts.activate.filter(|_| facts.account_sent())?;
    let logon = activate.logon.as_ref().filter(|logon| logon.logged_on)?;
    let how = match activate.log_off? {
        LogOff::Ended => return None,
        LogOff::Denied => "the server denied the request to end it",
        LogOff::Unanswered => "the server did not answer the request to end it",
    };
    let session = logon.session_id.map_or_else(|| "a session".to_owned(), |id| format!("session {id}"));
    Some(format!("{session} of the account stays on the host without a client: {how}"))
}

/// An end in place of an answer, where servers that check the account themselves end so.
pub(super) fn silent_refusal<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let failed = facts.failed().filter(|failed| failed.phase >= Phase::Licensing)?;
    let failure = failed.failure?;
    let ended = failure.kind.is_cut() || failure.kind == FailureKind::Disconnect;
    (facts.account_sent() && ended).then_some(failure)
}
