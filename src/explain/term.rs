//! One thing to explain: a number, a pair of numbers, a name or a text, with the tables that a word in front of it asks for.

use super::{name, number::Number};
use crate::codes::{
    AVD, CAPABILITY_SET, LICENSE_MESSAGE, NEGOTIATION_PROTOCOL, NEGOTIATION_STRUCTURE, SAVE_SESSION_INFO,
    SHARE_DATA, Table, Text, meant,
};

/// One thing to explain.
#[derive(Debug)]
pub(super) struct Term {
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
pub(super) enum Kind {
    Number(Number),
    /// A disconnect reason with its extended code.
    Pair(u32, u32),
    Name(String),
    /// A text without a number.
    Text(Box<Text>),
}

/// What was read, and what was not.
#[derive(Debug)]
pub(super) struct Terms {
    pub terms: Vec<Term>,
    pub unread: Vec<String>,
    /// Whether there are more.
    pub is_full: bool,
}

impl Term {
    pub(super) fn new(kind: Kind) -> Self {
        Self { tables: Vec::new(), kind, before: Vec::new(), providers: Vec::new(), is_only: false }
    }

    /// Whether it is the same thing, as far as both say of which kind it is.
    pub(super) fn is_same(&self, kind: &Kind, tables: &[&'static Table]) -> bool {
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
    pub(super) fn number(&self) -> Option<u32> {
        if let Kind::Number(own) = self.kind { Some(own.code) } else { None }
    }

    /// Whether it stands for a number, or may.
    pub(super) fn has_code(&self) -> bool {
        let Kind::Name(name) = &self.kind else { return true };
        let named = name::named(name);
        if named.iter().any(|(table, _)| table.name == AVD.name) {
            return true;
        }
        let rows: Vec<_> = named.into_iter().flat_map(|(table, row)| meant(table, row)).collect();
        rows.is_empty() || rows.iter().any(|(_, row)| row.code.is_some())
    }

    /// Whether it is the type of a message, and no reason for anything.
    pub(super) fn is_of_message(&self) -> bool {
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
    pub(super) fn is_of_offer(&self) -> bool {
        let Kind::Name(name) = &self.kind else { return false };
        let rows = name::named(name);
        !rows.is_empty() && rows.iter().all(|(table, _)| table.name == NEGOTIATION_PROTOCOL.name)
    }

    /// The first number of a pair.
    pub(super) fn first_of_pair(&self) -> Option<u32> {
        if let Kind::Pair(first, _) = self.kind { Some(first) } else { None }
    }
}

/// Tables of the types of messages.
pub(super) const TYPES: &[&Table] =
    &[&NEGOTIATION_STRUCTURE, &LICENSE_MESSAGE, &CAPABILITY_SET, &SHARE_DATA, &SAVE_SESSION_INFO];
