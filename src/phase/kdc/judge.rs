//! What an answer of a KDC means for the way to a ticket.

use time::OffsetDateTime;

use super::{Answer, ending};
use crate::{
    codes,
    pdu::kerberos::{KdcMessage, KrbError, PREAUTH_REQUIRED, kdc_message},
    report::{Failure, FailureKind, KdcAnswer, KdcEvidence, KdcExchange},
};

/// KDC_ERR_WRONG_REALM, with the realm that knows the user (RFC 6806 section 7).
const WRONG_REALM: u32 = 68;

/// A KRB-ERROR ends it, except the one that asks for the proof of the password and the one that names another realm: whoever
/// was shown a proof has no reason for either.
pub(super) fn judge(
    mut bytes: Vec<u8>,
    now: OffsetDateTime,
    exchange: &mut KdcExchange,
    evidence: &mut KdcEvidence,
) -> Result<Answer, Failure> {
    let message = kdc_message(bytes.get(4..).unwrap_or_default())
        .map_err(|error| ending::malformed("the answer of the KDC cannot be read", &error, &bytes))?;
    exchange.answer = Some(answer(&message).into());
    bytes.drain(..bytes.len().min(4));
    let error = match message {
        KdcMessage::AsRep => return Ok(Answer::AsRep(bytes)),
        KdcMessage::TgsRep { referral } => return Ok(Answer::TgsRep(bytes, referral)),
        KdcMessage::Error(error) => error,
    };
    exchange.error = Some(error.code);
    exchange.status = error.status;
    exchange.error_realm.clone_from(&error.realm);
    evidence.clock_skew_seconds = skew(&error, now);
    let proved = exchange.proof || evidence.exchanges.iter().any(|exchange| exchange.proof);
    match (error.code, &error.client_realm) {
        (PREAUTH_REQUIRED, _) if !proved => Ok(Answer::Proof(error.hints)),
        (WRONG_REALM, Some(realm)) if !proved => Ok(Answer::Realm(realm.clone())),
        _ => Err(refused(&error, exchange, evidence)),
    }
}

fn answer(message: &KdcMessage) -> KdcAnswer {
    match message {
        KdcMessage::AsRep => KdcAnswer::AsRep,
        KdcMessage::TgsRep { .. } => KdcAnswer::TgsRep,
        KdcMessage::Error(_) => KdcAnswer::KrbError,
    }
}

/// The error, with the realm that was asked where it is not the account's, and with that of the error where it is another.
fn refused(error: &KrbError, exchange: &KdcExchange, evidence: &KdcEvidence) -> Failure {
    let own = exchange.realm.eq_ignore_ascii_case(&evidence.realm);
    let who = if own { "the KDC".to_owned() } else { format!("the KDC of the realm {}", exchange.realm) };
    let named = exchange.in_name_of_another().map(|realm| format!(" in the name of the realm {realm}"));
    told(error, &who, &named.unwrap_or_default())
}

fn skew(error: &KrbError, now: OffsetDateTime) -> Option<i64> {
    error.time.map(|time| (time - now).whole_seconds())
}

/// The NTSTATUS, where there is one, says more than the code.
pub(crate) fn refusal(error: &KrbError, who: &str) -> Failure {
    told(error, who, "")
}

fn told(error: &KrbError, who: &str, named: &str) -> Failure {
    let KrbError { code, status, .. } = *error;
    let row = codes::KERBEROS_ERROR.find(code);
    let beside = status.map_or_else(String::new, |status| format!(" and status {status:#010X}"));
    let precise = status.and_then(|status| codes::NTSTATUS.find(status));
    let what = precise.or(row).map_or("no table knows it", |row| row.meaning);
    let detail = format!("{who} answered with error {code}{beside}{named}: {what}");
    Failure::new(FailureKind::KerberosError, detail).with_code(code, codes::KERBEROS_ERROR.symbol(code))
}
