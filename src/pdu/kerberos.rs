//! What a KDC answers (RFC 4120 section 5): which message it is, and what is in it.

mod hints;
mod krb_error;
mod reply;

pub use hints::Hints;
pub use krb_error::{KrbError, PREAUTH_REQUIRED};
pub use reply::{Reply, preauthentication_required, reply, resealed, session_key};

use super::{
    Malformed, Reader,
    der::{GENERAL_STRING, element, expect, fields, inside},
};
use krb_error::krb_error;

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

/// The longest message that a KDC may claim, in bytes.
pub const MAX_MESSAGE: usize = 60 * 1024;

const TICKET: u8 = 0x61;

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
    let name = field(inside(ticket, TICKET)?, 0xA2)?;
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
