//! KRB-ERROR (RFC 4120 section 5.9.1), and the NTSTATUS that domain controllers add to it (MS-KILE 2.2.2).

use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

use super::hints::{Hints, method_data};
use crate::pdu::{
    Malformed, Reader,
    der::{GENERAL_STRING, GENERALIZED_TIME, OCTET_STRING, element, expect, fields, inside, integer},
};

/// The fields of a KRB-ERROR that a trace reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KrbError {
    /// error-code.
    pub code: u32,
    /// stime: the clock of the KDC.
    pub time: Option<OffsetDateTime>,
    /// crealm: with KDC_ERR_WRONG_REALM the realm that knows the user (RFC 6806 section 7).
    pub client_realm: Option<String>,
    /// realm: that of the service that was asked for, so of the KDC itself where that is the service.
    pub realm: Option<String>,
    /// The NTSTATUS in e-data.
    pub status: Option<u32>,
    /// With KDC_ERR_PREAUTH_REQUIRED, what e-data says of the keys of the account.
    pub hints: Hints,
}

/// KDC_ERR_PREAUTH_REQUIRED, the answer to a question without a proof of the password.
pub const PREAUTH_REQUIRED: u32 = 25;

/// The type of a KERB-EXT-ERROR in KERB-ERROR-DATA and in METHOD-DATA, where it takes the place of a salt.
const EXTENDED: u32 = 3;

/// Reads what is inside the KRB-ERROR.
pub(super) fn krb_error(content: &[u8]) -> Result<KrbError, Malformed> {
    let mut fields = fields(content)?;
    let (mut code, mut data): (_, &[u8]) = (None, &[]);
    let mut error = KrbError::default();
    while !fields.is_empty() {
        match element(&mut fields)? {
            (0xA4, content) => error.time = generalized_time(content),
            (0xA6, content) => {
                let named = |error| Malformed(format!("its error-code is {error}"));
                code = Some(integer(content).map_err(named)?);
            }
            (0xA7, content) => error.client_realm = text(content),
            (0xA9, content) => error.realm = text(content).filter(|realm| !realm.is_empty()),
            (0xAC, content) => data = inside(content, OCTET_STRING)?,
            _ => {}
        }
    }
    error.code = code.ok_or_else(|| Malformed::new("a KRB-ERROR without an error code"))?;
    match error.code {
        PREAUTH_REQUIRED => error.hints = Hints::of(data).unwrap_or_default(),
        _ => error.status = status(data).unwrap_or_default(),
    }
    Ok(error)
}

fn generalized_time(content: &[u8]) -> Option<OffsetDateTime> {
    let text = std::str::from_utf8(inside(content, GENERALIZED_TIME).ok()?).ok()?;
    let form = format_description!("[year][month][day][hour][minute][second]Z");
    PrimitiveDateTime::parse(text, form).ok().map(PrimitiveDateTime::assume_utc)
}

fn text(content: &[u8]) -> Option<String> {
    let text = inside(content, GENERAL_STRING).ok()?;
    Some(String::from_utf8_lossy(text).into_owned())
}

/// KERB-ERROR-DATA is one entry, METHOD-DATA a list of them.
fn status(data: &[u8]) -> Result<Option<u32>, Malformed> {
    let mut one = fields(data)?;
    let entries = match expect(&mut one, 0xA1) {
        Ok(kind) => vec![(integer(kind)?, inside(expect(&mut one, 0xA2)?, OCTET_STRING)?)],
        Err(_) => method_data(data)?,
    };
    let found =
        entries.into_iter().filter(|(kind, _)| *kind == EXTENDED).find_map(|(_, value)| extended(value));
    Ok(found)
}

/// KERB-EXT-ERROR: the status, four bytes of zero and flags, in the order of Windows; a salt has no such zeros.
fn extended(value: &[u8]) -> Option<u32> {
    let mut fields = Reader::new(value);
    let (status, reserved) = (fields.u32().ok()?, fields.u32().ok()?);
    (value.len() == 12 && reserved == 0 && status != 0).then_some(status)
}
