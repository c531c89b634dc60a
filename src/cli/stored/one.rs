//! A stored report, read from whatever an editor or a shell has made of it, and plain words for what is not a report.

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::error::Category;

use super::json_place::place;
use crate::{
    report::{Report, SCHEMA_VERSION, Trace},
    utf16,
};

/// What is read of a report first; everything else is passed over.
#[derive(Deserialize)]
struct Version {
    schema_version: Option<serde_json::Number>,
}

/// The text of one report, and the line of the file that it begins in, from 1.
#[derive(Clone, Copy)]
struct Text<'a> {
    bytes: &'a [u8],
    line: usize,
}

/// The trace alone: what the report says of it is judged anew.
///
/// # Errors
/// It is no report that this version reads; what follows its name in a sentence.
pub(crate) fn trace(bytes: &[u8]) -> Result<Trace, String> {
    let text = utf8(bytes);
    let trace: Trace = read(Text { bytes: text.as_ref(), line: 1 })?;
    match trace.traced().next().is_none() && trace.machine.is_none() {
        true => Err("holds no connection and no machine that could be judged".to_owned()),
        false => Ok(trace),
    }
}

/// The whole report in UTF-8, with what was judged when it was written.
///
/// # Errors
/// As [`trace`]; lines are counted from `line`, the first of the report in its file.
pub(super) fn report(bytes: &[u8], line: usize) -> Result<Report, String> {
    read(Text { bytes, line })
}

fn read<T: DeserializeOwned>(text: Text<'_>) -> Result<T, String> {
    if text.bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err("is empty".to_owned());
    }
    version(serde_json::from_slice(text.bytes).map_err(|error| no_report(text, &error))?)?;
    let unlike =
        |error| told(text, &error, |_| format!("is no whole report: {}", unlike(text.bytes, &error)));
    serde_json::from_slice(text.bytes).map_err(unlike)
}

fn version(read: Version) -> Result<(), String> {
    let Some(version) = read.schema_version else {
        return Err("is JSON, but no report of rdptrace: it has no schema_version".to_owned());
    };
    let own = u64::from(SCHEMA_VERSION);
    match version.as_u64() {
        Some(number) if number == own => Ok(()),
        Some(number) if number > own => Err(format!(
            "has schema version {number}, of a newer rdptrace; this program reads version {SCHEMA_VERSION}"
        )),
        _ => Err(format!(
            "has schema version {version}, which no rdptrace writes; this program reads version {SCHEMA_VERSION}"
        )),
    }
}

/// The text without the mark at its beginning, also where it is UTF-16, which PowerShell's `>` writes.
pub(super) fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16::text(rest).into_bytes()),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16::text_of_big_endian(rest).into_bytes()),
        [b'{' | b'\r' | b'\n' | b' ', 0, ..] => Cow::Owned(utf16::text(bytes).into_bytes()),
        [0, b'{' | b'\r' | b'\n' | b' ', ..] => Cow::Owned(utf16::text_of_big_endian(bytes).into_bytes()),
        _ => Cow::Borrowed(bytes),
    }
}

/// Why not even a version can be read.
fn no_report(text: Text<'_>, error: &serde_json::Error) -> String {
    let first = text.bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    match error.classify() {
        Category::Data if first != Some(b'{') => {
            "is JSON, but no report of rdptrace, which is an object".to_owned()
        }
        Category::Data if field(error, "duplicate").is_some() => {
            "is JSON, but no report of rdptrace: schema_version stands there twice".to_owned()
        }
        Category::Data => "is JSON, but no report of rdptrace: its schema_version is no number".to_owned(),
        _ if first == Some(b'<') => {
            "is XML, and no report that can be judged: that is what --format json writes".to_owned()
        }
        _ => told(text, error, |place| format!("is no JSON, so no report of rdptrace{place}")),
    }
}

/// What is wrong with the text; `other` where nothing of it is worth a sentence of its own.
fn told(text: Text<'_>, error: &serde_json::Error, other: impl FnOnce(&str) -> String) -> String {
    let place = format!(" (line {}, column {})", text.line - 1 + error.line(), error.column());
    let said = error.to_string();
    let cut_off = || format!("is cut off: the JSON ends in the middle{place}");
    match error.classify() {
        Category::Eof => cut_off(),
        Category::Syntax if in_a_number(text.bytes, error) => cut_off(),
        Category::Syntax if said.starts_with("trailing characters") => {
            format!("holds more than one report: something follows the first{place}")
        }
        _ => other(&place),
    }
}

/// Whether the text ends in a number that goes on: the library calls that bad syntax, and no end.
fn in_a_number(text: &[u8], error: &serde_json::Error) -> bool {
    let last = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    error.column() == last.len() && matches!(last, [.., b'.' | b'e' | b'E' | b'+' | b'-'])
}

/// Where the JSON is not that of a report, by the names of its fields.
fn unlike(text: &[u8], error: &serde_json::Error) -> String {
    let place = place(text, error.line(), error.column());
    let it = if place.is_empty() { "it" } else { &place };
    match (field(error, "missing"), field(error, "duplicate")) {
        (Some(name), _) => format!("{it} has no {name}"),
        (_, Some(name)) => format!("{it} has {name} twice"),
        _ => format!("{it} is not what a report holds there"),
    }
}

/// The field that is `missing` or a `duplicate`.
fn field(error: &serde_json::Error, how: &str) -> Option<String> {
    let said = error.to_string();
    let rest = said.strip_prefix(how)?.strip_prefix(" field `")?;
    rest.split('`').next().map(str::to_owned)
}
