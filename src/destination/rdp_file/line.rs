//! One line of an .rdp file: `name:type:value`. The values of secrets are dropped here.

use std::fmt;

use zeroize::Zeroizing;

/// Parts of names whose values are secrets: they are not kept.
const SECRET: &[&str] = &["password", "token", "secret", "fedauth", "cookie"];
const NO_TYPE: &str = "its type letter is missing: a text is name:s:text, a number name:i:number";

/// What a line sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(i32),
    /// Bytes or a secret, which nobody needs here.
    Hidden,
    /// Nothing, as clients write settings that they know and leave alone.
    Empty,
}

/// A value that is kept and never shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(pub Zeroizing<String>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
    }
}

/// Whether a name, or a text in lower case with names in it, may stand for a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|part| name.contains(part))
}

/// The value of a line that holds a secret text.
pub(super) fn secret(text: &str, separator: char) -> Option<Secret> {
    let (kind, value) = text.split_once(separator)?.1.split_once(':')?;
    let usable = !value.trim().is_empty() && !value.chars().any(char::is_control);
    (kind.trim().eq_ignore_ascii_case("s") && usable).then(|| Secret(Zeroizing::new(value.trim().to_owned())))
}

/// The name before the separator, in lower case.
pub(super) fn name(text: &str, separator: char) -> String {
    text.split(separator).next().unwrap_or_default().trim().to_lowercase()
}

/// The name in lower case and the value of one line.
pub(super) fn setting(text: &str, separator: char) -> Result<(String, Value), &'static str> {
    let (_, rest) = text.split_once(separator).ok_or("it is not name:type:value")?;
    let name = name(text, separator);
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err("it has no name that can be read");
    }
    let (kind, value) = rest.split_once(':').ok_or(NO_TYPE)?;
    let (kind, value) = (kind.trim(), value.trim());
    let is = |letter: &str| kind.eq_ignore_ascii_case(letter);
    if value.is_empty() && (is("s") || is("i") || is("b")) {
        return Ok((name, Value::Empty));
    }
    if is("b") || is_secret(&name) {
        return Ok((name, Value::Hidden));
    }
    if value.chars().any(char::is_control) {
        return Err("its value holds control characters");
    }
    if is("s") {
        return Ok((name, Value::Text(value.to_owned())));
    }
    if !is("i") {
        let letter = kind.len() == 1 && kind.chars().all(char::is_alphabetic);
        return Err(if letter { "its type is none of s, i and b" } else { NO_TYPE });
    }
    match value.parse() {
        Ok(number) => Ok((name, Value::Number(number))),
        Err(_) => Err("its value is no number"),
    }
}
