//! Names of codes: symbols of the specifications, as they are or by their end, and TLS alerts in words.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{LazyLock, OnceLock},
};

use crate::codes::{EVENT, Row, TABLES, TLS_ALERT, Table, spelt};

pub(super) type Found = (&'static Table, Row<'static>);

/// The rows of each name, in lower case.
fn names() -> &'static BTreeMap<String, Vec<Found>> {
    static NAMES: OnceLock<BTreeMap<String, Vec<Found>>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names: BTreeMap<String, Vec<Found>> = BTreeMap::new();
        for table in TABLES {
            // Texts are found by their words, which some languages do not separate.
            let is_name = |row: &Row<'_>| !row.symbol.is_empty() && !row.symbol.contains(' ');
            for row in table.rows().filter(|row| is_name(row) && row.symbol.is_ascii()) {
                names.entry(row.symbol.to_lowercase()).or_default().push((table, row));
            }
        }
        names
    })
}

/// The names that end so after an underscore; the end has one too.
static ENDS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut ends: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for name in names().keys() {
        for end in name.match_indices('_').map(|(at, _)| &name[at + 1..]).filter(|end| end.contains('_')) {
            ends.entry(end).or_default().push(name.as_str());
        }
    }
    ends
});

/// Whether a table has the name, whole.
pub(super) fn is_exact(name: &str) -> bool {
    names().contains_key(&name.to_lowercase())
}

/// The rows of a name: the whole symbol, as another program spells it, or its end after an underscore.
pub(super) fn named(name: &str) -> Vec<Found> {
    let lower = spelt(name).unwrap_or_else(|| name.to_owned()).to_lowercase();
    let ends = ENDS.get(lower.as_str()).map_or(&[][..], Vec::as_slice);
    let symbols = std::iter::once(lower.as_str()).chain(ends.iter().copied());
    let mut found: Vec<Found> = symbols.filter_map(|symbol| names().get(symbol)).flatten().copied().collect();
    // What is spelt just so is meant, and not what only ends so.
    let exact = |(_, row): &Found| row.symbol == name;
    if found.iter().any(exact) {
        found.retain(exact);
    }
    let order = |table: &Table| TABLES.iter().position(|other| other.name == table.name);
    found.sort_by_key(|(table, row)| (order(table), row.code));
    found
}

/// Whether a word of a sentence is a name: one that can be no word of a language and no function of a program.
pub(super) fn is_name(word: &str) -> bool {
    let upper = word.chars().any(|c| c.is_ascii_uppercase());
    let lower = word.chars().any(|c| c.is_ascii_lowercase());
    if word.contains('_') {
        return if upper {
            !named(word).is_empty()
        } else {
            is_exact(word) || spelt(word).is_some_and(|own| is_exact(&own))
        };
    }
    let humps = word.chars().skip(1).any(|c| c.is_ascii_uppercase()) && lower;
    (humps || word.contains(|c: char| !c.is_alphabetic())) && is_exact(word)
}

/// Whether a word looks like the name of a code that no table has: capitals that begin as those of a table.
pub(super) fn is_unknown_name(word: &str) -> bool {
    let capitals = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let Some((first, rest)) = word.split_once('_') else { return false };
    let own = format!(
        "{}_",
        spelt(word).unwrap_or_else(|| word.to_owned()).split('_').next().unwrap_or(first).to_lowercase()
    );
    capitals
        && !rest.is_empty()
        && first.len() > 2
        && names().range(own.clone()..).next().is_some_and(|(name, _)| name.starts_with(&own))
}

/// How many of these words name a TLS alert, and its number.
pub(super) fn alert(words: &[&str]) -> Option<(usize, u32)> {
    let plain =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    (1..=words.len().min(4)).rev().find_map(|count| {
        let said = plain(&words[..count].concat());
        let code = TLS_ALERT.rows().find(|row| plain(row.symbol) == said).and_then(|row| row.code)?;
        Some((count, code))
    })
}
/// How people call a provider of events: without the names in front of its own.
pub(super) fn short(provider: &str) -> String {
    provider.rsplit('-').next().unwrap_or_default().to_lowercase()
}

/// Whether a word is what people call a provider of events.
pub(super) fn is_provider(word: &str) -> bool {
    static PROVIDERS: LazyLock<BTreeSet<String>> =
        LazyLock::new(|| EVENT.rows().map(|row| short(row.provider)).collect());
    PROVIDERS.contains(&word.to_lowercase())
}
