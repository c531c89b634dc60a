//! What the words around a number make of it: a number of a table, or no code.
//!
//! Small numbers belong to whom they are said by, such as an exit code of xfreerdp or a result of OpenSSL's verification; the state of
//! Schannel, a value of the registry or a telephone number is no code. A row of `topics.tsv` counts only where its table has the
//! number, so that a word still hides no table.

use std::sync::LazyLock;

use super::{lex::Token, place::Place};
use crate::codes::{TABLES, Table};

const TOPICS: &str = include_str!("topics.tsv");
/// A number in brackets, whatever stands before it.
const ENCLOSED: &str = "(*)";
/// How many words before a number count.
const BEFORE: usize = 6;

/// What a number is.
#[derive(Debug)]
pub(super) enum Kind {
    /// A code of this table, where the table has it.
    Of(&'static Table),
    /// A code of these tables alone.
    Only(Vec<&'static Table>),
    /// The same, in digits of base 16.
    Hex(&'static Table),
    /// No code, if it has no 0x.
    Bare,
    /// No code.
    Never,
}

/// A row of the topics.
#[derive(Debug)]
pub(super) struct Topic {
    pub kind: Kind,
    /// Words that stand in the text; with ! none of them does.
    anywhere: Vec<&'static str>,
    /// Ends of what stands before the number, one of them; * is any word, ~ any beginning.
    ends: Vec<Vec<&'static str>>,
    enclosed: bool,
}

static ALL: LazyLock<Vec<Topic>> = LazyLock::new(|| {
    let lines = TOPICS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(topic).collect()
});

fn topic(line: &'static str) -> Option<Topic> {
    let mut cells = line.split('\t');
    let (kind, anywhere, ends) = (cells.next()?, cells.next()?, cells.next()?);
    Some(Topic {
        kind: kind_of(kind)?,
        anywhere: anywhere.split('&').filter(|word| !word.is_empty()).collect(),
        ends: ends.split('|').map(|end| end.split(' ').collect()).collect(),
        enclosed: ends == ENCLOSED,
    })
}

fn kind_of(cell: &str) -> Option<Kind> {
    let table = |name: &str| TABLES.iter().copied().find(|table| table.name == name);
    match (cell, cell.split_once(':')) {
        ("-", _) => Some(Kind::Bare),
        ("!", _) => Some(Kind::Never),
        (_, Some((_, name))) => table(name).map(Kind::Hex),
        _ => match cell.strip_prefix('=') {
            Some(names) => Some(Kind::Only(names.split('/').filter_map(table).collect())),
            None => table(cell).map(Kind::Of),
        },
    }
}

/// The topics of a text in lower case.
pub(super) fn topics(text: &str) -> Vec<&'static Topic> {
    let stands = |word: &&str| match word.strip_prefix('!') {
        Some(word) => !text.contains(word),
        None => text.contains(*word),
    };
    ALL.iter().filter(|topic| topic.anywhere.iter().all(stands)).collect()
}

/// What the first of these topics that fits makes of the number at this place.
pub(super) fn kind(
    topics: &[&'static Topic],
    tokens: &[Token],
    at: usize,
    place: Place,
) -> Option<&'static Kind> {
    let before = before(tokens, at);
    let ends = |end: &Vec<&str>| {
        before.len() >= end.len()
            && before.iter().rev().zip(end.iter().rev()).all(|(own, word)| is_word(own, word))
    };
    let fits = |topic: &&&Topic| {
        if topic.enclosed { place.is_enclosed() } else { topic.ends.iter().any(ends) }
    };
    topics.iter().find(fits).map(|topic| &topic.kind)
}

/// Whether a word is the one of an end.
fn is_word(own: &str, word: &str) -> bool {
    word == "*" || own == word || word.strip_prefix('~').is_some_and(|end| own.ends_with(end))
}

/// The words directly before a token, in lower case, across brackets and commas.
fn before(tokens: &[Token], at: usize) -> Vec<String> {
    let is_near = |token: &&Token| matches!(token, Token::Word(_) | Token::Open | Token::Comma);
    let near = tokens[..at].iter().rev().take_while(is_near);
    let words = near.filter_map(|token| match token {
        Token::Word(word) => Some(word.to_lowercase()),
        _ => None,
    });
    let mut words: Vec<String> = words.take(BEFORE).collect();
    words.reverse();
    words
}
