//! What the arguments name: numbers, pairs of numbers, names and texts, each with the tables that a word in front of it asks for.

use super::{
    NoCode, dump,
    lex::{Token, tokens},
    name,
    number::Number,
    quoted,
    reader::{Manner, Reader},
    texts, topic,
    word::{self, Role},
    xml,
};
use crate::codes::{
    AVD, CAPABILITY_SET, CREDSSP_VERSION, EVENT, LICENSE_MESSAGE, NEGOTIATION_PROTOCOL,
    NEGOTIATION_STRUCTURE, NTSTATUS, SAVE_SESSION_INFO, SHARE_DATA, Table, Text, meant, texts_in,
};

/// One thing to explain.
#[derive(Debug)]
pub struct Term {
    /// The tables that were asked for; empty for all.
    pub tables: Vec<&'static Table>,
    pub kind: Kind,
    /// The words directly before it, in lower case.
    pub before: Vec<String>,
    /// The providers of events that are named beside it.
    pub providers: Vec<&'static str>,
    /// Whether it is of its tables alone, also where they lack it.
    pub is_only: bool,
}

#[derive(Debug)]
pub enum Kind {
    Number(Number),
    /// A disconnect reason with its extended code.
    Pair(u32, u32),
    Name(String),
    /// A text without a number.
    Text(Box<Text>),
}

/// What was read, and what was not.
#[derive(Debug)]
pub struct Terms {
    pub terms: Vec<Term>,
    pub unread: Vec<String>,
    /// Whether there are more.
    pub is_full: bool,
}

impl Term {
    pub fn new(kind: Kind) -> Self {
        Self { tables: Vec::new(), kind, before: Vec::new(), providers: Vec::new(), is_only: false }
    }

    /// Whether it is the same thing, as far as both say of which kind it is.
    pub fn is_same(&self, kind: &Kind, tables: &[&'static Table]) -> bool {
        let shared = |table: &&'static Table| tables.iter().any(|other| other.name == table.name);
        match (&self.kind, kind) {
            (Kind::Number(a), Kind::Number(b)) => {
                a.code == b.code
                    && (self.tables.is_empty() || tables.is_empty() || self.tables.iter().any(shared))
            }
            (Kind::Pair(a, b), Kind::Pair(c, d)) => (a, b) == (c, d),
            (Kind::Name(a), Kind::Name(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        }
    }

    /// The number that it is.
    pub fn number(&self) -> Option<u32> {
        if let Kind::Number(own) = self.kind { Some(own.code) } else { None }
    }

    /// Whether it stands for a number, or may.
    pub fn is_coded(&self) -> bool {
        let Kind::Name(name) = &self.kind else { return true };
        let named = name::named(name);
        if named.iter().any(|(table, _)| table.name == AVD.name) {
            return true;
        }
        let rows: Vec<_> = named.into_iter().flat_map(|(table, row)| meant(table, row)).collect();
        rows.is_empty() || rows.iter().any(|(_, row)| row.code.is_some())
    }

    /// Whether it is the type of a message, and no reason for anything.
    pub fn is_of_message(&self) -> bool {
        let is_type = |table: &&'static Table| TYPES.iter().any(|own| own.name == table.name);
        match &self.kind {
            Kind::Name(name) => {
                let rows = name::named(name);
                !rows.is_empty() && rows.iter().all(|(table, _)| is_type(table))
            }
            _ => !self.tables.is_empty() && self.tables.iter().all(is_type),
        }
    }

    /// Whether it is the name of a protocol that was offered or selected, and no reason for anything.
    pub fn is_of_offer(&self) -> bool {
        let Kind::Name(name) = &self.kind else { return false };
        let rows = name::named(name);
        !rows.is_empty() && rows.iter().all(|(table, _)| table.name == NEGOTIATION_PROTOCOL.name)
    }

    /// The first number of a pair.
    pub fn first_of_pair(&self) -> Option<u32> {
        if let Kind::Pair(first, _) = self.kind { Some(first) } else { None }
    }
}

/// Tables of the types of messages.
pub const TYPES: &[&Table] =
    &[&NEGOTIATION_STRUCTURE, &LICENSE_MESSAGE, &CAPABILITY_SET, &SHARE_DATA, &SAVE_SESSION_INFO];

/// As many stamps, addresses and the like make a line of a log.
const LOG: usize = 2;
/// An empty field of the log of a web server.
const EMPTY_FIELD: &str = "\"-\"";

/// How many texts are looked for.
const MOST: usize = 8;

/// As many words that are neither names nor say anything of a number make a sentence.
const PROSE: usize = 2;

/// # Errors
/// There is no code in the arguments.
pub fn terms(arguments: &[String]) -> Result<Terms, NoCode> {
    let arguments: Vec<String> = arguments.iter().map(|argument| as_logged(argument)).collect();
    let words = arguments.join(" ");
    let dump = dump::apart(&words);
    let (texts, words, status) = match dump {
        Some((rest, status)) => (vec![rest.clone()], rest, status),
        None => (arguments, words, None),
    };
    let lexed: Vec<(Token, bool)> = texts.iter().flat_map(|text| typed(text)).collect();
    let count = |is: fn(&Token) -> bool| lexed.iter().filter(|(token, _)| is(token)).count();
    let is_log = count(|token| *token == Token::Noise) >= LOG || words.contains(EMPTY_FIELD);
    let manner = Manner {
        is_prose: is_log || count(is_plain) >= PROSE,
        is_typed: lexed.iter().all(|(_, typed)| *typed),
        is_alone: lexed.len() == 1,
        is_of_numbers: lexed.iter().all(|(token, _)| !matches!(token, Token::Word(_) | Token::Noise)),
        is_of_name: is_of_name(&lexed),
        is_of_versions: lexed.iter().all(|(token, _)| is_of_versions(token)),
    };
    let mut reader = Reader::new(manner, topic::topics(&words.to_lowercase()));
    reader.read(&lexed);
    if let Some(status) = status {
        reader.push_number(status, vec![&NTSTATUS]);
    }
    let mut read = reader.finish();
    let found = texts_in(&words, MOST);
    let owned = texts::owned(&found);
    read.terms.retain(|term| owned.is_none() || term.number() != owned);
    if !found.is_empty() || manner.is_prose {
        read.terms.retain(|term| !term.is_of_offer());
    }
    let said = texts::beside(found, &read.terms);
    read.terms.extend(said);
    providers(&words, &mut read.terms);
    if read.terms.is_empty() { Err(read.refusal()) } else { Ok(read.into()) }
}

/// What loggers write in place of marks, and mRemoteNG in front of a number.
const LOGGED: &[(&str, &str)] =
    &[("#011", " "), ("#012", " "), ("RDP disconnected!", "RDP disconnect reason ")];

fn as_logged(text: &str) -> String {
    LOGGED.iter().fold(text.to_owned(), |text, (logged, meant)| text.replace(logged, meant))
}

/// Tokens, and whether each was an argument of its own.
fn typed(argument: &str) -> Vec<(Token, bool)> {
    let typed = !argument.trim().contains(char::is_whitespace);
    tokens(&quoted::blanked(&xml::labelled(argument))).into_iter().map(|token| (token, typed)).collect()
}

fn is_plain(token: &Token) -> bool {
    let Token::Word(word) = token else { return false };
    let lower = word.to_lowercase();
    let letters = word.chars().all(char::is_alphabetic) && word.chars().count() > 1;
    let is_one = word::role(&lower) == Role::Plain || word::is_versioned(&lower);
    letters && is_one && word::governed(&lower).is_empty() && !name::is_exact(word)
}

/// Whether they are a name and its number, as in `SocketConnectionTimedOut (1796)` of Azure Virtual Desktop.
fn is_of_name(tokens: &[(Token, bool)]) -> bool {
    let is_hump = |pair: (char, char)| pair.0.is_ascii_lowercase() && pair.1.is_ascii_uppercase();
    let is_camel =
        |word: &str| word.chars().zip(word.chars().skip(1)).filter(|pair| is_hump(*pair)).count() > 1;
    let tokens: Vec<_> = tokens.iter().map(|(token, _)| token).collect();
    matches!(tokens[..], [Token::Word(word), Token::Open, Token::Number(_, Ok(_)), Token::Close] if is_camel(word))
}

/// Whether it is no word, or one that asks for a version of CredSSP.
fn is_of_versions(token: &Token) -> bool {
    let Token::Word(word) = token else { return true };
    CREDSSP_VERSION.words.contains(&word.to_lowercase().as_str())
}

/// An event of several providers is that of the one that is named beside it.
fn providers(words: &str, terms: &mut [Term]) {
    let words = words.to_lowercase();
    for term in terms {
        let Kind::Number(number) = term.kind else { continue };
        let rows = EVENT.find_all(number.code).map(|row| row.provider);
        term.providers = rows.filter(|provider| words.contains(&name::short(provider))).collect();
    }
}
