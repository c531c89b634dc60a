//! UTF-16 as Windows writes it, to text and back. Pure.
//!
//! Foreign text never fails: half of a character becomes U+FFFD, and an odd byte at the end is dropped.

/// The text of little-endian bytes.
pub(crate) fn text(bytes: &[u8]) -> String {
    characters(bytes, u16::from_le_bytes).collect()
}

/// The text of big-endian bytes.
pub(crate) fn text_of_big_endian(bytes: &[u8]) -> String {
    characters(bytes, u16::from_be_bytes).collect()
}

/// The text of little-endian bytes up to the first NUL.
pub fn text_to_nul(bytes: &[u8]) -> String {
    characters(bytes, u16::from_le_bytes).take_while(|c| *c != '\0').collect()
}

/// The little-endian bytes of a text.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn characters(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> impl Iterator<Item = char> {
    let units = bytes.as_chunks().0.iter().map(move |pair| unit(*pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
}
