//! Texts that people paste instead of a number: each is known by the words that stay the same, and leads to codes.
//!
//! A text is a row that means a code, such as `disconnect 0x704` or `event 226 TermDD`, and has a meaning of its
//! own only if it says more. The longest text wins, and a `general` one only if no other is found. An asterisk is
//! something short, such as a name; a row that ends in one says that no code follows. Translations are rows whose
//! source was seen, never our own.

use std::sync::LazyLock;

use super::{Row, TABLES, Table};

/// How much may stand where a text has an asterisk, in bytes: a name, an address, a path.
const GAP: usize = 160;

/// The tables of texts.
pub fn texts() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().copied().filter(|table| table.of_texts)
}

/// Texts of the Windows client.
pub static MESSAGE: Table = table!("message", "text of mstsc", &["text"]).of_texts();

/// Texts of the Windows client in German.
pub static MESSAGE_DE: Table = table!("message_de", "text of mstsc in German", &[]).of_texts();

/// Texts of the Windows client in French.
pub static MESSAGE_FR: Table = table!("message_fr", "text of mstsc in French", &[]).of_texts();

/// Texts of the Windows client in Spanish.
pub static MESSAGE_ES: Table = table!("message_es", "text of mstsc in Spanish", &[]).of_texts();

/// Texts of the Windows client in Japanese.
pub static MESSAGE_JA: Table = table!("message_ja", "text of mstsc in Japanese", &[]).of_texts();

/// Texts of the Windows client in Italian.
pub static MESSAGE_IT: Table = table!("message_it", "text of mstsc in Italian", &[]).of_texts();

/// Texts of the Windows client in Portuguese.
pub static MESSAGE_PT: Table = table!("message_pt", "text of mstsc in Portuguese", &[]).of_texts();

/// Sentences of Windows events.
pub static EVENT_TEXT: Table = table!("event_text", "text of a Windows event", &[]).of_texts();

/// Texts of other clients and their logs: FreeRDP, Remmina, rdesktop, Guacamole.
pub static CLIENT_TEXT: Table = table!("client_text", "text of a client", &[]).of_texts();

/// Texts in the logs of xrdp.
pub static SERVER_TEXT: Table = table!("server_text", "text of xrdp", &[]).of_texts();

/// Texts, properties and names of Azure Virtual Desktop and Microsoft Entra.
pub static AVD: Table = table!("avd", "Azure Virtual Desktop or Entra", &["avd"]).of_texts();

/// A text that was found among words.
#[derive(Debug)]
pub struct Text {
    /// Its table.
    pub table: &'static Table,
    /// Its row.
    pub row: Row<'static>,
    /// The words without it, in lower case.
    pub rest: String,
}

/// A text to look for, in the spelling in which words are searched.
struct Wanted {
    table: &'static Table,
    row: Row<'static>,
    parts: Vec<String>,
}

/// All texts, prepared once.
static WANTED: LazyLock<Vec<Wanted>> = LazyLock::new(|| {
    let rows = texts().flat_map(|table| table.rows().map(move |row| (table, row)));
    // A name alone is no text; the words of Japanese are not separated.
    let texts = rows.filter(|(_, row)| row.symbol.contains(' ') || !row.symbol.is_ascii());
    let parts = |text: &str| plain(text).split('*').map(|part| part.trim().to_owned()).collect();
    texts.map(|(table, row)| Wanted { table, row, parts: parts(row.symbol) }).collect()
});

/// The longest text that a table has, wherever it stands among the words; a general one only if there is no other.
pub fn text_in(words: &str) -> Option<Text> {
    let words = plain(words);
    let found = WANTED.iter().filter_map(|wanted| Some((wanted, places(&words, &wanted.parts)?)));
    let (wanted, at) = found.max_by_key(|(wanted, at)| (!wanted.row.general, length(at)))?;
    Some(Text { table: wanted.table, row: wanted.row, rest: without(&words, &at) })
}

/// What a row means: itself, where it says something of its own, then the rows of the codes that it stands for.
pub fn meant(table: &'static Table, row: Row<'static>) -> Vec<(&'static Table, Row<'static>)> {
    let own = (!row.meaning.is_empty()).then_some((table, row));
    own.into_iter().chain(row.stands_for.split(", ").flat_map(rows)).collect()
}

/// The rows of a table that have a code, also that of one provider of events, or a name: `event 226 TermDD`.
fn rows(reference: &'static str) -> impl Iterator<Item = (&'static Table, Row<'static>)> {
    let (name, one) = reference.split_once(' ').unwrap_or((reference, ""));
    let (code, provider) = one.split_once(' ').unwrap_or((one, ""));
    let tables = TABLES.iter().filter(move |table| table.name == name);
    let found = tables.flat_map(|table| table.rows().map(move |row| (*table, row)));
    let number = super::table::code(code);
    found.filter(move |(_, row)| match number {
        Some(number) => row.code == Some(number) && (provider.is_empty() || row.provider == provider),
        None => row.symbol == one,
    })
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

/// Where the parts of a text stand, one after the other; between two of them stands something short.
fn places(words: &str, parts: &[String]) -> Option<Vec<(usize, usize)>> {
    let mut from = 0;
    let mut at: Vec<(usize, usize)> = Vec::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let start = from + place(words.get(from..)?, part)?;
        if !at.is_empty() && start - from > GAP {
            return None;
        }
        from = start + part.len();
        at.push((start, from));
    }
    Some(at)
}

/// Where whole words stand among others.
fn place(words: &str, part: &str) -> Option<usize> {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let starts = is_word(part.chars().next());
    let ends = is_word(part.chars().next_back());
    let mut places = words.match_indices(part).map(|(at, _)| at);
    places.find(|&at| {
        let (before, after) = (&words[..at], &words[at + part.len()..]);
        !(starts && is_word(before.chars().next_back()) || ends && is_word(after.chars().next()))
    })
}

fn length(at: &[(usize, usize)]) -> usize {
    at.iter().map(|(start, end)| end - start).sum()
}

fn without(words: &str, at: &[(usize, usize)]) -> String {
    let mut rest = words.to_owned();
    at.iter().rev().for_each(|&(start, end)| rest.replace_range(start..end, " "));
    rest
}
