//! Reads tokens one after the other: what the words say about the next number, and the names among them.

mod numbers;

use super::{
    NoCode,
    lex::Token,
    name::{self, Found},
    number::{Form, Number},
    place::Place,
    term::{Kind, Term, Terms},
    word::{self, Role},
};
use crate::codes::{CREDSSP_VERSION, EVENT, TLS_ALERT, Table, inside};

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

/// How the words are put.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// They are a sentence.
    pub is_prose: bool,
    /// They ask for a version of CredSSP, and for nothing else.
    pub is_of_versions: bool,
}

#[derive(Debug, Default)]
pub struct Reader {
    manner: Manner,
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
    /// Words that are no code, where each argument was meant as one.
    unread: Vec<String>,
    too_long: Option<String>,
}

impl Reader {
    pub fn new(manner: Manner) -> Self {
        Self { manner, ..Self::default() }
    }

    pub fn read(&mut self, tokens: &[(Token, bool)]) {
        let mut at = 0;
        while let Some((token, typed)) = tokens.get(at) {
            at += 1;
            match token {
                Token::Word(word) => at += self.word(word, *typed, tokens, at - 1),
                Token::Number(_, Ok(number)) => self.number(*number, Place::of(tokens, at - 1)),
                Token::Number(text, Err(())) => self.too_long(text, *typed),
                Token::Pair(first, second) => self.pair(*first, *second),
                Token::Setting(name) => self.push(Kind::Name(name.clone())),
                Token::Slash => self.slash = true,
                Token::Comma if self.manner.is_prose && !self.several => self.pending = Pending::Nothing,
                Token::Noise | Token::End if self.manner.is_prose => self.forget(),
                Token::Noise => self.pending = Pending::Nothing,
                Token::Comma | Token::Open | Token::Close | Token::End => {}
            }
        }
    }

    /// Reads a word and returns how many of the next tokens belong to it.
    fn word(&mut self, word: &str, typed: bool, tokens: &[(Token, bool)], at: usize) -> usize {
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
        let has_name = |list: bool| if list { !name::named(word).is_empty() } else { name::is_name(word) };
        let is_word = word.contains('_') && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let unknown = if typed && !self.manner.is_prose { is_word } else { name::is_unknown_name(word) };
        // A button of a message box, and the name of an HTTP status.
        if word.eq_ignore_ascii_case("ok") {
            self.forget();
        } else if has_name(!self.manner.is_prose) || unknown {
            self.name(word);
        } else {
            let is_of_word = !typed && self.pending != Pending::Reason && !name::is_provider(word);
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
        let same = |term: &&mut Term| matches!(term.kind, Kind::Number(own) if coded(&rows, own.code).next().is_some());
        if let Some(term) = self.terms.iter_mut().find(same) {
            if let (Kind::Number(own), true) = (&term.kind, term.tables.is_empty()) {
                term.tables = coded(&rows, own.code).collect();
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

    pub fn push_number(&mut self, code: u32, tables: Vec<&'static Table>) {
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
        let before = self.before.split_off(self.before.len().saturating_sub(BEFORE));
        self.before.clear();
        self.terms.push(Term { tables, before, ..Term::new(kind) });
    }

    fn too_long(&mut self, text: &str, typed: bool) {
        self.forget();
        self.too_long.get_or_insert_with(|| text.to_owned());
        self.unread.extend((typed && !self.manner.is_prose).then(|| text.to_owned()));
    }

    pub fn finish(mut self) -> Self {
        let paired: Vec<u32> = self.terms.iter().filter_map(Term::first_of_pair).collect();
        let within: Vec<_> = self.terms.iter().filter_map(Term::number).flat_map(inside).collect();
        let is_told = |term: &Term, code: u32| {
            let is_inside = |(table, own): &(&'static Table, u32)| *own == code && has(&term.tables, table);
            paired.contains(&code) || within.iter().any(is_inside)
        };
        self.terms.retain(|term| term.number().is_none_or(|code| !is_told(term, code)));
        if self.manner.is_prose && self.terms.iter().any(|term| !matches!(term.kind, Kind::Name(_))) {
            self.terms.retain(Term::is_coded);
        }
        // The nearer one of two statuses says more than the event that holds them.
        if self.has_nearer {
            self.terms.sort_by_key(|term| has(&term.tables, &EVENT));
        }
        self
    }

    /// Why there is nothing to explain.
    pub fn refusal(&self) -> NoCode {
        NoCode(match (&self.too_long, self.unread.first(), &self.word) {
            (Some(text), ..) => format!("\"{text}\" is no code: it has more than 32 bits"),
            (None, Some(token), _) => format!(
                "\"{token}\" is no code; a number such as 0x904, a pair such as 0x904/0x7, a name such as \
                 STATUS_LOGON_FAILURE, \"event 1026\", a text of mstsc or a finding such as certificate-expired \
                 is expected"
            ),
            (None, None, Some(word)) => format!("a number is expected after \"{word}\""),
            (None, None, None) => "there is no code in it; one such as 0x904 is expected".to_owned(),
        })
    }
}

impl From<Reader> for Terms {
    fn from(reader: Reader) -> Self {
        Self { terms: reader.terms, unread: reader.unread }
    }
}

fn has(tables: &[&'static Table], table: &Table) -> bool {
    tables.iter().any(|other| other.name == table.name)
}

/// The tables in which a name has this code.
fn coded(rows: &[Found], code: u32) -> impl Iterator<Item = &'static Table> {
    rows.iter().filter(move |(_, row)| row.code == Some(code)).map(|(table, _)| *table)
}

/// A TLS alert in words, and how many tokens it takes.
fn alert(tokens: &[(Token, bool)], from: usize) -> Option<(usize, u32)> {
    let marks =
        tokens[from..].iter().take_while(|(token, _)| matches!(token, Token::Comma | Token::Open)).count();
    let words = tokens[from + marks..].iter().map_while(|(token, _)| match token {
        Token::Word(word) => Some(word.as_str()),
        _ => None,
    });
    let words: Vec<&str> = words.take(4).collect();
    name::alert(&words).map(|(count, code)| (count + marks, code))
}
