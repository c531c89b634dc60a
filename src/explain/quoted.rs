//! Names of people and machines in quotes, which may look like codes and are none.

use super::word;

const OPENING: &[char] = &['"', '\u{201c}', '\u{201e}', '\u{ab}'];
const CLOSING: &[char] = &['"', '\u{201d}', '\u{201c}', '\u{bb}'];

/// A text in which quoted names behind words such as `user` or `computer` are blank.
pub fn blanked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(OPENING) {
        let (before, quoted) = rest.split_at(start);
        plain.push_str(before);
        let mark = quoted.chars().next().map_or(0, char::len_utf8);
        let length = quoted[mark..].find(CLOSING).unwrap_or(0);
        let inside = &quoted[mark..mark + length];
        let is_one = !inside.is_empty() && !inside.contains(char::is_whitespace);
        let is_name = is_one && is_owner(&plain);
        plain.push_str(if is_name { "\"" } else { &quoted[..mark + length] });
        rest = &quoted[mark + length..];
        if length > 0 {
            let mark = rest.chars().next().map_or(0, char::len_utf8);
            plain.push_str(&rest[..mark]);
            rest = &rest[mark..];
        }
    }
    plain + rest
}

/// Whether a word for a person or a machine stands at the end.
fn is_owner(text: &str) -> bool {
    let text = text.trim_end_matches([' ', ':', '=', '\t', '\n']);
    let start =
        text.char_indices().rev().find(|(_, c)| !c.is_alphanumeric()).map_or(0, |(at, c)| at + c.len_utf8());
    text.get(start..).is_some_and(|word| word::is_named(&word.to_lowercase()))
}
