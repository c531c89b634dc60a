//! Lengths inside a message that cannot be, known before the message is whole: X.224, BER and PER in a TPKT, DER in a TSRequest.

use super::Malformed;

/// TPKT header and X.224 data header.
const BEFORE_MCS: usize = 7;
const DATA: u8 = 0xF0;
const CONNECT_RESPONSE: [u8; 2] = [0x7F, 0x66];
const SEND_DATA_INDICATION: u8 = 26;

/// Looks at what `bytes` hold of a TPKT that claims this length.
///
/// # Errors
/// Something in it is longer than the TPKT.
pub fn in_tpkt(bytes: &[u8], length: usize) -> Result<(), Malformed> {
    let bytes = &bytes[..bytes.len().min(length)];
    let [_, _, _, _, indicator, rest @ ..] = bytes else { return Ok(()) };
    let header = 5 + usize::from(*indicator);
    if header > length {
        return Err(exceeds("an X.224 header", header - 4, length - 4));
    }
    if !matches!((indicator, rest.first()), (2, Some(&DATA))) {
        return Ok(());
    }
    let Some(pdu) = bytes.get(BEFORE_MCS..) else { return Ok(()) };
    let room = length - BEFORE_MCS;
    let claimed = if pdu.starts_with(&CONNECT_RESPONSE) {
        ber(&pdu[2..]).map(|(digits, content)| ("an MCS Connect Response", 2 + digits, content))
    } else if pdu.first().is_some_and(|choice| choice >> 2 == SEND_DATA_INDICATION) {
        pdu.get(6..)
            .and_then(per)
            .map(|(digits, content)| ("an MCS Send Data Indication", 6 + digits, content))
    } else {
        None
    };
    match claimed {
        Some((what, header, content)) if header.saturating_add(content) > room => {
            Err(exceeds(what, header.saturating_add(content), room))
        }
        _ => Ok(()),
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
    Malformed(format!("{what} claims {claimed} bytes where {room} are left"))
}

/// How many bytes the length takes, and the length; none where it is not whole, or of a form that its reader refuses.
fn ber(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes.first()? {
        short @ 0..=0x7F => Some((1, usize::from(*short))),
        long @ 0x81..=0x84 => {
            let digits = bytes.get(1..1 + usize::from(long & 0x7F))?;
            Some((
                1 + digits.len(),
                digits.iter().fold(0, |sum: usize, digit| (sum << 8) | usize::from(*digit)),
            ))
        }
        _ => None,
    }
}

/// The same in aligned PER.
fn per(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes {
        [short @ 0..=0x7F, ..] => Some((1, usize::from(*short))),
        [high, low, ..] => Some((2, usize::from(high & 0x7F) << 8 | usize::from(*low))),
        _ => None,
    }
}
