//! Texts that people paste instead of a number: each is known by the words that stay the same, and leads to codes.
//!
//! A text is a row that means a code, such as `disconnect 0x704` or `event 226 TermDD`, and has a meaning of its
//! own only if it says more. The longest text wins, and a `general` one only if no other is found. An asterisk is
//! something short, such as a name; a row that ends in one says that no code follows. Translations are rows whose
//! source was seen, never our own.

use super::{Row, TABLES, Table};

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
