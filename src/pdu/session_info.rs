//! A Save Session Info PDU (MS-RDPBCGR 2.2.10.1): whether the user is logged on, and why not.

use super::{Malformed, Reader, share};

const INFOTYPE_LOGON: u32 = 0;
const INFOTYPE_LOGON_LONG: u32 = 1;
const INFOTYPE_LOGON_PLAINNOTIFY: u32 = 2;
const INFOTYPE_LOGON_EXTENDED_INFO: u32 = 3;
const LOGON_EX_AUTORECONNECTCOOKIE: u32 = 1;
const LOGON_EX_LOGONERRORS: u32 = 2;
/// A user name of so many bytes is only its end.
const EMPTY: u32 = 2;

/// What it says of the logon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionInfo {
    /// The user is logged on, in this session where one is named.
    LoggedOn {
        /// SessionId.
        session: Option<u32>,
    },
    /// TS_LOGON_ERRORS_INFO.
    LogonError {
        /// ErrorNotificationType: an NTSTATUS, or a number of its own for what the host shows.
        notification: u32,
        /// ErrorNotificationData: what the status means, or a session.
        data: u32,
    },
    /// Nothing of the logon.
    Other,
}

/// Reads a share data PDU of that type. A logon of nobody says nothing.
///
/// # Errors
/// It is cut short.
pub fn session_info(pdu: &[u8]) -> Result<SessionInfo, Malformed> {
    let mut reader = Reader::new(pdu.get(share::SHARE_DATA_HEADERS..).unwrap_or_default());
    match reader.u32()? {
        INFOTYPE_LOGON => {
            // Domain, with its length, before the user name.
            reader.bytes(4 + 52)?;
            let user = reader.u32()?;
            reader.bytes(512)?;
            Ok(logged_on(user, reader.u32()?))
        }
        INFOTYPE_LOGON_LONG => {
            // Version and Size.
            reader.bytes(6)?;
            let session = reader.u32()?;
            reader.bytes(4)?;
            Ok(logged_on(reader.u32()?, session))
        }
        INFOTYPE_LOGON_PLAINNOTIFY => Ok(SessionInfo::LoggedOn { session: None }),
        INFOTYPE_LOGON_EXTENDED_INFO => extended(&mut reader),
        _ => Ok(SessionInfo::Other),
    }
}

fn logged_on(user: u32, session: u32) -> SessionInfo {
    match user {
        0..=EMPTY => SessionInfo::Other,
        _ => SessionInfo::LoggedOn { session: Some(session) },
    }
}

/// The fields that are present, each behind its length, in the order of their flags.
fn extended(reader: &mut Reader<'_>) -> Result<SessionInfo, Malformed> {
    reader.u16()?;
    let present = reader.u32()?;
    if present & LOGON_EX_AUTORECONNECTCOOKIE != 0 {
        let length = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        reader.bytes(length)?;
    }
    if present & LOGON_EX_LOGONERRORS == 0 {
        return Ok(SessionInfo::Other);
    }
    reader.u32()?;
    Ok(SessionInfo::LogonError { notification: reader.u32()?, data: reader.u32()? })
}
