//! The place of a token among the others.

use super::{lex::Token, name, word};

/// How far back a bracket is looked for.
const BACK: usize = 16;

/// What stands around a token.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    opened: bool,
    closed: bool,
    /// Whether a bracket before it is still open.
    inside: bool,
    /// Whether something that is never a code stands before the bracket in front of it.
    pub is_behind_noise: bool,
    /// Whether an identifier of a program that names no code stands there.
    pub is_of_identifier: bool,
    /// Whether a unit follows, as in `5 times`, or it is one of several, as in `5 of 20`.
    pub is_amount: bool,
    /// Whether it stands in a row of numbers, as in `5, 6 and 7`.
    pub is_listed: bool,
}

impl Place {
    pub(super) fn of(tokens: &[Token], at: usize) -> Self {
        let next = tokens.get(at + 1);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let from = at.saturating_sub(BACK);
        let open = tokens[from..at].iter().fold(0_usize, |open, token| match token {
            Token::Open => open + 1,
            Token::Close => open.saturating_sub(1),
            _ => open,
        });
        let outside = (before == Some(&Token::Open)).then(|| at.checked_sub(2)).flatten();
        let outside = outside.and_then(|at| tokens.get(at));
        Self {
            is_behind_noise: outside == Some(&Token::Noise),
            is_of_identifier: matches!(outside, Some(Token::Word(word)) if is_identifier(word)),
            inside: open > 0,
            opened: before == Some(&Token::Open),
            closed: next == Some(&Token::Close),
            is_amount: matches!(next, Some(Token::Word(word)) if word::is_unit(word))
                || is_one(tokens, at)
                || is_part(tokens, at),
            is_listed: is_listed(tokens, at),
        }
    }

    /// Whether brackets are around it.
    pub(super) fn is_enclosed(self) -> bool {
        self.opened && self.closed
    }

    /// Whether it is the last thing in brackets.
    pub(super) fn is_at_end_of_brackets(self) -> bool {
        self.inside && self.closed
    }

    /// Whether it counts the items of a list, as in `1) ... 2) ...`.
    pub(super) fn is_item(self) -> bool {
        self.closed && !self.inside
    }
}

/// Whether it counts what follows in the singular, as in `1 error`.
fn is_one(tokens: &[Token], at: usize) -> bool {
    let is_counted = matches!(tokens.get(at + 1), Some(Token::Word(word)) if word::is_single(word));
    is_counted && matches!(tokens.get(at), Some(Token::Number(_, Ok(number))) if number.code == 1)
}

/// Whether it is a number of `5 of 20`.
fn is_part(tokens: &[Token], at: usize) -> bool {
    let is_of =
        |at: usize| matches!(tokens.get(at), Some(Token::Word(word)) if word.eq_ignore_ascii_case("of"));
    let is_number = |at: usize| matches!(tokens.get(at), Some(Token::Number(..)));
    is_of(at + 1) && is_number(at + 2) || at > 1 && is_of(at - 1) && is_number(at - 2)
}

/// Whether the next number before or behind it is separated by a mark or a word such as `and` alone.
fn is_listed(tokens: &[Token], at: usize) -> bool {
    let is_between = |token: &Token| match token {
        Token::Comma | Token::Slash => true,
        Token::Word(word) => word::is_joining(word),
        _ => false,
    };
    let is_number = |token: Option<&Token>| matches!(token, Some(Token::Number(..)));
    let behind = tokens[at + 1..].iter().find(|token| !is_between(token));
    let before = tokens[..at].iter().rev().find(|token| !is_between(token));
    is_number(behind) || is_number(before)
}

/// Such as `DATA_PDU_TYPE_SET_ERROR_INFO`.
fn is_identifier(word: &str) -> bool {
    let capitals = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    capitals && word.contains('_') && !name::is_name(word) && !name::is_unknown_name(word)
}
