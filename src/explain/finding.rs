//! What a finding or a cause of a trace means, or a check of a machine, from its page.

use super::{
    Explained, Section,
    near::{MISSPELT, near},
};
use crate::{
    diagnose, local,
    sections::{self, Entry, Kind},
};

/// The explanation of a finding, a cause or a check; none when no rule has that name.
pub(super) fn finding(name: &str) -> Option<Explained> {
    let name = name.to_lowercase();
    let page = diagnose::page(&name).or_else(|| local::page(&name))?;
    let (mut text, entries) = sections::read(page);
    let sections = [Kind::Check, Kind::Fix].map(|kind| {
        let items = entries.iter().filter(|entry| entry.kind == kind).map(Entry::told).collect();
        Section { heading: kind.name().to_owned(), items }
    });
    let summary = if text.is_empty() { String::new() } else { text.remove(0) };
    Some(Explained {
        input: name,
        code: None,
        extended: None,
        known: true,
        summary,
        background: (!text.is_empty()).then(|| text.join(" ")),
        meanings: Vec::new(),
        sections: sections.into_iter().filter(|part| !part.items.is_empty()).collect(),
        narrower: Vec::new(),
        families: Vec::new(),
        near: Vec::new(),
    })
}

/// The name of a finding, a cause or a check that differs in a few letters.
pub(super) fn alike(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    // A few letters differ from any short word.
    if word.len() <= MISSPELT {
        return None;
    }
    let names = diagnose::paged().chain(local::paged());
    let near = names.filter_map(|name| Some((near(name, &word, MISSPELT)?, name)));
    near.min_by_key(|(far, _)| *far).map(|(_, name)| name)
}
