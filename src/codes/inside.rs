//! Codes inside other codes, by rule: a status in an HRESULT, an error of a library in a number of a program.

use super::{
    connection::{ERROR_INFO, GATEWAY_STATUS, KERBEROS_ERROR, NTSTATUS, TLS_ALERT},
    programs::{OPENSSL_REASON, WIN32},
    table::Table,
};

/// The bit that makes an HRESULT of an NTSTATUS.
pub(crate) const NT_BIT: u32 = 0x1000_0000;

/// The bits of an HRESULT around a Win32 error.
const WIN32_ERROR: u32 = 0x8007_0000;

/// What OpenSSL adds to the number of an alert.
const ALERT_BASE: u32 = 1000;

/// The codes that are inside this one, with their tables; those tables may know them or not.
pub fn inside(code: u32) -> Vec<(&'static Table, u32)> {
    let low = code & 0xFFFF;
    let found: Option<(&'static Table, u32)> = match code >> 16 {
        0x8007 | 0xC007 => Some((&WIN32, low)),
        // Windows adds the bit also to a status around a Win32 error.
        0xD007 => Some((&WIN32, low)),
        0xD000..=0xDFFF => Some((&NTSTATUS, code & !NT_BIT)),
        0x0001 => Some((&ERROR_INFO, low)),
        // The base of MIT Kerberos's table of errors; those of the protocol come first in it.
        0x96C7 if code & 0xFF00 == 0x3A00 => Some((&KERBEROS_ERROR, code & 0xFF)),
        // Events of a gateway show the number inside the HRESULT, such as 23002.
        0 if GATEWAY_STATUS.find(WIN32_ERROR | low).is_some() => Some((&GATEWAY_STATUS, WIN32_ERROR | low)),
        _ => openssl(code),
    };
    found.into_iter().collect()
}

/// OpenSSL 3 packs the number of its TLS library and a reason, OpenSSL 1.1 a function between them.
fn openssl(code: u32) -> Option<(&'static Table, u32)> {
    let reason = match (code >> 23, code >> 24) {
        (20, _) => code & 0x7F_FFFF,
        (_, 20) => code & 0xFFF,
        _ => return None,
    };
    let alert = reason.checked_sub(ALERT_BASE).filter(|alert| TLS_ALERT.find(*alert).is_some());
    Some(alert.map_or((&OPENSSL_REASON, reason), |alert| (&TLS_ALERT, alert)))
}

/// The status in the last four bytes of an event's data (TermDD 50 and 56), shown as bytes or as words.
pub fn status_in_data(dump: &str) -> Option<u32> {
    let hex = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_hexdigit());
    // What ends in a colon is an offset, and what is no number is the column of letters.
    let parts: Vec<&str> = dump.split_whitespace().filter(hex).collect();
    let last = *parts.last()?;
    let bytes = match last.len() {
        2 => parts.iter().rev().take_while(|part| part.len() == 2).take(4).copied().collect::<String>(),
        8 => last.to_owned(),
        // One run of digits, byte after byte.
        len if len > 8 && len.is_multiple_of(2) => {
            let pairs = last.as_bytes().chunks(2).rev().take(4);
            pairs.filter_map(|pair| std::str::from_utf8(pair).ok()).collect()
        }
        _ => return None,
    };
    u32::from_str_radix(&bytes, 16).ok().filter(|_| bytes.len() == 8)
}
