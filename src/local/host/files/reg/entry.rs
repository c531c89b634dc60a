//! What one line of a registry export says: a key, a value, or nothing.

use super::super::keys::value;
use crate::local::host::Value;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// What follows stands in this key.
    Key(String),
    /// This key and what is below it do not exist.
    NoKey(String),
    /// A value by its name; none where it does not exist.
    Value(String, Option<Value>),
    /// A value that cannot be read, by its name.
    Damaged(String),
    /// A comment, an empty line, or what nobody knows.
    Nothing,
}

/// Reads a line; in the old format texts in bytes are no UTF-16.
pub(super) fn entry(line: &str, old: bool) -> Entry {
    if let Some(key) = line.strip_prefix('[').and_then(|rest| rest.trim_end().strip_suffix(']')) {
        return match key.strip_prefix('-') {
            Some(key) => Entry::NoKey(key.to_owned()),
            None => Entry::Key(key.to_owned()),
        };
    }
    let (name, rest) = match (line.strip_prefix('@'), line.strip_prefix('"')) {
        (Some(rest), _) => (String::new(), rest),
        (None, Some(rest)) => match quoted(rest) {
            Some(found) => found,
            None => return Entry::Nothing,
        },
        (None, None) => return Entry::Nothing,
    };
    match rest.trim_start().strip_prefix('=').map(str::trim) {
        None => Entry::Nothing,
        Some("-") => Entry::Value(name, None),
        Some(written) => match data(written, old) {
            Some(value) => Entry::Value(name, Some(value)),
            None => Entry::Damaged(name),
        },
    }
}

/// Whether a value would be another one if its line went on.
pub(super) fn may_go_on(line: &str) -> bool {
    let line = line.trim_end();
    let digits = line.to_ascii_lowercase().rsplit_once("dword:").map_or(0, |(_, digits)| digits.len());
    !line.ends_with(['"', '-']) && digits != 8
}

fn data(written: &str, old: bool) -> Option<Value> {
    if let Some(rest) = written.strip_prefix('"') {
        return quoted(rest).map(|(text, _)| Value::Text(text));
    }
    let (kind, digits) = written.split_once(':')?;
    let kind = kind.trim().to_ascii_lowercase();
    if kind == "dword" {
        return u32::from_str_radix(digits.trim(), 16).ok().map(|number| Value::Number(number.into()));
    }
    let kind = match kind.strip_prefix("hex")? {
        "" => 3,
        number => u32::from_str_radix(number.strip_prefix('(')?.strip_suffix(')')?, 16).ok()?,
    };
    let bytes = digits.split(',').map(str::trim).filter(|digits| !digits.is_empty());
    let mut bytes = bytes.map(|digits| u8::from_str_radix(digits, 16).ok()).collect::<Option<Vec<u8>>>()?;
    if old && matches!(kind, 1 | 2 | 7) {
        bytes = bytes.into_iter().flat_map(|byte| [byte, 0]).collect();
    }
    Some(value(kind, &bytes))
}

/// A text up to its quote, and what follows.
fn quoted(rest: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &rest[at + 1..])),
            '\\' => text.extend(chars.next().map(|(_, c)| c)),
            _ => text.push(c),
        }
    }
    None
}
