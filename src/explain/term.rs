//! What the arguments name: numbers, pairs of numbers and names, with the tables that a word in front of them asks for.

use super::{NoCode, number::Number, number::number};
use crate::codes::{DISCONNECT, EXTENDED, Row, TABLES, Table, spelt, text_in};

/// One thing to explain.
#[derive(Debug)]
pub struct Term {
    /// The tables that were asked for; empty for all.
    pub tables: Vec<&'static Table>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Number(Number),
    /// A disconnect reason with its extended code.
    Pair(u32, u32),
    Name(String),
}

/// Words around codes in message boxes and logs.
const FILLER: &[&str] = &[
    "a", "an", "and", "code", "codes", "decimal", "error", "errors", "has", "hex", "id", "info", "is", "no",
    "number", "occurred", "of", "or", "set", "sub", "the", "was", "with",
];

/// What was read, and what was not.
#[derive(Debug)]
pub struct Terms {
    pub terms: Vec<Term>,
    pub unread: Vec<String>,
}

/// # Errors
/// There is no code in the arguments.
pub fn terms(arguments: &[String]) -> Result<Terms, NoCode> {
    let mut reader = Reader::default();
    let mut pasted = arguments.to_vec();
    if let Some(text) = text_in(&arguments.join(" ")) {
        reader.push(Kind::Name(text.row.symbol.to_owned()));
        pasted = vec![format!("{} ", text.rest)];
    }
    for argument in &pasted {
        let is_prose = argument.contains(char::is_whitespace);
        let breaks = |c: char| c.is_whitespace() || ",;()[]{}\"=".contains(c);
        for token in argument.split(breaks) {
            reader.read(token.trim_matches(['.', ':', '!', '?', '\'', '#']), is_prose);
            if token.ends_with(['.', '!', '?']) {
                reader.forget();
            }
        }
    }
    reader.finish()
}

/// The rows of a name: the whole symbol, or its end after an underscore.
pub fn named(name: &str) -> impl Iterator<Item = (&'static Table, Row<'static>)> {
    let name = &spelt(name).unwrap_or_else(|| name.to_owned());
    let end = format!("_{}", name.to_lowercase());
    let name = name.to_lowercase();
    let fits = move |row: &Row<'_>| {
        let symbol = row.symbol.to_lowercase();
        symbol == name || (name.contains('_') && symbol.ends_with(&end))
    };
    let rows = TABLES.iter().flat_map(|table| table.rows().map(move |row| (*table, row)));
    rows.filter(move |(_, row)| fits(row))
}

#[derive(Default)]
struct Reader {
    terms: Vec<Term>,
    tables: Vec<&'static Table>,
    /// The word that governs, until a number comes.
    word: Option<String>,
    /// Whether a slash stands alone between two numbers.
    slash: bool,
    /// Words that are no code, where each argument was meant as one.
    unread: Vec<String>,
}

impl Reader {
    fn read(&mut self, token: &str, is_prose: bool) {
        let lower = token.to_lowercase();
        if token == "/" {
            self.slash = true;
        } else if FILLER.contains(&lower.as_str()) || !token.contains(char::is_alphanumeric) {
        } else if let Some(Ok(parsed)) = number(token) {
            self.number(parsed);
        } else if let Some((Some(Ok(first)), Some(Ok(second)))) =
            token.split_once('/').map(|(a, b)| (number(a), number(b)))
        {
            self.push(Kind::Pair(first.code, second.code));
        } else {
            self.word_or_name(token, &lower, is_prose);
        }
    }

    /// Words of tables come first, because some are names as well; what is left over is prose or no code.
    fn word_or_name(&mut self, token: &str, lower: &str, is_prose: bool) {
        let governs = |table: &&Table| table.words.contains(&lower) || table.name == lower;
        let governed: Vec<_> = TABLES.iter().copied().filter(governs).collect();
        let property = token.split(':').next().unwrap_or_default();
        if !governed.is_empty() {
            self.govern(token, governed);
        } else if named(token).next().is_some() {
            self.push(Kind::Name(token.to_owned()));
        } else if named(property).any(|(_, row)| row.code.is_none()) {
            self.push(Kind::Name(property.to_owned()));
        } else if token.contains(':') {
            token.split(':').for_each(|part| self.read(part, is_prose));
        } else if token.contains('_') && token.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.push(Kind::Name(token.to_owned()));
        } else {
            self.forget();
            self.unread.extend((!is_prose).then(|| token.to_owned()));
        }
    }

    /// Several words mean the tables that have them all; if none has, the last word counts.
    fn govern(&mut self, word: &str, tables: Vec<&'static Table>) {
        let has = |table: &&'static Table| tables.iter().any(|other| other.name == table.name);
        let both: Vec<_> = self.tables.iter().copied().filter(has).collect();
        self.tables = if both.is_empty() { tables } else { both };
        self.word = Some(word.to_owned());
    }

    /// In a sentence a word governs only the number that follows it directly.
    fn forget(&mut self) {
        self.tables.clear();
        self.word = None;
    }

    fn number(&mut self, number: Number) {
        let slash = std::mem::take(&mut self.slash);
        let extended = self.tables.len() == 1 && self.tables[0].name == EXTENDED.name;
        if let Some(Term { tables, kind: Kind::Number(first) }) = self.terms.last() {
            let reason = tables.is_empty() || tables.iter().any(|table| table.name == DISCONNECT.name);
            let paired = slash || extended || (self.tables.is_empty() && is_pair(first.code, number.code));
            if reason && paired {
                let pair = Kind::Pair(first.code, number.code);
                self.terms.pop();
                return self.push(pair);
            }
        }
        self.push(Kind::Number(number));
    }

    /// What stands twice in a row, such as `0x904 (2308)`, is one thing.
    fn push(&mut self, kind: Kind) {
        self.word = None;
        let tables = std::mem::take(&mut self.tables);
        if self.terms.last().is_none_or(|last| !tables.is_empty() || !last.is_same(&kind)) {
            self.terms.push(Term { tables, kind });
        }
    }

    fn finish(self) -> Result<Terms, NoCode> {
        if !self.terms.is_empty() {
            return Ok(Terms { terms: self.terms, unread: self.unread });
        }
        Err(NoCode(match (self.unread.first(), self.word) {
            (Some(token), _) if matches!(number(token), Some(Err(()))) => {
                format!("\"{token}\" is no code: it has more than 32 bits")
            }
            (Some(token), _) => format!(
                "\"{token}\" is no code; a number such as 0x904, a pair such as 0x904/0x7, a name such as \
                 STATUS_LOGON_FAILURE, \"event 1026\", a text of mstsc or a finding such as certificate-expired \
                 is expected"
            ),
            (None, Some(word)) => format!("a number is expected after \"{word}\""),
            (None, None) => "there is no code in it; one such as 0x904 is expected".to_owned(),
        }))
    }
}

impl Term {
    fn is_same(&self, kind: &Kind) -> bool {
        match (&self.kind, kind) {
            (Kind::Number(a), Kind::Number(b)) => a.code == b.code,
            (a, b) => a == b,
        }
    }
}

/// Two numbers side by side are a pair when they can be read as one: small extended codes are never disconnect reasons
/// that anybody looks up beside another.
fn is_pair(first: u32, second: u32) -> bool {
    let extended = EXTENDED.find(second).is_some() && (second < 0x100 || DISCONNECT.find(second).is_none());
    DISCONNECT.find(first).is_some() && extended
}
