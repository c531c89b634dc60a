//! Where each number stands in the tables, so that many numbers are looked up as fast as one.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{TABLES, table::number};

/// The lines of each code in each table.
static LINES: LazyLock<BTreeMap<(&'static str, u32), Vec<&'static str>>> = LazyLock::new(|| {
    let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for table in TABLES {
        for line in table.lines().1 {
            // The code is the first cell.
            if let Some(code) = number(line.split('\t').next().unwrap_or_default()) {
                lines.entry((table.name, code)).or_default().push(line);
            }
        }
    }
    lines
});

/// The lines of a table, by its name, that begin with a code.
pub(super) fn lines_of(table: &'static str, code: u32) -> &'static [&'static str] {
    LINES.get(&(table, code)).map_or(&[], Vec::as_slice)
}
