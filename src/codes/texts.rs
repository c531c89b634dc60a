//! Texts that people paste instead of a number: each is known by the words that stay the same, and leads to codes.
//!
//! A text is a row that means a code, such as `disconnect 0x704` or `event 226 TermDD`, and has a meaning of its
//! own only if it says more. The longest text wins, and a `general` one only if no other is found. An asterisk is
//! something short, such as a name; a row that ends in one says that no code follows. Translations are rows whose
//! source was seen, never our own.

use super::{
    all::TABLES,
    cell::code,
    table::{Row, Table},
};

/// The tables of texts.
pub fn texts() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().copied().filter(|table| table.of_texts)
}

/// A text that was found among words.
#[derive(Debug)]
pub struct Text {
    /// Its table.
    pub table: &'static Table,
    /// Its row.
    pub row: Row<'static>,
}

/// What a row means: itself, where it says something of its own, then the rows of the codes that it stands for.
pub fn meant(table: &'static Table, row: Row<'static>) -> Vec<(&'static Table, Row<'static>)> {
    let own = (!row.meaning.is_empty()).then_some((table, row));
    own.into_iter().chain(row.stands_for.split(", ").flat_map(rows)).collect()
}

/// The rows of a table that have a code, also that of one provider of events, or a name: `event 226 TermDD`.
fn rows(reference: &'static str) -> impl Iterator<Item = (&'static Table, Row<'static>)> {
    let (name, one) = reference.split_once(' ').unwrap_or((reference, ""));
    let (written, provider) = one.split_once(' ').unwrap_or((one, ""));
    let tables = TABLES.iter().filter(move |table| table.name == name);
    let found = tables.flat_map(|table| table.rows().map(move |row| (*table, row)));
    let number = code(written);
    found.filter(move |(_, row)| match number {
        Some(number) => row.code == Some(number) && (provider.is_empty() || row.provider == provider),
        None => row.symbol == one,
    })
}
