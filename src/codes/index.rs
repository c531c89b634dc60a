//! Rows by their code: where each number stands in the tables, so that many numbers are looked up as fast as one.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    all::TABLES,
    cell::number,
    table::{Row, Table},
};

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

impl Table {
    /// The rows of this code: one, but events of several providers may share a number.
    pub fn find_all(&self, code: u32) -> impl Iterator<Item = Row<'static>> + use<> {
        let (header, all) = self.lines();
        let masked = self.has("mask").then_some(all);
        let own = if masked.is_none() { lines_of(self.name, code) } else { &[] };
        let lines = masked.into_iter().flatten().chain(own.iter().copied());
        let rows = lines.map(move |line| Row::of(header, line));
        rows.filter(move |row| row.code.is_some_and(|own| own == code & row.mask))
    }

    /// The first row of this code.
    pub fn find(&self, code: u32) -> Option<Row<'static>> {
        self.find_all(code).next()
    }

    /// The name of this code in the specification.
    pub fn symbol(&self, code: u32) -> Option<&'static str> {
        self.find(code).map(|row| row.symbol).filter(|symbol| !symbol.is_empty())
    }
}

/// The lines of a table, by its name, that begin with a code.
fn lines_of(table: &'static str, code: u32) -> &'static [&'static str] {
    LINES.get(&(table, code)).map_or(&[], Vec::as_slice)
}
