//! What words say about the number after them: that it is a code, in which tables, or that it is something else.
//!
//! A word orders the tables and hides none: if those that it asks for lack the code, the others are searched, then
//! what is inside it by rule. The decimal number of an event belongs to nothing else, so it stays unknown.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use crate::codes::{EVENT, EXTENDED, NTSTATUS, TABLES, TLS_ALERT, Table};

/// Kinds of words, in the languages of clients and logs.
const WORDS: &str = include_str!("words.tsv");

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The number after it is a code.
    Reason,
    /// The numbers after it are codes.
    Several,
    /// The number after it is an extended code.
    Extended,
    /// The number after it is the nearer one of two statuses.
    Nearer,
    /// The number after it is something else, even with 0x in front.
    Other,
    /// The number after it is something else, if it is decimal.
    Owner,
    /// It changes nothing.
    Filler,
    Plain,
}

impl Role {
    /// Whether a code follows.
    pub(super) fn is_reason(self) -> bool {
        matches!(self, Self::Reason | Self::Several | Self::Extended | Self::Nearer)
    }
}

/// The words of each kind.
fn kinds() -> &'static BTreeMap<&'static str, Vec<&'static str>> {
    static KINDS: OnceLock<BTreeMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    KINDS.get_or_init(|| {
        let mut kinds: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
        for (kind, words) in lines.filter_map(|line| line.split_once('\t')) {
            kinds.entry(kind).or_default().extend(words.split(' '));
        }
        kinds
    })
}

fn of(kind: &str) -> &'static [&'static str] {
    kinds().get(kind).map_or(&[], Vec::as_slice)
}

/// The kinds of each word.
static KINDS_OF: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut kinds_of: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (kind, words) in kinds() {
        words.iter().for_each(|word| kinds_of.entry(*word).or_default().push(*kind));
    }
    kinds_of
});

/// The tables that each word asks for.
static TABLES_OF: LazyLock<BTreeMap<&'static str, Vec<&'static Table>>> = LazyLock::new(|| {
    let mut tables_of: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for table in TABLES.iter().copied() {
        let name = Some(&table.name).filter(|name| !table.words.contains(name));
        table.words.iter().chain(name).for_each(|word| tables_of.entry(*word).or_default().push(table));
    }
    tables_of
});

fn is(kind: &str, word: &str) -> bool {
    KINDS_OF.get(word).is_some_and(|kinds| kinds.contains(&kind))
}

/// What a word is, in lower case; `id` and `version` depend on the words before them.
pub(super) fn role(word: &str) -> Role {
    match word {
        word if is_extended(word) => Role::Extended,
        word if is("nearer", word) => Role::Nearer,
        word if is("other", word) => Role::Other,
        word if is("several", word) => Role::Several,
        word if is("reason", word) || of("ending").iter().any(|end| word.ends_with(end)) => Role::Reason,
        // Such as `ProcessID`, `TargetLogonId` and `LogonType`.
        word if ["id", "type", "port"]
            .iter()
            .any(|end| word.len() > end.len() + 3 && word.ends_with(end)) =>
        {
            Role::Other
        }
        word if is("owner", word) || is_versioned(word) => Role::Owner,
        // Japanese, Chinese and Korean have words of one character between a word and its number.
        word if is("filler", word) || (word.chars().count() == 1 && !word.is_ascii()) => Role::Filler,
        _ => Role::Plain,
    }
}

/// The shortest form is a whole word, the others are beginnings, or anywhere in languages without spaces.
fn is_extended(word: &str) -> bool {
    let fits = |stem: &&str| match *stem {
        "ext" => word == "ext",
        stem => word.starts_with(stem) || (!stem.is_ascii() && word.contains(stem)),
    };
    of("extended").iter().any(fits)
}

/// Whether a number that is glued to the word with a colon is its value.
pub(super) fn is_label(word: &str) -> bool {
    is_reason(word) || !governed(&word.to_lowercase()).is_empty()
}

/// Whether a number in brackets behind the word is its value.
pub(super) fn is_reason(word: &str) -> bool {
    let lower = word.to_lowercase();
    is_naming(&lower) || role(&lower).is_reason()
}

/// Whether it is a protocol, a program or a paper that is known by its number, which in a sentence is a word like others.
pub(super) fn is_versioned(lower: &str) -> bool {
    is("versioned", lower)
}

/// Whether a number before this word is an amount.
pub(super) fn is_unit(word: &str) -> bool {
    is("unit", &word.to_lowercase())
}

/// Whether the number one before this word is an amount.
pub(super) fn is_single(word: &str) -> bool {
    is("single", &word.to_lowercase())
}

/// Whether it joins the last two of several numbers.
pub(super) fn is_joining(word: &str) -> bool {
    is("joining", &word.to_lowercase())
}

/// Whether a single number behind the word is how many there were, as in `errors: 12`.
pub(super) fn is_counted(lower: &str) -> bool {
    is("counted", lower)
}

/// Whether the word asks for its tables in a sentence as well, as the words for events do in every language.
pub(super) fn is_naming(lower: &str) -> bool {
    is("naming", lower) || is("event", lower)
}

/// The tables that a word asks for.
pub(super) fn governed(lower: &str) -> Vec<&'static Table> {
    match lower {
        word if is("event", word) => vec![&EVENT],
        word if is("alert", word) => vec![&TLS_ALERT],
        word if is_extended(word) => vec![&EXTENDED],
        word if is("nearer", word) && word != "sub" => vec![&NTSTATUS],
        word => TABLES_OF.get(word).cloned().unwrap_or_default(),
    }
}

/// Whether what stands in quotes behind the word is the name of a person or a machine.
pub(super) fn is_named(lower: &str) -> bool {
    is("named", lower)
}
