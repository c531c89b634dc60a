//! The way from the arguments to an explanation.

use super::{
    explanation::{Explanation, NoCode},
    find, finding, reader, terms,
};

impl Explanation {
    /// Whether tables have every code, and nothing was left out that may have been meant as one.
    pub fn is_complete(&self) -> bool {
        let is_word = |word: &String| word.chars().all(char::is_alphabetic);
        self.codes.iter().all(|code| code.known) && self.unread.iter().all(is_word)
    }

    /// What was left out, in a sentence.
    pub fn left_out(&self) -> Option<String> {
        if let Some(limit) = &self.limit {
            return Some(format!("left out: {limit}"));
        }
        let words: Vec<_> = self.unread.iter().map(|word| format!("\"{word}\"{}", meant(word))).collect();
        let are = if words.len() == 1 { "is no code" } else { "are no codes" };
        (!words.is_empty()).then(|| format!("left out: {} {are}", words.join(", ")))
    }
}

/// The name of a finding, a cause or a check that may have been meant.
fn meant(word: &str) -> String {
    finding::alike(word)
        .map_or_else(String::new, |name| format!(" (the finding, cause or check {name} is known)"))
}

/// The longest text that is read, in bytes: more than the longest event.
const LONGEST: usize = 32_000;

/// Explains the names of findings, causes and checks, then numbers, pairs, symbols and texts, among them what people paste
/// from a message box.
///
/// # Errors
/// There is no code in the arguments.
pub fn explain(arguments: &[String]) -> Result<Explanation, NoCode> {
    let (arguments, is_cut) = bounded(arguments);
    let mut limit = is_cut.then(|| format!("only the first {} kB were read", LONGEST / 1000));
    let mut codes = Vec::new();
    let mut rest = Vec::new();
    for argument in &arguments {
        match finding::finding(argument.trim()) {
            Some(explained) => codes.push(explained),
            None => rest.push(argument.clone()),
        }
    }
    let mut unread = Vec::new();
    if !rest.is_empty() || codes.is_empty() {
        match terms::terms(&rest) {
            Ok(read) => {
                codes.extend(read.terms.iter().map(find::explained));
                unread = read.unread;
                if read.is_full {
                    limit = Some(format!("only the first {} codes are told", reader::MOST));
                }
            }
            Err(_) if !codes.is_empty() => unread = rest,
            Err(error) => return Err(suggested(error, &rest)),
        }
    }
    Ok(Explanation { schema_version: 1, codes, unread, limit })
}

/// The arguments up to the longest text that is read, and whether there was more.
fn bounded(arguments: &[String]) -> (Vec<String>, bool) {
    let mut left = LONGEST;
    let mut read = Vec::new();
    for argument in arguments {
        let fits = cut(argument, left);
        read.push(fits.to_owned());
        left -= fits.len();
        if fits.len() < argument.len() {
            return (read, true);
        }
    }
    (read, false)
}

/// The words of a text up to a length.
fn cut(text: &str, length: usize) -> &str {
    if text.len() <= length {
        return text;
    }
    let whole = (0..=length).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let end = text[..whole].rfind(char::is_whitespace).unwrap_or(whole);
    &text[..end]
}

fn suggested(error: NoCode, words: &[String]) -> NoCode {
    match words.iter().find_map(|word| finding::alike(word)) {
        Some(name) => NoCode(format!("{error}; the finding, cause or check {name} is known")),
        None => error,
    }
}
