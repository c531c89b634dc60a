//! Names of people and machines in quotes, which may look like codes and are none.

use super::word;

const OPENING: &[char] = &['"', '\u{201c}', '\u{201e}', '\u{ab}', '\'', '\u{2018}'];
const CLOSING: &[char] = &['"', '\u{201d}', '\u{201c}', '\u{bb}'];
/// How single quotes end, which are apostrophes as well.
const CLOSING_SINGLE: &[char] = &['\'', '\u{2019}'];
/// The longest name of several words, in bytes.
const LONGEST: usize = 40;

/// A text in which quoted names behind words such as `user` or `computer` are blank.
pub(super) fn blanked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(OPENING) {
        let (before, quoted) = rest.split_at(start);
        plain.push_str(before);
        let mark = quoted.chars().next().map_or(0, char::len_utf8);
        let is_single = quoted.starts_with(['\'', '\u{2018}']);
        let closing = if is_single { CLOSING_SINGLE } else { CLOSING };
        let is_apostrophe = is_single && before.ends_with(char::is_alphanumeric);
        let length = quoted[mark..].find(closing).filter(|_| !is_apostrophe).unwrap_or(0);
        let inside = &quoted[mark..mark + length];
        let is_one = !inside.is_empty() && !inside.contains(char::is_whitespace);
        // What stands behind a colon may be what the machine said.
        let is_label = plain.trim_end().ends_with([':', '=']);
        let is_short = (1..=LONGEST).contains(&length) && !inside.contains('\n') && !is_label;
        let is_name = (is_one || is_short) && is_owner(&plain);
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
