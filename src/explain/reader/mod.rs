//! Reads tokens one after the other: what the words say about the next number, and the names among them.

mod finish;
mod named;
mod numbers;

use named::{alert, has, with_code};

use super::{
    NoCode,
    lex::Token,
    name,
    number::{Form, Number},
    place::Place,
    term::{Kind, Term, Terms},
    topic::{self, Topic},
    word::{self, Role},
};
use crate::codes::{CREDSSP_VERSION, TLS_ALERT, Table};

/// What the words before a number make of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pending {
    #[default]
    Nothing,
    Reason,
    /// Something else, if it is decimal.
    Owner,
    Other,
}

/// How many words before a number are kept.
const BEFORE: usize = 4;
/// How many codes are told.
pub(super) const MOST: usize = 64;

/// How the words are put.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manner {
    /// They are a sentence.
    pub is_prose: bool,
    /// Each of them is an argument of its own.
    pub is_typed: bool,
    /// They are one word.
    pub is_alone: bool,
    /// They are numbers and marks, without a word.
    pub is_of_numbers: bool,
    /// They are a name and its number.
    pub is_of_name: bool,
    /// They ask for a version of CredSSP, and for nothing else.
    pub is_of_versions: bool,
}

#[derive(Debug, Default)]
pub(super) struct Reader {
    manner: Manner,
    topics: Vec<&'static Topic>,
    pub terms: Vec<Term>,
    tables: Vec<&'static Table>,
    /// The word that governs, until a number comes.
    word: Option<String>,
    pending: Pending,
    /// Whether the word before was a plural, so that several numbers follow.
    several: bool,
    extended: bool,
    nearer: bool,
    has_nearer: bool,
    /// Whether a slash stands between the last code and what comes.
    slash: bool,
    /// Whether nothing but marks follows the last name.
    named: bool,
    before: Vec<String>,
    /// Whether more codes stand there than are told.
    is_full: bool,
    /// The last number that was no code.
    refused: Option<u32>,
    /// Words that are no code, where each argument was meant as one.
    unread: Vec<String>,
    too_long: Option<String>,
}

impl Reader {
    pub(super) fn new(manner: Manner, topics: Vec<&'static Topic>) -> Self {
        Self { manner, topics, ..Self::default() }
    }

    /// Reads tokens, of which those are `typed` that were an argument of their own.
    pub(super) fn read(&mut self, tokens: &[Token], typed: &[bool]) {
        let mut at = 0;
        while let Some((token, is_typed)) = tokens.get(at).zip(typed.get(at)) {
            at += 1;
            match token {
                Token::Word(word) => at += self.word(word, *is_typed, tokens, at - 1),
                Token::Number(text, Ok(number)) => {
                    let place = Place::of(tokens, at - 1);
                    let topic = topic::kind(&self.topics, tokens, at - 1, place);
                    self.about(text, *number, place, topic);
                }
                Token::Number(text, Err(())) => self.too_long(text, *is_typed),
                Token::Pair(first, second) => self.pair(*first, *second),
                Token::Setting(name) => self.push(Kind::Name(name.clone())),
                // What is no code has no extended code either.
                Token::Slash => self.slash = at < 2 || !self.is_refused(&tokens[at - 2]),
                Token::Comma if self.manner.is_prose && !self.several => self.pending = Pending::Nothing,
                Token::Noise | Token::End if self.manner.is_prose => self.forget(),
                // What follows a word that is no code is of that word.
                Token::Noise if self.pending == Pending::Owner => {}
                Token::Noise => self.pending = Pending::Nothing,
                Token::Comma | Token::Open | Token::Close | Token::End => {}
            }
        }
    }

    /// Reads a word and returns how many of the next tokens belong to it.
    fn word(&mut self, word: &str, typed: bool, tokens: &[Token], at: usize) -> usize {
        let lower = word.to_lowercase();
        let role = word::role(&lower);
        let governed = word::governed(&lower);
        self.before.push(lower.clone());
        let of_go = self.before.ends_with(&["remote", "error", "tls"].map(str::to_owned));
        if (lower == "alert" || of_go)
            && let Some((count, code)) = alert(tokens, at + 1)
        {
            self.push_number(code, vec![&TLS_ALERT]);
            return count;
        }
        let is_level = lower == "error" && Place::of(tokens, at).is_enclosed();
        match role {
            _ if is_level => self.forget(),
            // Such as `aadtenantid` and `ConnectionFailedClientProtocolError`.
            Role::Other | Role::Reason if governed.is_empty() && self.is_whole_name(word) => {
                self.name_or_word(word, typed);
            }
            Role::Other if lower == "id" && self.is_numbered() => {}
            Role::Other if self.asks(&CREDSSP_VERSION) && self.manner.is_of_versions => {}
            Role::Owner if has(&governed, &CREDSSP_VERSION) && self.manner.is_of_versions => {
                self.reason(&lower, word, role, governed);
            }
            Role::Owner | Role::Other => {
                self.forget();
                self.pending = if role == Role::Other { Pending::Other } else { Pending::Owner };
            }
            _ if !governed.is_empty() || role.is_reason() => self.reason(&lower, word, role, governed),
            Role::Filler => {}
            _ => self.name_or_word(word, typed),
        }
        0
    }

    fn reason(&mut self, lower: &str, word: &str, role: Role, governed: Vec<&'static Table>) {
        self.named &= governed.is_empty();
        if !governed.is_empty() {
            self.govern(governed);
        }
        self.word = Some(word.to_owned());
        self.extended |= role == Role::Extended;
        self.nearer |= role == Role::Nearer;
        self.several = role == Role::Several;
        if role.is_reason() || !self.manner.is_prose || word::is_naming(lower) {
            self.pending = Pending::Reason;
        }
    }

    fn name_or_word(&mut self, word: &str, typed: bool) {
        // Lower-case words are prose where they were not typed alone.
        let is_plain = !typed && word.chars().all(|c| c.is_lowercase());
        let has_name =
            |list: bool| if list && !is_plain { !name::named(word).is_empty() } else { name::is_name(word) };
        let is_word = word.contains('_') && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let unknown = if typed && !self.manner.is_prose { is_word } else { name::is_unknown_name(word) };
        // A button of a message box or the name of an HTTP status, and what errno 0 is called.
        if word.eq_ignore_ascii_case("ok") || !typed && word == "Success" {
            self.forget();
        } else if has_name(!self.manner.is_prose) || unknown {
            self.name(word);
        } else {
            // Such as `MTU 1400`.
            let is_short = word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
            let is_of_word =
                !typed && (self.pending != Pending::Reason || is_short) && !name::is_provider(word);
            self.forget();
            self.named = false;
            // Such as `Foo 3`: where words belong together, a number is that of the word before it.
            self.pending = if is_of_word { Pending::Owner } else { Pending::Nothing };
            self.unread.extend((typed && !self.manner.is_prose).then(|| word.to_owned()));
        }
    }

    /// A name beside its own number is one thing with it.
    fn name(&mut self, name: &str) {
        let rows = name::named(name);
        let same = |term: &&mut Term| matches!(term.kind, Kind::Number(own) if with_code(&rows, own.code).next().is_some());
        if let Some(term) = self.terms.iter_mut().find(same) {
            if let (Kind::Number(own), true) = (&term.kind, term.tables.is_empty()) {
                term.tables = with_code(&rows, own.code).collect();
            }
            return self.forget();
        }
        self.push(Kind::Name(name.to_owned()));
        self.named = true;
    }

    /// Several words mean the tables that have them all; if none has, the last word counts.
    fn govern(&mut self, tables: Vec<&'static Table>) {
        let both: Vec<_> = self.tables.iter().copied().filter(|own| has(&tables, own)).collect();
        self.tables = if both.is_empty() { tables } else { both };
    }

    /// Whether the word before is one of those whose `id` is the code.
    fn is_numbered(&self) -> bool {
        self.pending == Pending::Reason && (self.tables.is_empty() || self.is_of_events())
    }

    fn is_whole_name(&self, word: &str) -> bool {
        name::is_exact(word) && (!self.manner.is_prose || name::is_name(word))
    }

    fn is_refused(&self, token: &Token) -> bool {
        matches!(token, Token::Number(_, Ok(number)) if self.refused == Some(number.code))
    }

    fn asks(&self, table: &Table) -> bool {
        has(&self.tables, table)
    }

    /// In a sentence a word speaks only for the number that follows it directly.
    fn forget(&mut self) {
        self.tables.clear();
        self.word = None;
        self.pending = Pending::Nothing;
        (self.several, self.nearer, self.extended, self.slash) = (false, false, false, false);
    }

    pub(super) fn push_number(&mut self, code: u32, tables: Vec<&'static Table>) {
        self.tables = tables;
        self.push(Kind::Number(Number { code, form: Form::Prefixed }));
    }

    /// Adds a code and forgets what was said about it, unless it was said about several.
    fn push(&mut self, kind: Kind) {
        self.add(kind);
        let (several, tables) = (self.several, self.tables.clone());
        self.forget();
        self.named = false;
        if several {
            (self.several, self.tables, self.pending) = (true, tables, Pending::Reason);
        }
    }

    /// What stands there twice, such as `0x904 (2308)`, is one thing.
    fn add(&mut self, kind: Kind) {
        let tables = self.tables.clone();
        if let Some(same) = self.terms.iter_mut().find(|term| term.is_same(&kind, &tables)) {
            if same.tables.is_empty() {
                same.tables = tables;
            }
            return;
        }
        if self.terms.len() >= MOST {
            self.is_full = true;
            return;
        }
        let before = self.before.split_off(self.before.len().saturating_sub(BEFORE));
        self.before.clear();
        self.terms.push(Term { tables, before, ..Term::new(kind) });
    }

    fn too_long(&mut self, text: &str, typed: bool) {
        self.forget();
        self.too_long.get_or_insert_with(|| text.to_owned());
        self.unread.extend((typed && !self.manner.is_prose).then(|| text.to_owned()));
    }

    /// Why there is nothing to explain.
    pub(super) fn refusal(&self) -> NoCode {
        NoCode(match (&self.too_long, self.unread.first(), &self.word) {
            (Some(text), ..) => format!("\"{text}\" is no code: it has more than 32 bits"),
            (None, Some(token), _) => format!(
                "\"{token}\" is no code; a number such as 0x904, a pair such as 0x904/0x7, a name such as \
                 STATUS_LOGON_FAILURE, \"event 1026\", a text of mstsc or a finding such as certificate-expired \
                 is expected"
            ),
            (None, None, Some(word)) if self.manner.is_alone => {
                format!("a number is expected after \"{word}\"")
            }
            (None, None, _) => "there is no code in it; one such as 0x904 is expected".to_owned(),
        })
    }
}

impl From<Reader> for Terms {
    fn from(reader: Reader) -> Self {
        Self { terms: reader.terms, unread: reader.unread, is_full: reader.is_full }
    }
}
