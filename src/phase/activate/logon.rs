//! What a server says of the account in Client Info: Save Session Info, or an end in its place (MS-RDPBCGR 2.2.10.1).
//!
//! A logon error holds an NTSTATUS, or a number of its own for what the host shows to its user, such as a choice of
//! sessions. The second kind says nothing of the password, and its data is a session.

use crate::{
    codes,
    pdu::session_info::{SessionInfo, session_info},
    report::{ActivateEvidence, Failure, FailureKind, LogonError},
};

/// The first ErrorNotificationType that is no NTSTATUS.
const FIRST_NOTIFICATION: u32 = 0xFFFF_FFF8;
/// The severity of an NTSTATUS that is an error.
const ERROR: u32 = 0xC000_0000;
const LOGON_FAILED_BAD_PASSWORD: u32 = 0;
const LOGON_FAILED_OTHER: u32 = 2;

/// Notes what a Save Session Info PDU says; one that is cut short says nothing.
pub(super) fn note(pdu: &[u8], evidence: &mut ActivateEvidence) {
    match session_info(pdu) {
        Ok(SessionInfo::LoggedOn { session }) => {
            let logon = evidence.logon.get_or_insert_default();
            logon.logged_on = true;
            logon.session_id = session.or(logon.session_id);
        }
        Ok(SessionInfo::LogonError { notification, data }) => {
            let is_status = notification < FIRST_NOTIFICATION;
            let table = if is_status { &codes::NTSTATUS } else { &codes::LOGON_ERROR };
            let data_name = codes::LOGON_ERROR.symbol(data).filter(|_| is_status);
            evidence.logon.get_or_insert_default().error = Some(LogonError {
                notification,
                notification_name: table.symbol(notification).map(str::to_owned),
                data,
                data_name: data_name.map(str::to_owned),
            });
        }
        Ok(SessionInfo::Other) | Err(_) => {}
    }
}

/// Whether the server says that the user is logged on.
pub(super) fn is_logged_on(evidence: &ActivateEvidence) -> bool {
    evidence.logon.as_ref().is_some_and(|logon| logon.logged_on)
}

/// The failed logon that an error tells of; none where the host only asks its user something.
pub(super) fn failure(evidence: &ActivateEvidence) -> Option<Failure> {
    let error = evidence.logon.as_ref().filter(|logon| !logon.logged_on)?.error.as_ref()?;
    let code = error.notification;
    let failed = (LOGON_FAILED_BAD_PASSWORD..=LOGON_FAILED_OTHER).contains(&error.data);
    if !(ERROR..FIRST_NOTIFICATION).contains(&code) || !failed {
        return None;
    }
    let row = codes::NTSTATUS.find(code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    let detail = format!("the logon failed with status {code:#010X}: {what}");
    Some(Failure::new(FailureKind::NtStatus, detail).with_code(code, codes::NTSTATUS.symbol(code)))
}

/// An end without a reason while the server's word on the account is awaited may be a refusal; it proves none.
pub(super) fn silent_end(mut failure: Failure) -> Failure {
    if matches!(failure.kind, FailureKind::Closed | FailureKind::Reset | FailureKind::Disconnect) {
        failure.detail =
            format!("{}; it had opened a session for the account and said nothing of it", failure.detail);
    }
    failure
}
