//! What the arguments name: numbers, pairs of numbers, names and texts, each with the tables that a word in front of it asks for.

use super::{
    dump,
    explanation::NoCode,
    lex::{Token, tokens},
    name, quoted,
    reader::{Manner, Reader},
    term::{Kind, Term, Terms},
    texts, topic,
    word::{self, Role},
    xml,
};
use crate::codes::{CREDSSP_VERSION, EVENT, NTSTATUS, texts_in};

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
pub(super) fn terms(arguments: &[String]) -> Result<Terms, NoCode> {
    let arguments: Vec<String> = arguments.iter().map(|argument| as_logged(argument)).collect();
    let words = arguments.join(" ");
    let dump = dump::apart(&words);
    let (texts, words, status) = match dump {
        Some((rest, status)) => (vec![rest.clone()], rest, status),
        None => (arguments, words, None),
    };
    let (mut lexed, mut typed) = (Vec::new(), Vec::new());
    for text in &texts {
        lexed.extend(tokens(&quoted::blanked(&xml::labelled(text))));
        typed.resize(lexed.len(), !text.trim().contains(char::is_whitespace));
    }
    let count = |is: fn(&Token) -> bool| lexed.iter().filter(|token| is(token)).count();
    let is_log = count(|token| *token == Token::Noise) >= LOG || words.contains(EMPTY_FIELD);
    let manner = Manner {
        is_prose: is_log || count(is_plain) >= PROSE,
        is_typed: typed.iter().all(|typed| *typed),
        is_alone: lexed.len() == 1,
        is_of_numbers: lexed.iter().all(|token| !matches!(token, Token::Word(_) | Token::Noise)),
        is_of_name: is_of_name(&lexed),
        is_of_versions: lexed.iter().all(is_of_versions),
    };
    let mut reader = Reader::new(manner, topic::topics(&words.to_lowercase()));
    reader.read(&lexed, &typed);
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

fn is_plain(token: &Token) -> bool {
    let Token::Word(word) = token else { return false };
    let lower = word.to_lowercase();
    let letters = word.chars().all(char::is_alphabetic) && word.chars().count() > 1;
    let is_one = word::role(&lower) == Role::Plain || word::is_versioned(&lower);
    letters && is_one && word::governed(&lower).is_empty() && !name::is_exact(word)
}

/// Whether they are a name and its number, as in `SocketConnectionTimedOut (1796)` of Azure Virtual Desktop.
fn is_of_name(tokens: &[Token]) -> bool {
    let is_hump = |pair: (char, char)| pair.0.is_ascii_lowercase() && pair.1.is_ascii_uppercase();
    let is_camel =
        |word: &str| word.chars().zip(word.chars().skip(1)).filter(|pair| is_hump(*pair)).count() > 1;
    matches!(tokens, [Token::Word(word), Token::Open, Token::Number(_, Ok(_)), Token::Close] if is_camel(word))
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
