//! What the arguments name: numbers, pairs of numbers and names, with the tables that a word in front of them asks for.

use super::{NoCode, number::Number, number::number};
use crate::codes::{AVD, DISCONNECT, EXTENDED, Row, TABLES, Table};

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

/// # Errors
/// An argument is no code, or there is none.
pub fn terms(arguments: &[String]) -> Result<Vec<Term>, NoCode> {
    let mut reader = Reader::default();
    let mut pasted = arguments.to_vec();
    if let Some(text) = text_in(&arguments.join(" ")) {
        reader.push(Kind::Name(text.to_owned()));
        pasted = vec![without(&arguments.join(" "), text)];
    }
    for argument in &pasted {
        let is_prose = argument.contains(char::is_whitespace);
        let breaks = |c: char| c.is_whitespace() || ",;()[]{}\"=".contains(c);
        for token in argument.split(breaks) {
            reader.read(token.trim_matches(['.', ':', '!', '?', '\'', '#']), is_prose)?;
            if token.ends_with(['.', '!', '?']) {
                reader.forget();
            }
        }
    }
    reader.finish()
}

/// A text of several words that a table has, wherever it stands among the words.
fn text_in(words: &str) -> Option<&'static str> {
    let words = words.to_lowercase();
    let texts = AVD.rows().filter(|row| row.code.is_none());
    texts.map(|row| row.symbol).find(|text| text.contains(' ') && words.contains(&text.to_lowercase()))
}

fn without(words: &str, text: &str) -> String {
    format!("{} ", words.to_lowercase().replace(&text.to_lowercase(), " "))
}

/// The rows of a name: the whole symbol, or its end after an underscore.
pub fn named(name: &str) -> impl Iterator<Item = (&'static Table, Row<'static>)> {
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
}

impl Reader {
    fn read(&mut self, token: &str, is_prose: bool) -> Result<(), NoCode> {
        let lower = token.to_lowercase();
        if token.is_empty() || FILLER.contains(&lower.as_str()) {
            return Ok(());
        }
        if token == "/" {
            self.slash = true;
            return Ok(());
        }
        if let Some(parsed) = number(token) {
            let wide = || NoCode(format!("\"{token}\" is no code: it has more than 32 bits"));
            self.number(parsed.map_err(|()| wide())?);
            return Ok(());
        }
        if let Some((Some(Ok(first)), Some(Ok(second)))) =
            token.split_once('/').map(|(a, b)| (number(a), number(b)))
        {
            self.push(Kind::Pair(first.code, second.code));
            return Ok(());
        }
        self.word_or_name(token, &lower, is_prose)
    }

    /// Words of tables come first, because some are names as well; what is left over must be prose.
    fn word_or_name(&mut self, token: &str, lower: &str, is_prose: bool) -> Result<(), NoCode> {
        let governs = |table: &&Table| table.words.contains(&lower) || table.name == lower;
        let governed: Vec<_> = TABLES.iter().copied().filter(|table| governs(table)).collect();
        let property = token.split(':').next().unwrap_or_default();
        if !governed.is_empty() {
            self.govern(token, governed);
        } else if named(token).next().is_some() {
            self.push(Kind::Name(token.to_owned()));
        } else if named(property).any(|(_, row)| row.code.is_none()) {
            self.push(Kind::Name(property.to_owned()));
        } else if token.contains(':') {
            return token.split(':').try_for_each(|part| self.read(part, is_prose));
        } else if token.contains('_') && token.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.push(Kind::Name(token.to_owned()));
        } else if is_prose {
            self.forget();
        } else {
            return Err(NoCode(format!(
                "\"{token}\" is no code; a number such as 0x904, a pair such as 0x904/0x7, a name such as \
                 STATUS_LOGON_FAILURE, \"event 1026\" or a finding such as certificate-expired is expected"
            )));
        }
        Ok(())
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

    fn push(&mut self, kind: Kind) {
        self.word = None;
        self.terms.push(Term { tables: std::mem::take(&mut self.tables), kind });
    }

    fn finish(self) -> Result<Vec<Term>, NoCode> {
        match self.word {
            _ if self.terms.is_empty() && self.word.is_none() => {
                Err(NoCode("there is no code in it; one such as 0x904 is expected".to_owned()))
            }
            Some(word) if self.terms.is_empty() => {
                Err(NoCode(format!("a number is expected after \"{word}\"")))
            }
            _ => Ok(self.terms),
        }
    }
}

/// Two numbers side by side are a pair when they can be read as one: small extended codes are never disconnect reasons
/// that anybody looks up beside another.
fn is_pair(first: u32, second: u32) -> bool {
    let extended = EXTENDED.find(second).is_some() && (second < 0x100 || DISCONNECT.find(second).is_none());
    DISCONNECT.find(first).is_some() && extended
}
