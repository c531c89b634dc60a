//! What an error of a library or of the system says, in words: reports name no types, no sources and no variants of Rust.
//!
//! Everything that a library or the system says goes through here on its way into a report.

use std::fmt::Display;

/// What introduces a message and adds nothing to it.
const EMPTY: [&str; 6] =
    ["IO error: ", "I/O error: ", "io error: ", "ASN1 DER error: ", "custom error: ", "Custom: "];
/// Where a value is printed for programmers; what follows is left out.
const DEBUG: [&str; 5] = [" { ", "{ ", "Some(", "Err(", "Error("];
/// What is said where nothing is left.
const NOTHING: &str = "it does not follow the specification";

/// The same in words.
pub fn words(error: impl Display) -> String {
    let mut text = without_places(&error.to_string());
    for empty in EMPTY {
        text = text.replace(empty, "");
    }
    let cut = DEBUG.iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    // The name of the value that is printed goes with it.
    let kept =
        if cut < text.len() { text[..cut].rsplit_once(' ').map_or("", |(kept, _)| kept) } else { &text };
    let kept = without_number(kept);
    let kept: Vec<_> = kept.split_whitespace().map(name).collect();
    let kept = kept.join(" ");
    let kept = kept.trim_matches([' ', ':', ',', ';', '.']);
    if kept.is_empty() { NOTHING.to_owned() } else { lower(kept) }
}

/// IronRDP writes in brackets where in its source an error was made.
fn without_places(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('[') {
        let Some((inside, behind)) = after.split_once(']') else { break };
        kept.push_str(before);
        if !(is_type(inside) || inside.contains(".rs:") || inside.contains(" @ ")) {
            kept.push('[');
            kept.push_str(inside);
            kept.push(']');
        }
        rest = behind;
    }
    kept + rest
}

/// `(os error 111)` differs from system to system and says the same again.
fn without_number(text: &str) -> &str {
    text.split_once(" (os error ").map_or(text, |(words, _)| words)
}

/// `sspi::ntlm::ChallengeMessage` is a challenge message. An address of IPv6 has colons too, and no letter after f.
fn name(word: &str) -> String {
    let inner = word.trim_matches(['`', '\'', '"', '(', ')', ',', ':', ';']);
    match inner.rsplit_once("::").filter(|_| is_type(inner)) {
        Some((_, last)) => word.replace(inner, &spaced(last)),
        None => word.to_owned(),
    }
}

fn is_type(text: &str) -> bool {
    let named = |path: &str| path.contains(|letter: char| letter == '_' || ('g'..='z').contains(&letter));
    text.rsplit_once("::").is_some_and(|(path, _)| named(path))
}

/// `HandshakePayloadTooLarge` as words.
pub fn spaced(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && text.ends_with(|last: char| last.is_ascii_lowercase()) {
            text.push(' ');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text.replace('_', " ")
}

/// Errors begin in lower case; abbreviations stay.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), text.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}
