//! Tables among others, the tables in which a name has a number, and alerts of TLS in words.

use crate::{
    codes::{Table, inside},
    explain::{
        lex::Token,
        name::{self, Found},
    },
};

/// The levels of an alert: warning and fatal.
const LEVELS: &[u32] = &[1, 2];

/// What they and the alert are called.
const LABELS: &[&str] = &["level", "description", "desc"];
/// As many tokens has the longest alert in brackets.
const LONGEST: usize = 7;

/// Whether a table is among others.
pub(super) fn has(tables: &[&'static Table], table: &Table) -> bool {
    tables.iter().any(|other| other.name == table.name)
}

/// The tables in which a name has this code, or the one inside it.
pub(super) fn with_code(rows: &[Found], code: u32) -> impl Iterator<Item = &'static Table> {
    let within = inside(code);
    let is_within = move |table: &Table, own: Option<u32>| {
        within.iter().any(|(other, code)| other.name == table.name && own == Some(*code))
    };
    rows.iter()
        .filter(move |(table, row)| row.code == Some(code) || is_within(table, row.code))
        .map(|(table, _)| *table)
}

/// A TLS alert in words, and how many tokens it takes.
pub(super) fn alert(tokens: &[Token], from: usize) -> Option<(usize, u32)> {
    if let Some(leveled) = leveled(&tokens[from..]) {
        return Some(leveled);
    }
    let marks = tokens[from..].iter().take_while(|token| matches!(token, Token::Comma | Token::Open)).count();
    let words = tokens[from + marks..].iter().map_while(|token| match token {
        Token::Word(word) => Some(word.as_str()),
        _ => None,
    });
    let words: Vec<&str> = words.take(4).collect();
    name::alert(&words).map(|(count, code)| (count + marks, code))
}

/// An alert as a level and a number in brackets, as in `alert(2, 40)` and `alert (level 2, description 46)`.
fn leveled(tokens: &[Token]) -> Option<(usize, u32)> {
    let end = tokens.iter().take(LONGEST).position(|token| *token == Token::Close)?;
    let is_label = |word: &str| LABELS.contains(&word.to_lowercase().as_str());
    let inside = tokens[..end].iter();
    let inside: Vec<_> =
        inside.filter(|token| !matches!(token, Token::Word(word) if is_label(word))).collect();
    let [Token::Open, Token::Number(_, Ok(level)), Token::Comma, Token::Number(_, Ok(alert))] = inside[..]
    else {
        return None;
    };
    LEVELS.contains(&level.code).then_some((end + 1, alert.code))
}
