//! A term against the tables: its meanings, what is related to them, and the page of their topic.
//!
//! Win32 errors and the like are small numbers that mean other things to mstsc, so a number alone does not ask their
//! tables (`Table::by_word`) unless no other table has it; those of another program (`Table::of_program`) are told
//! only where it is named. What is inside a code by rule, such as a Win32 error in an HRESULT, is looked at last.

use super::{
    Explained, Family, Page,
    meaning::meaning,
    name::{Found, named},
    near,
    number::{Form, Number},
    term::{Kind, TYPES, Term},
};
use crate::codes::{
    DISCONNECT, ERROR_INFO, EVENT, EXTENDED, FAMILY, FREERDP_ERROR, GATEWAY_STATUS, HTTP_STATUS, NTSTATUS,
    Row, TABLES, Table, Text, WIN32, inside, meant,
};

/// What is known about a term.
pub(super) fn explained(term: &Term) -> Explained {
    match &term.kind {
        Kind::Number(number) => numbered(*number, term),
        Kind::Pair(code, extended) => pair(*code, *extended),
        Kind::Name(name) => {
            let mut found: Vec<Found> =
                named(name).into_iter().flat_map(|(table, row)| meant(table, row)).collect();
            // A setting of an .rdp file has no number.
            let asked = |(table, _): &Found| has(&term.tables, table);
            if found.iter().any(asked) {
                found.retain(asked);
            }
            let code = one_code(&found);
            let mut explained = of(name.clone(), found, None);
            explained.code = code;
            if !explained.known {
                explained.near = near::names(name);
            }
            explained
        }
        Kind::Text(text) => of_text(text),
    }
}

fn numbered(number: Number, term: &Term) -> Explained {
    let code = number.code;
    // The number of an event is that of nothing else.
    let is_number = number.form == Form::Decimal && is_of_events(&term.tables);
    let is_only = is_number || term.is_only;
    let mut found = if is_only { asked_rows(code, &term.tables) } else { rows(code, &term.tables) };
    let is_event = |(table, row): &Found| table.name == EVENT.name && term.providers.contains(&row.provider);
    if found.iter().any(is_event) && found.iter().all(|(table, _)| table.name == EVENT.name) {
        found.retain(is_event);
    }
    let within = if found.is_empty() && !term.is_only { inner(code) } else { Vec::new() };
    let is_within = found.is_empty() && !within.is_empty();
    let input = if is_within { hex(code) } else { written(code, &term.tables, &found) };
    let own = Page::find(&hex(code)).filter(|_| term.tables.is_empty());
    let mut explained = of(input, if is_within { within } else { found }, own);
    explained.code = Some(code);
    explained.meanings.iter_mut().for_each(|one| one.inside = is_within);
    if !explained.known {
        explained.families = if is_number { Vec::new() } else { families(code) };
        explained.near = near::numbers(number, &term.tables);
    }
    explained
}

fn is_of_events(tables: &[&'static Table]) -> bool {
    !tables.is_empty() && tables.iter().all(|table| table.name == EVENT.name)
}

/// The rows of a number: in the tables that a word asks for or next to them, else in all.
fn rows(code: u32, asked: &[&'static Table]) -> Vec<Found> {
    let near = asked_rows(code, asked);
    if near.is_empty() { all_rows(code, asked) } else { near }
}

/// Those in the tables that a word asks for, else in those next to them.
fn asked_rows(code: u32, asked: &[&'static Table]) -> Vec<Found> {
    let flags = || asked.iter().flat_map(|table| bits(table, code)).collect::<Vec<_>>();
    let next: &[&'static Table] = if has(asked, &DISCONNECT) { &[&EXTENDED, &ERROR_INFO] } else { &[] };
    let found = [rows_of(asked, code), flags(), rows_of(next, code)];
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Those in every table. Tables whose numbers mean many other things come last.
fn all_rows(code: u32, asked: &[&'static Table]) -> Vec<Found> {
    let own = TABLES
        .iter()
        .copied()
        .filter(|table| !table.of_program && (asked.is_empty() || !is_structure(table)));
    let (by_word, others): (Vec<&'static Table>, Vec<_>) = own.partition(|table| table.by_word);
    let found = rows_of(&others, code);
    // What no client, server or log has as its own is an error of Windows first.
    if asked.is_empty() && !found.iter().any(|(table, _)| has(OWN, table)) {
        let of_windows = rows_of(&[&WIN32], code);
        if !of_windows.is_empty() {
            return [of_windows, found].concat();
        }
    }
    if found.is_empty() { rows_of(&by_word, code) } else { found }
}

fn rows_of(tables: &[&'static Table], code: u32) -> Vec<Found> {
    tables.iter().flat_map(|table| table.find_all(code).map(move |row| (*table, row))).collect()
}

/// Tables whose numbers are shown to people as they are.
const OWN: &[&Table] =
    &[&DISCONNECT, &EXTENDED, &NTSTATUS, &ERROR_INFO, &GATEWAY_STATUS, &HTTP_STATUS, &EVENT, &FREERDP_ERROR];

/// Whether its numbers are types in messages, which nobody calls an error or a status.
fn is_structure(table: &Table) -> bool {
    has(TYPES, table)
}

/// The codes inside another one, by rule.
fn inner(code: u32) -> Vec<Found> {
    inside(code)
        .into_iter()
        .flat_map(|(table, code)| table.find_all(code).map(move |row| (table, row)))
        .collect()
}

/// The code of rows that all have the same.
fn one_code(found: &[Found]) -> Option<u32> {
    let code = found.first()?.1.code;
    code.filter(|_| found.iter().all(|(_, row)| row.code == code))
}

/// A text that stands for one code, or for one with its extended code, is answered as that.
fn of_text(text: &Text) -> Explained {
    let codes: Vec<Found> =
        meant(text.table, text.row).into_iter().filter(|(_, row)| row.symbol != text.row.symbol).collect();
    let is_pair = matches!(codes[..], [(first, _), (second, _)]
        if first.name == DISCONNECT.name && second.name == EXTENDED.name);
    let (code, extended) = match codes[..] {
        [(_, first), (_, second)] if is_pair => (first.code, second.code),
        // A translated text leads to the English one, which has no number.
        _ => {
            (one_code(&codes.iter().filter(|(_, row)| row.code.is_some()).copied().collect::<Vec<_>>()), None)
        }
    };
    let input = match (code, extended) {
        (Some(code), Some(extended)) => format!("{}/{}", hex(code), hex(extended)),
        (Some(code), None) => written(code, &[], &codes),
        _ => text.row.symbol.to_owned(),
    };
    let own = Found::from((text.table, spoken(text.row, &codes)));
    let mut explained = of(input, std::iter::once(own).chain(codes).collect(), None);
    (explained.code, explained.extended) = (code, extended);
    explained
}

/// A text that says nothing of its own says what its code does.
fn spoken(row: Row<'static>, codes: &[Found]) -> Row<'static> {
    let Some((_, code)) = codes.first().filter(|_| row.meaning.is_empty()) else { return row };
    let page = if row.page.is_empty() { code.page } else { row.page };
    Row { meaning: code.meaning, page, phases: code.phases, ..row }
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

/// The flags that make up a number, if they all have names.
fn bits(table: &'static Table, code: u32) -> Vec<Found> {
    let set = |row: &Row<'_>| row.code.is_some_and(|bit| bit != 0 && code & bit == bit);
    let rows: Vec<_> = table.rows().filter(|row| table.flags && set(row)).collect();
    let whole = rows.iter().filter_map(|row| row.code).fold(0, |all, bit| all | bit) == code;
    rows.into_iter().filter(|_| whole).map(|row| (table, row)).collect()
}

/// Beside a disconnect reason stands an extended code, or a number of Set Error Info that has no name there.
fn pair(code: u32, extended: u32) -> Explained {
    let first = rows(code, &[&DISCONNECT]).first().copied();
    let second = rows(extended, &[&EXTENDED, &ERROR_INFO]).first().copied();
    let page = Page::find(&format!("{}-{}", hex(code), hex(extended)));
    let topic = |found: &Option<Found>| found.and_then(|(_, row)| Page::find(row.page));
    // An extended code of 0 says nothing.
    let nearer = second.filter(|_| extended != 0 || first.is_none());
    let page = page.or_else(|| topic(&nearer)).or_else(|| topic(&first));
    let mut explained =
        of(format!("{}/{}", hex(code), hex(extended)), first.into_iter().chain(second).collect(), None);
    explained.known = first.is_some() && second.is_some();
    explained.code = Some(code);
    explained.extended = Some(extended);
    explained.narrower = Vec::new();
    if let Some(page) = page {
        // The extended code is the nearer reason of the two.
        let reason = nearer.or(first).map_or(String::new(), |(_, row)| sentence(row.meaning));
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

/// The families of a code, the narrowest first.
fn families(code: u32) -> Vec<Family> {
    let row =
        |row: Row<'static>| Family { name: row.symbol, meaning: row.meaning, confidence: row.confidence };
    let mut rows: Vec<_> = FAMILY.find_all(code).collect();
    rows.sort_by_key(|row| row.mask.count_zeros());
    rows.into_iter().map(row).collect()
}
