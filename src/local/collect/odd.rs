//! Names that no text can be searched for: they are short, or have characters that names do not have. A field that is such a
//! name is replaced as a whole, and in a sentence only what can be nothing else.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
};

/// A shorter one may be a word of a sentence.
const LONG: usize = 4;

/// Such names and their pseudonyms.
#[derive(Debug, Default)]
pub(super) struct OddNames(BTreeMap<String, String>);

impl OddNames {
    /// Keeps one.
    pub(super) fn add(&mut self, name: &str) {
        let is_address = name.parse::<IpAddr>().is_ok() || name.parse::<SocketAddr>().is_ok();
        if name.contains(char::is_alphanumeric) && !is_address {
            let next = format!("name-{}", self.0.len() + 1);
            self.0.entry(name.to_owned()).or_insert(next);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The pseudonym of a field that is a name.
    pub(super) fn pseudonym(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A sentence with pseudonyms.
    pub(super) fn replaced(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, pseudonym)| swapped(&text, name, pseudonym))
    }
}

fn swapped(text: &str, name: &str, pseudonym: &str) -> String {
    let mut swapped = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in text.match_indices(name) {
        if is_name(&text[..at], name, &text[at + name.len()..]) {
            swapped.push_str(&text[from..at]);
            swapped.push_str(pseudonym);
            from = at + name.len();
        }
    }
    swapped.push_str(&text[from..]);
    swapped
}

/// Whether it is the name there: `DC=ad` and `AD\jdoe` are, `ad` is not.
fn is_name(before: &str, name: &str, after: &str) -> bool {
    let is_alone = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
    let is_long = name.chars().count() >= LONG && name.contains(char::is_alphabetic);
    is_alone && (is_long || before.ends_with('=') || before.ends_with('\\') || after.starts_with('\\'))
}
