//! Numbers as people write them: decimal, hexadecimal, signed, and hexadecimal without its prefix.
//!
//! 904 is decimal: unknown, exit code 1, with 0x904 as the nearest. Only eight digits that mean something in
//! hexadecimal alone, and digits with letters among them, are hexadecimal without 0x.

use crate::codes::{FREERDP_ERROR, TABLES, inside};

/// How a number was written; the less it looks like a code, the more the words before it must say that it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// With 0x.
    Prefixed,
    /// With a minus sign.
    Signed,
    /// Hexadecimal digits alone.
    Hex,
    /// Decimal digits, which may have been meant as hexadecimal.
    Decimal,
}

/// A number and its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub code: u32,
    pub form: Form,
}

/// The first number of the statuses of Windows.
pub(super) const STATUSES: u32 = 0x8000_0000;
/// The class of FreeRDP's errors of a connection, in the upper half of the number.
const CONNECT_CLASS: u32 = 2;
/// Below it a number with a minus is what a call returned.
const SMALL: u32 = 1000;
/// Families of statuses that logs show without their prefix.
const FAMILIES: &[u32] = &[0x8007, 0x8009, 0x800B, 0xC000, 0xD000];

impl Number {
    /// Whether it can be nothing but a code, whatever stands around it.
    pub(super) fn is_evident(self) -> bool {
        let is_status =
            self.code >= STATUSES && (FAMILIES.contains(&(self.code >> 16)) || is_known(self.code));
        let is_of_freerdp = self.code >> 16 == CONNECT_CLASS && FREERDP_ERROR.find(self.code).is_some();
        self.form == Form::Prefixed || is_status || is_of_freerdp
    }

    /// The number without its minus, if it is too small for a status.
    pub(super) fn negated(self) -> Option<u32> {
        let small = self.code.wrapping_neg();
        Some(small).filter(|small| self.form == Form::Signed && (1..SMALL).contains(small))
    }

    /// Whether it is a status of Windows by its size.
    pub(super) fn is_status(self) -> bool {
        matches!(self.code >> 28, 0x8 | 0xC | 0xD)
    }
}

/// The number that a text is: `Err` for one of more than 32 bits, none for what is no number.
pub(super) fn number(text: &str) -> Option<Result<Number, ()>> {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let is_hex = !hex.is_empty() && hex.chars().all(|c| c.is_ascii_hexdigit());
        return is_hex.then(|| prefixed(hex));
    }
    if let Some(digits) = text.strip_prefix('-') {
        let is_decimal = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
        // Windows tools print an NTSTATUS or HRESULT as a signed number.
        return is_decimal
            .then(|| text.parse::<i32>().map(|n| found(n.cast_unsigned(), Form::Signed)).map_err(drop));
    }
    bare(text)
}

fn found(code: u32, form: Form) -> Number {
    Number { code, form }
}

/// A status that was widened to 64 bits with its sign is still that status.
fn prefixed(hex: &str) -> Result<Number, ()> {
    let wide = u64::from_str_radix(hex, 16).map_err(drop)?;
    let narrow = wide & u64::from(u32::MAX);
    let widened = narrow | 0xFFFF_FFFF_0000_0000;
    let fits = wide == narrow || (wide == widened && narrow >> 31 == 1);
    u32::try_from(narrow).ok().filter(|_| fits).map(|code| found(code, Form::Prefixed)).ok_or(())
}

/// Digits are decimal, unless eight of them are a known code only as hexadecimal; with letters among them they can be
/// nothing else.
fn bare(text: &str) -> Option<Result<Number, ()>> {
    let digit = text.chars().any(|c| c.is_ascii_digit());
    let all_hex = text.chars().all(|c| c.is_ascii_hexdigit());
    let hex = u32::from_str_radix(text, 16).ok();
    if !digit || !all_hex {
        return None;
    }
    if !text.chars().all(|c| c.is_ascii_digit()) {
        let fits = (3..=8).contains(&text.len());
        return fits.then_some(hex).flatten().map(|code| Ok(found(code, Form::Hex)));
    }
    let decimal = text.parse::<u32>().ok();
    match (decimal, hex) {
        (decimal, Some(hex)) if text.len() == 8 && is_known(hex) && !decimal.is_some_and(is_known) => {
            Some(Ok(found(hex, Form::Hex)))
        }
        (decimal, _) => Some(decimal.map(|code| found(code, Form::Decimal)).ok_or(())),
    }
}

/// Whether any table has the number, or the code inside it.
pub(super) fn is_known(code: u32) -> bool {
    let has = |code| TABLES.iter().any(|table| table.find(code).is_some());
    has(code) || inside(code).iter().any(|(table, code)| table.find(*code).is_some())
}
