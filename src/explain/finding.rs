//! What a finding or a cause of a trace means, or a check of a machine, from its page.

use super::{Explained, Section, near::distance};
use crate::{diagnose, local};

/// How many letters may be wrong.
const MISSPELT: usize = 3;

/// The explanation of a finding, a cause or a check; none when no rule has that name.
pub fn finding(name: &str) -> Option<Explained> {
    let name = name.to_lowercase();
    let page = diagnose::page(&name).or_else(|| local::page(&name))?;
    let body = page.split_once('\n')?.1;
    let mut text = Vec::new();
    let mut sections =
        ["Check", "Fix"].map(|heading| Section { heading: heading.to_owned(), items: Vec::new() });
    for paragraph in body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        match items(paragraph) {
            Some((label, items)) => {
                sections
                    .iter_mut()
                    .filter(|part| part.heading == label)
                    .for_each(|part| part.items.extend(items.clone()));
            }
            None => text.push(joined(paragraph)),
        }
    }
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
pub fn alike(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let far = |name: &&str| distance(name, &word);
    diagnose::paged().chain(local::paged()).filter(|name| far(name) <= MISSPELT).min_by_key(far)
}

/// `Check:` or `Fix:` and the items of a paragraph, each of which begins with that word.
fn items(paragraph: &str) -> Option<(&'static str, Vec<String>)> {
    let label = ["Check", "Fix"].into_iter().find(|label| paragraph.starts_with(&format!("{label}: ")))?;
    let start = format!("\n{label}: ");
    let paragraph = format!("\n{paragraph}");
    Some((label, paragraph.split(&start).skip(1).map(joined).collect()))
}

/// Lines of the file are no lines of the text.
fn joined(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
