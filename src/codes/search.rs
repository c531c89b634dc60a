//! Looks for the texts of the tables among words, in one pass: where the first part of one stands the rest of it is compared.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    Row, Table,
    texts::{Text, texts},
};

/// How much may stand where a text has an asterisk, in bytes: a name, an address, a path.
const GAP: usize = 160;
/// How many bytes of a text lead to it.
const KEY: usize = 3;
/// How often one text is looked for.
const OFTEN: usize = 4;

/// A text to look for, in the spelling in which words are searched.
struct Wanted {
    table: &'static Table,
    row: Row<'static>,
    parts: Vec<String>,
}

/// Where the parts of a text stand, in bytes.
type Places = Vec<(usize, usize)>;

/// All texts, and which of them begin with the same bytes.
struct Index {
    texts: Vec<Wanted>,
    by_key: BTreeMap<[u8; KEY], Vec<usize>>,
}

/// The texts, prepared once.
static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let rows = texts().flat_map(|table| table.rows().map(move |row| (table, row)));
    // A name alone is no text; the words of Japanese are not separated.
    let rows = rows.filter(|(_, row)| row.symbol.contains(' ') || !row.symbol.is_ascii());
    let texts: Vec<Wanted> =
        rows.map(|(table, row)| Wanted { table, row, parts: parts(row.symbol) }).collect();
    let mut by_key: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, wanted) in texts.iter().enumerate() {
        let mut key = [b' '; KEY];
        let first = wanted.parts.first().map_or(&[][..], |part| part.as_bytes());
        // Behind a short word stands a space.
        key.iter_mut().zip(first).for_each(|(own, byte)| *own = *byte);
        by_key.entry(key).or_default().push(at);
    }
    Index { texts, by_key }
});

fn parts(text: &str) -> Vec<String> {
    let parts = plain(text);
    parts.split('*').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The longest text that a table has, wherever it stands among the words; a general one only if there is no other.
pub fn text_in(words: &str) -> Option<Text> {
    texts_in(words, 1).pop()
}

/// Texts that do not share words, at most so many: the longest first, general ones last.
pub fn texts_in(words: &str, most: usize) -> Vec<Text> {
    let mut found = found(&plain(words));
    let index = &*INDEX;
    found.sort_by_key(|(at, places)| {
        let general = index.texts[*at].row.general;
        (general, std::cmp::Reverse((length(places), *at)), places.first().map(|place| place.0))
    });
    let mut told: Vec<(usize, Places)> = Vec::new();
    for (at, places) in found {
        let shares = |other: &Places| other.iter().any(|a| places.iter().any(|b| a.0 < b.1 && b.0 < a.1));
        if told.len() < most && !told.iter().any(|(_, other)| shares(other)) {
            told.push((at, places));
        }
    }
    told.into_iter().map(|(at, _)| Text { table: index.texts[at].table, row: index.texts[at].row }).collect()
}

/// Every text that stands among the words, with its places.
fn found(words: &str) -> Vec<(usize, Places)> {
    let index = &*INDEX;
    let mut often: BTreeMap<usize, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for start in 0..words.len() {
        let Some(key) = words.as_bytes()[start..].first_chunk::<KEY>() else { break };
        for &at in index.by_key.get(key).map_or(&[][..], Vec::as_slice) {
            let seen = often.get(&at).is_some_and(|count| *count >= OFTEN);
            if let Some(places) = (!seen).then(|| places(words, start, &index.texts[at].parts)).flatten() {
                *often.entry(at).or_default() += 1;
                found.push((at, places));
            }
        }
    }
    found
}

/// One spelling for what is written in several: quotes, spaces, capitals and shortened words.
fn plain(text: &str) -> String {
    let same = |c: char| match c {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2014}' => '-',
        c => c,
    };
    let text: String = text.chars().map(same).collect::<String>().to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("can't", "cannot").replace("n't", " not")
}

/// Where the parts of a text stand, the first at this place; between two of them stands something short.
fn places(words: &str, start: usize, parts: &[String]) -> Option<Places> {
    let (first, rest) = parts.split_first()?;
    if !is_at(words, start, first) {
        return None;
    }
    let mut from = start + first.len();
    let mut at = vec![(start, from)];
    for part in rest {
        let near = (from..=from + GAP).find(|&place| is_at(words, place, part))?;
        from = near + part.len();
        at.push((near, from));
    }
    Some(at)
}

/// Whether whole words stand at this place among others.
fn is_at(words: &str, at: usize, part: &str) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let (words, part) = (words.as_bytes(), part.as_bytes());
    let end = at + part.len();
    let is_cut = is_word(part.first()) && at > 0 && is_word(words.get(at - 1))
        || is_word(part.last()) && is_word(words.get(end));
    words.get(at..).is_some_and(|rest| rest.starts_with(part)) && !is_cut
}

fn length(at: &Places) -> usize {
    at.iter().map(|(start, end)| end - start).sum()
}
