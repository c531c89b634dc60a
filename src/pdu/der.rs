//! A tolerant reader, and a writer, of DER (X.690): a number may have more bytes than it needs.

use super::{Malformed, Reader};

/// The tag of an INTEGER.
pub const INTEGER: u8 = 0x02;
/// The tag of an OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// The tag of a GeneralString.
pub const GENERAL_STRING: u8 = 0x1B;
/// The tag of a SEQUENCE.
pub const SEQUENCE: u8 = 0x30;

/// The next element: its tag and its content.
///
/// # Errors
/// It ends too early, or its length is of a form that nobody needs.
pub fn element<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Malformed> {
    let tag = reader.u8()?;
    let first = reader.u8()?;
    let length = match first {
        0..=0x7F => usize::from(first),
        0x81..=0x84 => {
            let digits = reader.bytes(usize::from(first & 0x7F))?;
            digits.iter().fold(0, |sum: usize, digit| (sum << 8) | usize::from(*digit))
        }
        other => return Err(Malformed(format!("a DER length that begins with {other:#04x}"))),
    };
    Ok((tag, reader.bytes(length)?))
}

/// The content of the next element, which has this tag.
///
/// # Errors
/// As [`element`], or another tag.
pub fn expect<'a>(reader: &mut Reader<'a>, tag: u8) -> Result<&'a [u8], Malformed> {
    match element(reader)? {
        (found, content) if found == tag => Ok(content),
        (found, _) => Err(Malformed(format!("DER tag {found:#04x} where {tag:#04x} belongs"))),
    }
}

/// The fields of a SEQUENCE.
///
/// # Errors
/// As [`expect`].
pub fn fields(sequence: &[u8]) -> Result<Reader<'_>, Malformed> {
    expect(&mut Reader::new(sequence), SEQUENCE).map(Reader::new)
}

/// An INTEGER of 32 bits, with a sign or without one: an NTSTATUS comes as four bytes or, with a leading zero, as five.
///
/// # Errors
/// As [`expect`], or none at all, or a longer one.
pub fn integer(content: &[u8]) -> Result<u32, Malformed> {
    let digits = expect(&mut Reader::new(content), INTEGER)?;
    let negative = digits.first().is_some_and(|first| *first >= 0x80);
    let (sign, start) = if negative { (0xFF, u32::MAX) } else { (0, 0) };
    let (spare, used) = digits.split_at(digits.len().saturating_sub(4));
    let cut = negative && !spare.is_empty() && used[0] < 0x80;
    match digits {
        [] => Err(Malformed::new("an INTEGER of 0 bytes")),
        _ if cut || spare.iter().any(|digit| *digit != sign) => Err(too_long(digits)),
        _ => Ok(used.iter().fold(start, |sum: u32, digit| (sum << 8) | u32::from(*digit))),
    }
}

/// An INTEGER of 32 bits without a sign.
///
/// # Errors
/// As [`integer`], or a negative one.
pub fn unsigned(content: &[u8]) -> Result<u32, Malformed> {
    let digits = expect(&mut Reader::new(content), INTEGER)?;
    match digits.first() {
        Some(first) if *first >= 0x80 => Err(Malformed(format!("an INTEGER below 0 ({})", shown(digits)))),
        _ => integer(content),
    }
}

fn too_long(digits: &[u8]) -> Malformed {
    Malformed(format!("an INTEGER of {} bytes ({}), longer than 32 bits", digits.len(), shown(digits)))
}

/// The first bytes of a number, as hex.
fn shown(digits: &[u8]) -> String {
    const MOST: usize = 16;
    let more = if digits.len() > MOST { "..." } else { "" };
    format!("0x{}{more}", hex::encode_upper(&digits[..digits.len().min(MOST)]))
}

/// An element of these parts.
pub fn encode(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = vec![tag];
    match length {
        0..=0x7F => bytes.push(u8::try_from(length).unwrap_or_default()),
        _ => {
            let digits = length.to_be_bytes();
            let used = &digits[digits.iter().take_while(|digit| **digit == 0).count()..];
            bytes.push(0x80 | u8::try_from(used.len()).unwrap_or_default());
            bytes.extend_from_slice(used);
        }
    }
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}
