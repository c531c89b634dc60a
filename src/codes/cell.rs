//! The cells of the tables: numbers as they are written there.

pub(super) const WELL_FORMED: &str = "a test parses every embedded table";

/// A code as tables are written; none for what is no number.
pub(super) fn code(text: &str) -> Option<u32> {
    text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())
}

/// A cell with a number, in decimal or with 0x in hexadecimal; none when it is empty.
pub(super) fn number(cell: &str) -> Option<u32> {
    if cell.is_empty() { None } else { Some(code(cell).expect(WELL_FORMED)) }
}
