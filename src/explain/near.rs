//! What may have been meant instead of a code that no table has.

use std::collections::BTreeSet;

use strsim::osa_distance as distance;

use super::{
    Related, Relation,
    meaning::another,
    number::{Form, Number},
};
use crate::codes::{
    DISCONNECT, ERROR_INFO, EVENT, EXTENDED, GATEWAY_STATUS, NT_BIT, NTSTATUS, RDSTLS_RESULT, TABLES, Table,
};

/// Tables whose codes are long enough to be mistyped, as hexadecimal.
const MISTYPED: &[&Table] = &[&DISCONNECT, &EXTENDED, &NTSTATUS, &ERROR_INFO, &GATEWAY_STATUS];

const MOST: usize = 6;

/// How many letters of a name may be wrong.
pub(super) const MISSPELT: usize = 3;

/// Other readings of the digits, then other tables, then codes that look alike.
pub(super) fn numbers(number: Number, asked: &[&'static Table]) -> Vec<Related> {
    let mut near = Vec::new();
    let mut add = |relation, tables: &[&'static Table], code| {
        let rows = tables.iter().flat_map(|table| table.find_all(code).map(move |row| (*table, row)));
        near.extend(rows.map(|found| another(relation, found)));
    };
    let wanted = if asked.is_empty() { TABLES } else { asked };
    if number.form == Form::Decimal
        && let Ok(hex) = u32::from_str_radix(&number.code.to_string(), 16)
    {
        add(Relation::Hexadecimal, wanted, hex);
    }
    if number.code & NT_BIT != 0 {
        add(Relation::Inside, &[&NTSTATUS], number.code & !NT_BIT);
    }
    if matches!(number.code >> 16, 0x8007 | 0xC007) {
        add(Relation::Inside, &[&RDSTLS_RESULT, &GATEWAY_STATUS], number.code & 0xFFFF);
    }
    add(Relation::OtherTable, TABLES, number.code);
    near.extend(alike(number.code, asked));
    let mut seen = BTreeSet::new();
    near.retain(|one: &Related| seen.insert((one.table, one.code)));
    near.truncate(MOST);
    near
}

fn alike(code: u32, asked: &[&'static Table]) -> Vec<Related> {
    let is_event = asked.iter().any(|table| table.name == EVENT.name);
    let tables = if asked.is_empty() { MISTYPED } else { asked };
    let text = |code: u32| if is_event { code.to_string() } else { format!("{code:X}") };
    let wanted = text(code);
    // One digit more or less makes almost any short number of another.
    let short = wanted.len() < 3;
    let rows = tables.iter().flat_map(|table| table.rows().map(move |row| (*table, row)));
    let fits = |own: u32| !short && own > 0xFF && near(&text(own), &wanted, 1) == Some(1);
    let mut found: Vec<_> = rows.filter(|(_, row)| row.code.is_some_and(fits)).collect();
    // Events count up, other codes are grouped by their low byte, so the nearest come from there.
    found.sort_by_key(|(table, row)| {
        let own = row.code.unwrap_or_default();
        let family = !is_event && own & 0xFF != code & 0xFF;
        let order = tables.iter().position(|other| other.name == table.name);
        (family, order, own.abs_diff(code))
    });
    found.dedup_by_key(|(_, row)| row.code);
    found.into_iter().map(|found| another(Relation::LooksAlike, found)).collect()
}

/// Names that differ in a few letters, the nearest first.
pub(super) fn names(name: &str) -> Vec<Related> {
    let name = name.to_uppercase();
    let rows = TABLES.iter().flat_map(|table| table.rows().map(move |row| (*table, row)));
    let rows = rows.filter(|(_, row)| !row.symbol.is_empty());
    let far = |symbol: &str| near(&symbol.to_uppercase(), &name, MISSPELT);
    let near = rows.filter_map(|found| Some((far(found.1.symbol)?, found)));
    let mut near: Vec<_> = near.collect();
    near.sort_by_key(|(far, _)| *far);
    near.into_iter().take(MOST).map(|(_, found)| another(Relation::LooksAlike, found)).collect()
}

/// How far two texts are apart, if not farther than this.
pub(super) fn near(a: &str, b: &str, most: usize) -> Option<usize> {
    // A letter has up to four bytes.
    let longer = a.len().abs_diff(b.len()) > most * 4;
    let far = if longer { most + 1 } else { distance(a, b) };
    Some(far).filter(|far| *far <= most)
}
