//! What text may look like where it leaves: counts in it are right, and of what comes from outside nothing moves the cursor,
//! colours the screen, hides, or turns text around.
//!
//! The page, JUnit and JSON hand every string to this, JSON by escapes; `cli/out` does so for standard error and the
//! values in logs. Clap repeats arguments without what must not be shown. One test sends a hostile string through
//! every way out.

use std::borrow::Cow;

/// A number of things whose plural ends with an s.
pub(crate) fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// How often.
pub(crate) fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// What stands for a character that is not shown.
const STAND_IN: char = '?';

/// Whether a character of a foreign text must not be shown as it is.
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control() || is_format(c)
}

/// Characters that take no place of their own (Unicode's general category Cf, and what else is invisible): they hide text, join
/// it, or turn it around.
fn is_format(c: char) -> bool {
    matches!(c,
        // Soft hyphen, combining grapheme joiner, Arabic letter mark and number signs, Hangul and Khmer fillers, Mongolian selectors.
        '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}'
        | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        // Zero width, marks and embeddings of direction, line and paragraph separators, invisible operators, isolates.
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        // Variation selectors, the byte order mark, annotations, and what is no character.
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}'
        | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1345F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        // Tags and more variation selectors.
        | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// A text of one line: what must not be shown is replaced, also ends of lines.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    replaced(text, is_hostile)
}

/// A text whose lines are our own: ends of lines stay.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    replaced(text, is_hostile_in_line)
}

fn is_hostile_in_line(c: char) -> bool {
    is_hostile(c) && c != '\n'
}

fn replaced(text: &str, hostile: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hostile) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if hostile(c) { STAND_IN } else { c }).collect())
}
