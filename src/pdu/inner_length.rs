//! Lengths inside a message that cannot be, known before the message is whole: X.224, BER and PER in a TPKT, DER in a TSRequest.

use super::{
    Malformed, Reader,
    connect_response::CONNECT_RESPONSE,
    der,
    mcs::{ATTACH_USER_CONFIRM, CHANNEL_JOIN_CONFIRM, DISCONNECT_PROVIDER_ULTIMATUM, SEND_DATA_INDICATION},
    x224::DATA,
};
use crate::plain::plural;

/// TPKT header and X.224 data header.
const BEFORE_MCS: usize = 7;
/// Connection confirm, disconnect request and error (X.224 section 13).
const ALONE: [u8; 3] = [0xD0, 0x80, 0x70];
/// More behind a message is no slip of the server's.
const STRAY: usize = 64;

/// Looks at what `bytes` hold of a TPKT that claims this length.
///
/// # Errors
/// Something in it is longer than the TPKT, or is whole and ends before it.
pub fn in_tpkt(bytes: &[u8], length: usize) -> Result<(), Malformed> {
    let bytes = &bytes[..bytes.len().min(length)];
    let [_, _, _, _, indicator, rest @ ..] = bytes else { return Ok(()) };
    let header = 5 + usize::from(*indicator);
    if header > length {
        return Err(exceeds("an X.224 header", header - 4, length - 4));
    }
    match (indicator, rest.first()) {
        (2, Some(&DATA)) => {}
        // Their header is all there is of them.
        (_, Some(code)) if ALONE.contains(&(code & 0xF0)) => {
            return ends("an X.224 TPDU", header, bytes, length);
        }
        _ => return Ok(()),
    }
    let Some((what, content)) = bytes.get(BEFORE_MCS..).and_then(mcs) else { return Ok(()) };
    let (end, room) = (BEFORE_MCS.saturating_add(content), length - BEFORE_MCS);
    if end > length {
        return Err(exceeds(what, content, room));
    }
    ends(what, end, bytes, length)
}

/// What the PDU is, and how long as a whole; none where that is not there yet.
fn mcs(pdu: &[u8]) -> Option<(&'static str, usize)> {
    const OPTIONAL: u8 = 0b10;
    if pdu.starts_with(&CONNECT_RESPONSE) {
        let (digits, content) = ber(&pdu[2..])?;
        return Some(("an MCS Connect Response", (2 + digits).saturating_add(content)));
    }
    let first = *pdu.first()?;
    let optional = |length: usize| if first & OPTIONAL == 0 { 0 } else { length };
    match first >> 2 {
        SEND_DATA_INDICATION => {
            let (digits, content) = per(pdu.get(6..)?)?;
            Some(("an MCS Send Data Indication", 6 + digits + content))
        }
        DISCONNECT_PROVIDER_ULTIMATUM => Some(("an MCS Disconnect Provider Ultimatum", 2)),
        ATTACH_USER_CONFIRM => Some(("an MCS Attach User Confirm", 2 + optional(2))),
        CHANNEL_JOIN_CONFIRM => Some(("an MCS Channel Join Confirm", 6 + optional(2))),
        _ => None,
    }
}

/// What came behind a message is passed over where it is little; what did not come is not waited for.
fn ends(what: &str, end: usize, bytes: &[u8], length: usize) -> Result<(), Malformed> {
    if end < length && (bytes.len() == end || length - end > STRAY) {
        return Err(Malformed(format!(
            "a TPKT header claims {length} bytes, and {what} in it ends after {end}"
        )));
    }
    Ok(())
}

/// The whole length of the DER element that `bytes` begin with; none where its length is not there yet.
///
/// # Errors
/// The length is of a form that nobody needs.
pub fn of_element(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    match bytes {
        [_, form @ (0x80 | 0x85..), ..] => Err(Malformed(format!("a DER length of {} bytes", form & 0x7F))),
        _ => Ok(bytes.get(1..).and_then(ber).map(|(digits, content)| (1 + digits).saturating_add(content))),
    }
}

/// Looks at what `bytes` hold of a DER SEQUENCE of this length in all: none of its elements may end behind it.
///
/// # Errors
/// One does.
pub fn in_sequence(bytes: &[u8], length: usize) -> Result<(), Malformed> {
    let Some((digits, _)) = bytes.get(1..).and_then(ber) else { return Ok(()) };
    let mut at = 1 + digits;
    while at < length {
        let Some((digits, content)) = bytes.get(at + 1..).and_then(ber) else { return Ok(()) };
        let end = (at + 1 + digits).saturating_add(content);
        if end > length {
            return Err(exceeds("an element of a SEQUENCE", end - at, length - at));
        }
        at = end;
    }
    Ok(())
}

fn exceeds(what: &str, claimed: usize, room: usize) -> Malformed {
    Malformed(format!("{what} claims {} where {room} are left", plural(claimed as u64, "byte")))
}

/// How many bytes the length takes, and the length; none where it is not whole, or of a form that its reader refuses.
fn ber(bytes: &[u8]) -> Option<(usize, usize)> {
    measured(bytes, der::length)
}

/// The same in aligned PER.
fn per(bytes: &[u8]) -> Option<(usize, usize)> {
    measured(bytes, |reader| reader.per_length())
}

fn measured(
    bytes: &[u8],
    length: impl FnOnce(&mut Reader<'_>) -> Result<usize, Malformed>,
) -> Option<(usize, usize)> {
    let mut reader = Reader::new(bytes);
    let length = length(&mut reader).ok()?;
    Some((bytes.len() - reader.rest().len(), length))
}
