//! What a KDC answers (RFC 4120 section 5): which message it is, and the facts of a KRB-ERROR.

use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

use super::{
    Malformed, Reader,
    der::{element, expect, integer},
};

/// A message of a KDC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KdcMessage {
    /// AS-REP: the ticket-granting ticket.
    AsRep,
    /// TGS-REP: the ticket for the service, or for the KDC of another realm.
    TgsRep {
        /// That realm.
        referral: Option<String>,
    },
    /// KRB-ERROR.
    Error(KrbError),
}

impl KdcMessage {
    /// The name as the report spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AsRep => "as_rep",
            Self::TgsRep { .. } => "tgs_rep",
            Self::Error(_) => "krb_error",
        }
    }
}

/// The fields of a KRB-ERROR that a trace reads (RFC 4120 section 5.9.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KrbError {
    /// error-code.
    pub code: u32,
    /// stime: the clock of the KDC.
    pub time: Option<OffsetDateTime>,
}

/// The longest message that a KDC may claim, in bytes.
pub const MAX_MESSAGE: usize = 60 * 1024;

const TICKET: u8 = 0x61;
const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;
const GENERALIZED_TIME: u8 = 0x18;
const GENERAL_STRING: u8 = 0x1B;
const PA_ETYPE_INFO2: u32 = 19;

/// The whole length of a message over TCP: four bytes tell how many follow (RFC 4120 section 7.2.2).
///
/// # Errors
/// It claims more than [`MAX_MESSAGE`].
pub fn tcp_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let Some(header) = bytes.first_chunk::<4>() else { return Ok(None) };
    let claimed = usize::try_from(u32::from_be_bytes(*header)).unwrap_or(usize::MAX);
    if claimed > MAX_MESSAGE {
        return Err(Malformed(format!("a KDC's answer claims {claimed} bytes, more than {MAX_MESSAGE}")));
    }
    Ok(Some(4 + claimed))
}

/// Reads an answer, without the four bytes of its length.
///
/// # Errors
/// It is none of the three messages, or a KRB-ERROR without an error code.
pub fn kdc_message(bytes: &[u8]) -> Result<KdcMessage, Malformed> {
    match element(&mut Reader::new(bytes))? {
        (0x6B, _) => Ok(KdcMessage::AsRep),
        (0x6D, content) => Ok(KdcMessage::TgsRep { referral: referral(content).unwrap_or_default() }),
        (0x7E, content) => krb_error(content).map(KdcMessage::Error),
        (tag, _) => Err(Malformed(format!("a message with tag {tag:#04x} where a KDC's answer belongs"))),
    }
}

/// A message as it goes over TCP, behind its length.
pub fn tcp_message(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), message].concat()
}

/// The realm in krbtgt/REALM, where the ticket is for that service (RFC 4120 section 3.3.3.2).
fn referral(content: &[u8]) -> Result<Option<String>, Malformed> {
    let ticket = field(content, 0xA5)?;
    let name = field(expect(&mut Reader::new(ticket), TICKET)?, 0xA2)?;
    let mut parts = fields(field(name, 0xA1)?)?;
    let mut part =
        || expect(&mut parts, GENERAL_STRING).map(|part| String::from_utf8_lossy(part).into_owned());
    match part()?.eq_ignore_ascii_case("krbtgt") {
        true => part().map(Some),
        false => Ok(None),
    }
}

/// The content of the first field with this tag.
fn field(content: &[u8], tag: u8) -> Result<&[u8], Malformed> {
    let mut fields = fields(content)?;
    loop {
        match element(&mut fields)? {
            (found, content) if found == tag => return Ok(content),
            _ => {}
        }
    }
}

fn krb_error(content: &[u8]) -> Result<KrbError, Malformed> {
    let mut fields = fields(content)?;
    let (mut code, mut time) = (None, None);
    while !fields.is_empty() {
        match element(&mut fields)? {
            (0xA4, content) => time = generalized_time(content),
            (0xA6, content) => code = Some(integer(content)?),
            _ => {}
        }
    }
    let code = code.ok_or_else(|| Malformed::new("a KRB-ERROR without an error code"))?;
    Ok(KrbError { code, time })
}

fn generalized_time(content: &[u8]) -> Option<OffsetDateTime> {
    let text = std::str::from_utf8(expect(&mut Reader::new(content), GENERALIZED_TIME).ok()?).ok()?;
    let form = format_description!("[year][month][day][hour][minute][second]Z");
    PrimitiveDateTime::parse(text, form).ok().map(PrimitiveDateTime::assume_utc)
}

/// The sealed part of an AS-REP, and what its key is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPart {
    /// etype of the enc-part.
    pub encryption_type: u32,
    /// The salt in PA-ETYPE-INFO2.
    pub salt: Vec<u8>,
    /// The encrypted bytes.
    pub cipher: Vec<u8>,
}

/// Reads an AS-REP as far as its sealed part; none without PA-ETYPE-INFO2.
///
/// # Errors
/// It is no AS-REP.
pub fn sealed_part(bytes: &[u8]) -> Result<Option<SealedPart>, Malformed> {
    let mut fields = fields(expect(&mut Reader::new(bytes), 0x6B)?)?;
    let (mut salt, mut sealed) = (None, None);
    while !fields.is_empty() {
        match element(&mut fields)? {
            (0xA2, content) => salt = etype_info_salt(content)?,
            (0xA6, content) => sealed = Some(encrypted_data(content)?),
            _ => {}
        }
    }
    Ok(salt.zip(sealed).map(|(salt, (encryption_type, cipher))| SealedPart { encryption_type, salt, cipher }))
}

fn fields(content: &[u8]) -> Result<Reader<'_>, Malformed> {
    expect(&mut Reader::new(content), SEQUENCE).map(Reader::new)
}

/// EncryptedData: etype, kvno, cipher (RFC 4120 section 5.2.9).
fn encrypted_data(content: &[u8]) -> Result<(u32, Vec<u8>), Malformed> {
    let mut fields = fields(content)?;
    let encryption_type = integer(expect(&mut fields, 0xA0)?)?;
    loop {
        if let (0xA2, content) = element(&mut fields)? {
            return Ok((encryption_type, expect(&mut Reader::new(content), OCTET_STRING)?.to_vec()));
        }
    }
}

/// The salt of the first entry of PA-ETYPE-INFO2 (RFC 4120 section 5.2.7.5).
fn etype_info_salt(content: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
    let mut all = fields(content)?;
    while !all.is_empty() {
        let mut one = Reader::new(expect(&mut all, SEQUENCE)?);
        let kind = integer(expect(&mut one, 0xA1)?)?;
        let value = expect(&mut Reader::new(expect(&mut one, 0xA2)?), OCTET_STRING)?;
        if kind == PA_ETYPE_INFO2 {
            let mut entry = fields(expect(&mut Reader::new(value), SEQUENCE)?)?;
            expect(&mut entry, 0xA0)?;
            let salt = expect(&mut entry, 0xA1)?;
            return expect(&mut Reader::new(salt), GENERAL_STRING).map(|salt| Some(salt.to_vec()));
        }
    }
    Ok(None)
}
