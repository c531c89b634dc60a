//! Which texts of the tables are told beside the codes in the words.
//!
//! A text says less than a code beside it and is told only if there is none. The sentence of an event is told beside
//! numbers, unless it ends in one of them, or the event is named by its number.

use super::term::{Kind, Term};
use crate::codes::{EVENT, Text, meant};

/// How many words before a number must be those at the end of a sentence.
const TAIL: usize = 3;

/// The texts to explain. That of a client says less than a code beside it; the sentence of an event tells which one it is,
/// unless it ends in its number, which then says more.
pub(super) fn beside(found: Vec<Text>, terms: &[Term]) -> Vec<Term> {
    let mut told: Vec<Text> = Vec::new();
    let mut of_client = !terms.is_empty();
    let is_named = terms.iter().any(is_event);
    for text in found {
        let event = event(&text);
        let is_told = match event {
            Some(code) => {
                !is_named && !terms.iter().any(|term| is_number(term, code) || is_tail(&text, term))
            }
            None => !of_client && (!text.row.general || told.is_empty()),
        };
        of_client |= event.is_none();
        if is_told && !told.iter().any(|other| other.row.symbol == text.row.symbol) {
            told.push(text);
        }
    }
    told.into_iter().map(|text| Term::new(Kind::Text(Box::new(text)))).collect()
}

/// The number that the sentence of an event ends in itself: the sentence tells it, where tables would tell another thing.
pub(super) fn owned(found: &[Text]) -> Option<u32> {
    let text = found.first().filter(|text| event(text).is_some())?;
    text.row.symbol.rsplit(' ').next()?.parse().ok()
}

/// The event whose sentence it is.
fn event(text: &Text) -> Option<u32> {
    meant(text.table, text.row).into_iter().find(|(table, _)| table.name == EVENT.name)?.1.code
}

fn is_number(term: &Term, code: u32) -> bool {
    matches!(term.kind, Kind::Number(own) if own.code == code)
}

/// Whether it is the number of a known event.
fn is_event(term: &Term) -> bool {
    let of_events = matches!(term.tables[..], [table] if table.name == EVENT.name);
    of_events && term.number().is_some_and(|code| EVENT.find(code).is_some())
}

/// Whether the sentence ends in front of the number.
fn is_tail(text: &Text, term: &Term) -> bool {
    if !matches!(term.kind, Kind::Number(_) | Kind::Pair(..))
        || term.is_only
        || text.row.symbol.ends_with('*')
    {
        return false;
    }
    let end = text.row.symbol.rsplit('*').next().unwrap_or_default().to_lowercase();
    let words = end.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let last: Vec<&str> = words.rev().take(TAIL).collect();
    let before = term.before.iter().rev().map(String::as_str);
    !last.is_empty() && last.iter().copied().eq(before.take(last.len()))
}
