//! A term against the tables: its meanings, what is related to them, and the page of their topic.

use super::{
    Event, Explained, Family, Meaning, Page, Related, Relation, near,
    term::{Kind, Term, named},
};
use crate::codes::{DISCONNECT, ERROR_INFO, EXTENDED, FAMILY, NTSTATUS, Row, TABLES, Table, inside, meant};

type Found = (&'static Table, Row<'static>);

/// What is known about a term.
pub fn explained(term: &Term) -> Explained {
    match &term.kind {
        Kind::Number(number) => {
            let found = numbered(number.code, &term.tables);
            let input = written(number.code, &term.tables, &found);
            let own = Page::find(&hex(number.code)).filter(|_| term.tables.is_empty());
            let mut explained = of(input, found, own);
            explained.code = Some(number.code);
            if !explained.known {
                explained.families = families(number.code);
                explained.near = near::numbers(*number, &term.tables);
            }
            explained
        }
        Kind::Pair(code, extended) => pair(*code, *extended),
        Kind::Name(name) => {
            let asked = |(table, _): &Found| term.tables.is_empty() || has(&term.tables, table);
            let found = named(name).filter(asked).flat_map(|(table, row)| meant(table, row));
            let mut explained = of(name.clone(), found.collect(), None);
            explained.code = explained.meanings.first().and_then(|meaning| meaning.code);
            if !explained.known {
                explained.near = near::names(name);
            }
            explained
        }
    }
}

/// The number as its tables write it, with their kind if it is one.
fn written(code: u32, asked: &[&'static Table], found: &[Found]) -> String {
    let tables: Vec<_> =
        if found.is_empty() { asked.to_vec() } else { found.iter().map(|(table, _)| *table).collect() };
    let is_decimal = !tables.is_empty() && tables.iter().all(|table| table.decimal);
    let same = tables.iter().all(|table| table.name == tables[0].name);
    match is_decimal {
        true if same => format!("{} {code}", tables[0].title),
        true => code.to_string(),
        false => hex(code),
    }
}

/// The number as Windows writes it.
fn hex(code: u32) -> String {
    format!("0x{code:X}")
}

fn has(tables: &[&'static Table], table: &Table) -> bool {
    tables.iter().any(|other| other.name == table.name)
}

fn numbered(code: u32, tables: &[&'static Table]) -> Vec<Found> {
    let asked = if tables.is_empty() { TABLES } else { tables };
    let found = asked.iter().flat_map(|table| table.find_all(code).map(move |row| (*table, row)));
    let (by_word, mut found): (Vec<_>, Vec<_>) =
        found.partition(|(table, _)| tables.is_empty() && table.by_word);
    if found.is_empty() {
        found = by_word;
    }
    if found.is_empty() {
        found = tables.iter().flat_map(|table| bits(table, code)).collect();
    }
    if found.is_empty() && tables.is_empty() {
        let inner = inside(code).into_iter();
        found = inner.flat_map(|(table, code)| table.find_all(code).map(move |row| (table, row))).collect();
    }
    found
}

/// The flags that make up a number, if they all have names.
fn bits(table: &'static Table, code: u32) -> Vec<Found> {
    let set = |row: &Row<'_>| row.code.is_some_and(|bit| bit != 0 && code & bit == bit);
    let rows: Vec<_> = table.rows().filter(|row| table.flags && set(row)).collect();
    let whole = rows.iter().filter_map(|row| row.code).fold(0, |all, bit| all | bit) == code;
    rows.into_iter().filter(|_| whole).map(|row| (table, row)).collect()
}

/// Beside a disconnect reason stands an extended code, or a number of Set Error Info that has no name there.
fn pair(code: u32, extended: u32) -> Explained {
    let row = |table: &'static Table, code| table.find(code).map(|row| (table, row));
    let first = row(&DISCONNECT, code);
    let second = row(&EXTENDED, extended).or_else(|| row(&ERROR_INFO, extended));
    let page = Page::find(&format!("{}-{}", hex(code), hex(extended)));
    let topic = |found: &Option<Found>| found.and_then(|(_, row)| Page::find(row.page));
    let page = page.or_else(|| topic(&second)).or_else(|| topic(&first));
    let mut explained =
        of(format!("{}/{}", hex(code), hex(extended)), first.into_iter().chain(second).collect(), None);
    explained.known = first.is_some() && second.is_some();
    explained.code = Some(code);
    explained.extended = Some(extended);
    explained.narrower = Vec::new();
    if let Some(page) = page {
        // The extended code is the nearer reason of the two.
        let reason = second.or(first).map_or(String::new(), |(_, row)| sentence(row.meaning));
        let one = page.is_of_one_code();
        explained.summary = if one { page.lead() } else { reason };
        explained.background = Some(page.lead()).filter(|_| !one);
        explained.sections = page.sections();
    }
    for unknown in [(code, first), (extended, second)].into_iter().filter(|(_, found)| found.is_none()) {
        explained.families.extend(families(unknown.0));
    }
    explained
}

/// `own` is the page about all meanings of the code.
fn of(input: String, found: Vec<Found>, own: Option<&'static Page>) -> Explained {
    let topic = found.first().map_or("", |(_, row)| row.page);
    // A page speaks for the code only if it speaks for all of its meanings.
    let one = own.is_some() || found.iter().all(|(_, row)| row.page == topic);
    let page = own.or_else(|| Page::find(topic)).filter(|_| one);
    let mut topics: Vec<&Found> = found.iter().filter(|(_, row)| !one && !row.page.is_empty()).collect();
    topics.dedup_by_key(|(_, row)| row.page);
    let narrower = topics.into_iter().map(narrower).collect();
    let lead = page.map(Page::lead);
    let (lead, background) = match page {
        Some(page) if page.is_of_one_code() => (lead, None),
        _ => (None, lead),
    };
    Explained {
        input,
        code: None,
        extended: None,
        known: !found.is_empty(),
        summary: lead
            .unwrap_or_else(|| found.first().map_or(String::new(), |(_, row)| sentence(row.meaning))),
        background,
        meanings: found.into_iter().map(meaning).collect(),
        sections: page.map(Page::sections).unwrap_or_default(),
        narrower,
        families: Vec::new(),
        near: Vec::new(),
    }
}

fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    format!("{}{}.", first.into_iter().collect::<String>(), letters.as_str())
}

/// The command that asks one table.
fn narrower((table, row): &Found) -> String {
    let own = |word: &&&str| TABLES.iter().filter(|table| table.words.contains(word)).count() == 1;
    let word = table.words.iter().find(own).copied().unwrap_or(table.name);
    match row.code {
        Some(code) => format!("rdptrace explain {word} {}", table.written(code)),
        None => format!("rdptrace explain \"{}\"", row.symbol),
    }
}

fn meaning((table, row): Found) -> Meaning {
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

/// The codes that the client shows, or Schannel has, as this one.
fn leading(table: &Table, row: &Row<'_>) -> Vec<Related> {
    // Reason 0 is shown for anything.
    let wanted = row.code.filter(|code| *code != 0);
    let (column, target): (_, fn(&Row<'_>) -> Option<u32>) = match table.name {
        name if name == DISCONNECT.name => ("mstsc", |row| row.mstsc),
        name if name == NTSTATUS.name => ("schannel", |row| row.schannel),
        _ => return Vec::new(),
    };
    let tables = TABLES.iter().filter(|table| table.has(column));
    let rows = tables.flat_map(|table| table.rows().map(move |row| (*table, row)));
    let leads = rows.filter(|(_, row)| wanted.is_some() && target(row) == wanted);
    leads.map(|found| another(Relation::ComesFrom, found)).collect()
}

/// A code as another one of the explained one.
pub fn another(relation: Relation, (table, row): Found) -> Related {
    let symbol = Some(row.symbol).filter(|symbol| !symbol.is_empty());
    let written = row.code.map(|code| table.written(code));
    Related { relation, table: table.name, kind: table.title, code: row.code, written, symbol }
}

/// The families of a code, the narrowest first.
fn families(code: u32) -> Vec<Family> {
    let row =
        |row: Row<'static>| Family { name: row.symbol, meaning: row.meaning, confidence: row.confidence };
    let mut rows: Vec<_> = FAMILY.find_all(code).collect();
    rows.sort_by_key(|row| row.mask.count_zeros());
    rows.into_iter().map(row).collect()
}
