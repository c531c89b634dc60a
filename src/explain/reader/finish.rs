//! What of the codes that were read is told, and in which order.

use super::{Reader, named::has};
use crate::{
    codes::{EVENT, Table, inside},
    explain::{
        name,
        term::{Kind, Term},
    },
};

impl Reader {
    /// Takes away what other codes say already, and what says nothing beside them.
    pub(crate) fn finish(mut self) -> Self {
        let paired: Vec<u32> = self.terms.iter().filter_map(Term::first_of_pair).collect();
        let within: Vec<_> = self.terms.iter().filter_map(Term::number).flat_map(inside).collect();
        let is_told = |term: &Term, code: u32| {
            let is_inside = |(table, own): &(&'static Table, u32)| *own == code && has(&term.tables, table);
            paired.contains(&code) || within.iter().any(is_inside)
        };
        self.terms.retain(|term| term.number().is_none_or(|code| !is_told(term, code)));
        if !self.manner.is_typed {
            self.leave_out();
        }
        if self.manner.is_prose && self.terms.iter().any(|term| !matches!(term.kind, Kind::Name(_))) {
            self.terms.retain(Term::has_code);
        }
        // The nearer one of two statuses says more than the event that holds them.
        if self.has_nearer {
            self.terms.sort_by_key(|term| has(&term.tables, &EVENT));
        }
        self
    }

    /// Beside known codes a word with underscores that no table has is one of prose, and the type of a message says nothing.
    fn leave_out(&mut self) {
        let is_unknown = |term: &Term| matches!(&term.kind, Kind::Name(name) if name::named(name).is_empty());
        if self.terms.iter().any(|term| !is_unknown(term)) {
            self.terms.retain(|term| !is_unknown(term));
        }
        if self.terms.iter().any(|term| !term.is_of_message()) {
            self.terms.retain(|term| !term.is_of_message());
        }
    }
}
