//! A tolerant reader, and a writer, of DER (X.690): numbers are kept whatever their length.

use super::{Malformed, Reader};

const INTEGER: u8 = 0x02;

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

/// The low 32 bits of an INTEGER: an NTSTATUS comes as four bytes or, with a leading zero, as five.
///
/// # Errors
/// As [`expect`], or more than eight bytes.
pub fn integer(content: &[u8]) -> Result<u32, Malformed> {
    let digits = expect(&mut Reader::new(content), INTEGER)?;
    if digits.is_empty() || digits.len() > 8 {
        return Err(Malformed(format!("an INTEGER of {} bytes", digits.len())));
    }
    Ok(digits.iter().fold(0, |sum: u32, digit| (sum << 8) | u32::from(*digit)))
}

/// An unsigned INTEGER; what is larger than 32 bits can say is the largest that they can.
///
/// # Errors
/// As [`expect`], or none at all, or a negative one.
pub fn saturated(content: &[u8]) -> Result<u32, Malformed> {
    let digits = expect(&mut Reader::new(content), INTEGER)?;
    if digits.is_empty() {
        return Err(Malformed::new("an INTEGER of 0 bytes"));
    }
    if digits[0] >= 0x80 {
        return Err(Malformed::new("an INTEGER below 0"));
    }
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    match &digits[zeros..] {
        used if used.len() <= 4 => Ok(used.iter().fold(0, |sum: u32, digit| (sum << 8) | u32::from(*digit))),
        _ => Ok(u32::MAX),
    }
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
