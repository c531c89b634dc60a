//! What a row of a table says, with what is related to it.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Event, Meaning, Related, Relation, name::Found};
use crate::codes::{DISCONNECT, NTSTATUS, Row, TABLES, Table};

/// A row as it is told.
pub(super) fn meaning((table, row): Found) -> Meaning {
    let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
    let (provider, channel, side, level) = (row.provider, row.channel, row.side, row.level);
    Meaning {
        table: table.name,
        kind: table.title,
        code: row.code,
        written: row.code.map(|code| table.written(code)),
        symbol: some(row.symbol),
        meaning: row.meaning,
        phases: row.phases.split(',').filter(|phase| !phase.is_empty()).collect(),
        hint: some(row.hint),
        event: some(provider).map(|_| Event { provider, channel, side, level }),
        related: related(table, &row),
        confidence: row.confidence,
        source: row.source,
        inside: false,
    }
}

/// What the client shows for this code and Schannel logs, and the codes that lead to this one.
fn related(table: &'static Table, row: &Row<'static>) -> Vec<Related> {
    let shown = row.mstsc.and_then(|code| DISCONNECT.find(code)).map(|row| (&DISCONNECT, row));
    let logged = row.schannel.and_then(|code| NTSTATUS.find(code)).map(|row| (&NTSTATUS, row));
    let forward = shown.map(|found| another(Relation::Mstsc, found)).into_iter();
    let forward = forward.chain(logged.map(|found| another(Relation::Schannel, found)));
    forward.chain(leading(table, row)).collect()
}

/// The rows that lead to a code, by its table.
type Leads = BTreeMap<(&'static str, u32), Vec<Found>>;

/// The codes that the client shows, or Schannel has, as another one; reason 0 is shown for anything.
static LEADS: LazyLock<Leads> = LazyLock::new(|| {
    let mut leads = Leads::new();
    for table in TABLES.iter().filter(|table| table.has("mstsc") || table.has("schannel")) {
        for row in table.rows() {
            for (target, code) in [(DISCONNECT.name, row.mstsc), (NTSTATUS.name, row.schannel)] {
                if let Some(code) = code.filter(|code| *code != 0) {
                    leads.entry((target, code)).or_default().push((*table, row));
                }
            }
        }
    }
    leads
});

fn leading(table: &Table, row: &Row<'_>) -> Vec<Related> {
    let found = row.code.and_then(|code| LEADS.get(&(table.name, code)));
    found.into_iter().flatten().map(|found| another(Relation::ComesFrom, *found)).collect()
}

/// A code as another one of the explained one.
pub(super) fn another(relation: Relation, (table, row): Found) -> Related {
    let symbol = Some(row.symbol).filter(|symbol| !symbol.is_empty());
    let written = row.code.map(|code| table.written(code));
    Related { relation, table: table.name, kind: table.title, code: row.code, written, symbol }
}
