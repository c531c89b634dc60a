//! What is wrong with a policy, and which name was meant.

use std::fmt;

use strsim::osa_distance;

/// What is wrong with a policy, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// One sentence, lower case, without a full stop.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for Mistake {}

impl Mistake {
    /// One at this byte of the text.
    pub(super) fn at(text: &str, byte: usize, what: impl Into<String>) -> Self {
        let before = &text.as_bytes()[..byte.min(text.len())];
        Self { line: 1 + before.iter().filter(|byte| **byte == b'\n').count(), what: what.into() }
    }
}

/// The name that differs from this word in the fewest letters.
pub(super) fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let word = word.to_lowercase();
    names.into_iter().min_by_key(|name| osa_distance(&word, name))
}

/// That nothing of this kind is called so, with the nearest name.
pub(super) fn unknown<'n>(kind: &str, word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let nearest = nearest(word, names).map_or_else(String::new, |name| format!("; the nearest is {name}"));
    format!("no {kind} is called {word:?}{nearest}")
}
