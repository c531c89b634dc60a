//! A tolerant reader, and a writer, of DER and BER (X.690): a number may have more bytes than it needs.

use super::{Malformed, Reader};

/// The tag of an INTEGER.
pub const INTEGER: u8 = 0x02;
/// The tag of a BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// The tag of an OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// The tag of an OBJECT IDENTIFIER.
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// The tag of an ENUMERATED.
pub const ENUMERATED: u8 = 0x0A;
/// The tag of a UTF8String.
pub const UTF8_STRING: u8 = 0x0C;
/// The tag of a GeneralizedTime.
pub const GENERALIZED_TIME: u8 = 0x18;
/// The tag of a GeneralString.
pub const GENERAL_STRING: u8 = 0x1B;
/// The tag of a SEQUENCE.
pub const SEQUENCE: u8 = 0x30;
/// The tag of a SET.
pub const SET: u8 = 0x31;

/// The explicit context tag with this number.
pub const fn context(number: u8) -> u8 {
    0xA0 | number
}

/// The next element: its tag and its content.
///
/// # Errors
/// It ends too early, or its length is of a form that nobody needs.
pub fn element<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Malformed> {
    let tag = reader.u8()?;
    let length = length(reader)?;
    Ok((tag, reader.bytes(length)?))
}

/// The length of the content that follows.
///
/// # Errors
/// It ends too early, or has no digit or more than four.
pub fn length(reader: &mut Reader<'_>) -> Result<usize, Malformed> {
    match reader.u8()? {
        short @ 0..=0x7F => Ok(usize::from(short)),
        long @ 0x81..=0x84 => {
            let digits = reader.bytes(usize::from(long & 0x7F))?;
            Ok(digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit)))
        }
        other => Err(Malformed(format!("a DER length that begins with {other:#04x}"))),
    }
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

/// The content of the element that `bytes` begin with, which has this tag.
///
/// # Errors
/// As [`expect`].
pub fn inside(bytes: &[u8], tag: u8) -> Result<&[u8], Malformed> {
    expect(&mut Reader::new(bytes), tag)
}

/// The fields of a SEQUENCE.
///
/// # Errors
/// As [`expect`].
pub fn fields(sequence: &[u8]) -> Result<Reader<'_>, Malformed> {
    inside(sequence, SEQUENCE).map(Reader::new)
}

/// An INTEGER of 32 bits, with a sign or without one: an NTSTATUS comes as four bytes or, with a leading zero, as five.
///
/// # Errors
/// As [`expect`], or none at all, or a longer one.
pub fn integer(content: &[u8]) -> Result<u32, Malformed> {
    let digits = inside(content, INTEGER)?;
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
    let digits = inside(content, INTEGER)?;
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
    let mut bytes = Vec::new();
    begin(&mut bytes, tag, parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

/// Writes the tag and the length of an element whose content takes this many bytes.
pub fn begin(bytes: &mut Vec<u8>, tag: u8, content: usize) {
    let digits = content.to_be_bytes();
    let unused = digits.iter().take_while(|digit| **digit == 0).count().min(digits.len() - 1);
    let used = &digits[unused..];
    bytes.push(tag);
    if content >= 0x80 {
        bytes.push(0x80 | u8::try_from(used.len()).expect("eight at most"));
    }
    bytes.extend_from_slice(used);
}
