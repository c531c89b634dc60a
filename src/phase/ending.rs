//! Endings that a server may choose at any point from MCS on: an ultimatum, or Set Error Info.
//!
//! From MCS on every frame is read here first: an ultimatum keeps its reason, Set Error Info its number, a confirm
//! its result. Only then does `ClientConnector::step` see it.

use crate::{
    codes,
    pdu::{
        Malformed,
        mcs::{self, Mcs},
        share::{self, IoPdu},
    },
    report::{Failure, FailureKind},
};

/// A disconnect provider ultimatum with its reason.
pub(super) fn ultimatum(reason: u32) -> Failure {
    let name = codes::MCS_REASON.symbol(reason);
    let what = name.unwrap_or("unknown");
    Failure::new(
        FailureKind::Disconnect,
        format!("the server sent a disconnect ultimatum, reason {reason} ({what})"),
    )
    .with_code(reason, name)
}

/// A Set Error Info PDU with its number, known or not.
pub(crate) fn error_info(code: u32) -> Failure {
    let row = codes::ERROR_INFO.find(code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    Failure::new(FailureKind::ErrorInfo, format!("the server set error info {code:#06X}: {what}"))
        .with_code(code, codes::ERROR_INFO.symbol(code))
}

/// A T.125 result other than success.
pub(super) fn result(pdu: &str, code: u32) -> Failure {
    let name = codes::MCS_RESULT.symbol(code);
    let what = name.unwrap_or("unknown");
    Failure::new(FailureKind::McsResult, format!("{pdu} has result {code} ({what})")).with_code(code, name)
}

/// Bytes that cannot be decoded, with their beginning.
pub(crate) fn malformed(what: &str, error: &Malformed, frame: &[u8]) -> Failure {
    Failure::new(FailureKind::Malformed, format!("{what}: {error}")).with_received(frame)
}

/// Reads a frame; an ultimatum, or Set Error Info on the I/O channel, ends the phase whatever was expected.
///
/// # Errors
/// Those endings, and frames that cannot be decoded.
pub(crate) fn read(frame: &[u8]) -> Result<Mcs<'_>, Failure> {
    let pdu = mcs::read(frame).map_err(|error| malformed("an MCS PDU cannot be read", &error, frame))?;
    match &pdu {
        Mcs::Ultimatum { reason } => Err(ultimatum(*reason)),
        Mcs::Data { user_data, .. } => match share::io_pdu(user_data) {
            // ERRINFO_NONE takes back an earlier one and ends nothing.
            IoPdu::SetErrorInfo { code } if code != 0 => Err(error_info(code)),
            _ => Ok(pdu),
        },
        _ => Ok(pdu),
    }
}
