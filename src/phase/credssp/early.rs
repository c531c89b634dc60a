//! The early user authorization result, and what comes in its place (MS-CSSP 2.2.2, MS-RDPBCGR 2.2.10.2).

use super::{ending, status};
use crate::{
    codes,
    pdu::ts_request::{self, TsRequest as Seen},
    report::{CredsspEvidence, Failure, FailureKind},
};

const AUTHZ_SUCCESS: u32 = 0;
const AUTHZ_ACCESS_DENIED: u32 = 5;

/// What comes where the early authorization result belongs.
///
/// # Errors
/// `early_auth_denied`, a status or the end of the connection in its place, and `malformed`.
pub(crate) fn answered_early(frame: &[u8], evidence: &mut CredsspEvidence) -> Result<(), Failure> {
    match <[u8; 4]>::try_from(frame) {
        Ok(bytes) => authorized(u32::from_le_bytes(bytes), evidence),
        Err(_) => Err(other_answer(frame, evidence)),
    }
}

/// What the early user authorization result says (MS-CSSP 2.2.2).
///
/// # Errors
/// `early_auth_denied`.
fn authorized(code: u32, evidence: &mut CredsspEvidence) -> Result<(), Failure> {
    evidence.early_authorization = Some(code);
    evidence.authenticated = matches!(code, AUTHZ_SUCCESS | AUTHZ_ACCESS_DENIED);
    if code == AUTHZ_SUCCESS {
        return Ok(());
    }
    let name = codes::EARLY_AUTHORIZATION.symbol(code);
    let detail = match code {
        AUTHZ_ACCESS_DENIED => "the account is right, but may not log on through Remote Desktop".to_owned(),
        _ => format!("the server answered the credentials with the early authorization result {code}"),
    };
    Err(Failure::new(FailureKind::EarlyAuthDenied, detail).with_code(code, name))
}

fn other_answer(frame: &[u8], evidence: &mut CredsspEvidence) -> Failure {
    if frame.first() == Some(&0x03) {
        return ending::read(frame).err().unwrap_or_else(|| unexpected(frame));
    }
    match ts_request::ts_request(frame) {
        Ok(Seen { error_code: Some(code), .. }) => {
            evidence.status = Some(code);
            status(code)
        }
        Ok(_) => unexpected(frame),
        Err(error) => ending::malformed("the TSRequest cannot be read", &error, frame),
    }
}

fn unexpected(frame: &[u8]) -> Failure {
    let detail = "another message where the early authorization result belongs";
    Failure::new(FailureKind::Malformed, detail).with_received(frame)
}
