//! Just enough DER for TSRequest and SPNEGO: elements of up to 65535 bytes (X.690, 8.1).

use crate::pdu::{Malformed, Reader};

/// The universal tag INTEGER.
pub(super) const INTEGER: u8 = 0x02;
/// The universal tag OCTET STRING.
pub(super) const OCTET_STRING: u8 = 0x04;
/// The universal tag ENUMERATED.
pub(super) const ENUMERATED: u8 = 0x0A;
/// The universal tag SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;

/// The explicit context tag with this number.
pub(super) const fn context(number: u8) -> u8 {
    0xA0 | number
}

/// An element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("the server writes small elements");
    let [high, low] = length.to_be_bytes();
    let mut bytes = vec![tag];
    match length {
        0..=0x7F => bytes.push(low),
        0x80..=0xFF => bytes.extend([0x81, low]),
        _ => bytes.extend([0x82, high, low]),
    }
    bytes.extend(content);
    bytes
}

/// The next element: its tag and its content.
pub(super) fn any<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Malformed> {
    let tag = reader.u8()?;
    let length = match reader.u8()? {
        short @ 0..=0x7F => usize::from(short),
        0x81 => usize::from(reader.u8()?),
        0x82 => usize::from(reader.u16_be()?),
        other => return Err(Malformed::new(format!("length form 0x{other:02X} is not supported"))),
    };
    Ok((tag, reader.bytes(length)?))
}

/// The content of the next element, which must have this tag.
pub(super) fn expect<'a>(reader: &mut Reader<'a>, tag: u8) -> Result<&'a [u8], Malformed> {
    match any(reader)? {
        (found, content) if found == tag => Ok(content),
        (found, _) => Err(Malformed::new(format!("tag 0x{found:02X} where 0x{tag:02X} belongs"))),
    }
}

/// The content of the element in `bytes`, which must have this tag.
pub(super) fn content(bytes: &[u8], tag: u8) -> Result<&[u8], Malformed> {
    expect(&mut Reader::new(bytes), tag)
}

/// An unsigned INTEGER of up to four bytes.
pub(super) fn unsigned(bytes: &[u8]) -> Result<u32, Malformed> {
    let digits = content(bytes, INTEGER)?;
    if digits.len() > 4 {
        return Err(Malformed::new("an integer of more than four bytes"));
    }
    Ok(digits.iter().fold(0, |value, digit| value << 8 | u32::from(*digit)))
}
