//! Foreign text in formats that have markup.

use crate::plain;

/// What is markup (CommonMark 2.4), and what makes a mention.
const MARKUP: &str = "\\`*_[]<>|~&!$#@";

/// Text that is shown as it is: one line, in which nothing is markup or becomes a link or a mention.
pub(super) fn markdown(text: &str) -> String {
    let text = plain::line(text);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let begins_list = shown.is_empty() && matches!(c, '+' | '-' | '=');
        let links = match c {
            ':' => rest.peek() == Some(&'/'),
            '.' => shown.to_ascii_lowercase().ends_with("www"),
            _ => false,
        };
        if begins_list || links || MARKUP.contains(c) {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}
