//! Which numbers are codes, and which of them belong together.
//!
//! A number needs a reason to be a code. In a sentence (two words that say nothing about a number make one) that is
//! its form, such as 0x or a status of Windows, or the word before it (`words.tsv`). Alone every number is meant. A
//! second number is an extended code only after a slash or that word; of two statuses the sub status comes first; of
//! an event's data only the last four bytes count.

use std::ops::RangeInclusive;

use super::{
    Pending, Reader,
    named::{has, with_code},
};
use crate::{
    codes::{DISCONNECT, ERRNO, EVENT, EXTENDED, Table, inside},
    explain::{
        name,
        number::{Form, Number, is_known},
        place::Place,
        term::{Kind, Term},
        topic, word,
    },
};

/// Protocols and programs that ask for tables, and their versions, which are no codes there.
const VERSIONED: &[(&str, RangeInclusive<u32>)] = &[
    ("tls", 1..=3),
    ("ssl", 2..=3),
    ("http", 1..=3),
    ("ntlm", 1..=2),
    ("kerberos", 5..=5),
    ("openssl", 1..=4),
    ("freerdp", 1..=20),
    ("guacamole", 1..=2),
];

/// Builds of Windows, which stand behind its name and no table has.
const BUILDS: &[u32] = &[
    7600, 7601, 9200, 9600, 10240, 10586, 14393, 15063, 16299, 17134, 17763, 18362, 18363, 19041, 19042,
    19043, 19044, 19045, 20348, 22000, 22621, 22631, 25398, 26100, 26200,
];

impl Reader {
    /// A number of which the words around it may say what it is.
    pub(super) fn about(&mut self, text: &str, number: Number, place: Place, topic: Option<&topic::Kind>) {
        if let Some(failed) = number.negated() {
            return self.failed(number, failed);
        }
        let is_bare = matches!(number.form, Form::Decimal | Form::Hex) && !number.is_evident();
        let of = |table: &Table, code: u32| table.find(code).is_some();
        match topic {
            Some(topic::Kind::Never) => self.refuse(number),
            Some(topic::Kind::Bare) if is_bare => self.refuse(number),
            Some(topic::Kind::Of(table)) if of(table, number.code) => {
                self.push_number(number.code, vec![*table])
            }
            Some(topic::Kind::Only(tables))
                if !number.is_status() || tables.iter().any(|table| of(table, number.code)) =>
            {
                let first = tables.iter().find(|table| of(table, number.code)).or(tables.first());
                self.push_number(number.code, first.into_iter().copied().collect());
                self.terms.last_mut().iter_mut().for_each(|term| term.is_only = true);
            }
            Some(topic::Kind::Hex(table)) => match u32::from_str_radix(text, 16) {
                Ok(code) if of(table, code) => self.push_number(code, vec![*table]),
                _ => self.number(number, place),
            },
            _ => self.number(number, place),
        }
    }

    /// A small number with a minus says that a call failed, and is a code only where it is an error of Linux.
    fn failed(&mut self, number: Number, errno: u32) {
        if self.asks(&ERRNO) && ERRNO.find(errno).is_some() {
            self.push_number(errno, vec![&ERRNO]);
        } else {
            self.refuse(number);
        }
    }

    /// What is no code is none either where it stands once more.
    fn refuse(&mut self, number: Number) {
        self.refused = Some(number.code);
        self.forget();
        self.pending = Pending::Owner;
    }

    fn number(&mut self, number: Number, place: Place) {
        let slash = std::mem::take(&mut self.slash);
        if place.is_at_end_of_brackets() && self.repeats(number) {
            return self.forget();
        }
        if self.is_named(number.code) {
            return self.forget();
        }
        if !self.is_code(number, place) && !slash {
            self.refused = Some(number.code);
            // Such as `Windows 10 1909`.
            if self.pending != Pending::Owner {
                self.pending = Pending::Nothing;
            }
            return;
        }
        let last = self.terms.last().and_then(|term| match (&term.kind, self.is_of_client(term)) {
            (Kind::Number(first), true) => Some(*first),
            _ => None,
        });
        match last {
            Some(first) if (slash || self.is_extended(first, number)) && !self.is_of_events() => {
                self.terms.pop();
                self.both(first, number);
            }
            Some(second) if self.is_behind_extended(number) => {
                self.terms.pop();
                self.both(number, second);
            }
            Some(first) if self.nearer && first.is_status() && number.code != 0 => {
                self.has_nearer = true;
                let at = self.terms.len() - 1;
                self.add(Kind::Number(number));
                if self.terms.len() > at + 1 {
                    self.terms.swap(at, at + 1);
                }
                self.forget();
            }
            _ => self.push(Kind::Number(number)),
        }
    }

    /// Whether the last code says the same, as in `0x7 (7)` and `0x8007274D (10061)`; of both ways round the longer is kept.
    fn repeats(&mut self, number: Number) -> bool {
        let has = |code: u32, own: u32| inside(code).iter().any(|(_, inner)| *inner == own);
        match self.terms.last_mut() {
            Some(Term { kind: Kind::Pair(_, extended), .. }) => *extended == number.code,
            Some(Term { kind: Kind::Number(last), .. }) if has(last.code, number.code) => true,
            Some(Term { kind: Kind::Number(last), tables, .. }) if has(number.code, last.code) => {
                *last = number;
                tables.clear();
                true
            }
            _ => false,
        }
    }

    /// A status is no extended code of a small number.
    fn is_extended(&self, first: Number, second: Number) -> bool {
        self.extended && (first.is_status() || !second.is_status())
    }

    /// Whether the extended code stands before the number that it belongs to.
    fn is_behind_extended(&self, number: Number) -> bool {
        let of_extended = |term: &Term| matches!(term.tables[..], [table] if table.name == EXTENDED.name);
        let is_reason = self.pending == Pending::Reason && !self.several && !number.is_status();
        is_reason && !self.manner.is_typed && self.terms.last().is_some_and(of_extended)
    }

    /// A name that stands directly before its own number is replaced by it.
    fn is_named(&mut self, code: u32) -> bool {
        let Some(Term { kind: Kind::Name(name), .. }) = self.terms.last().filter(|_| self.named) else {
            return false;
        };
        let tables: Vec<_> = with_code(&name::named(name), code).collect();
        if tables.is_empty() {
            return false;
        }
        self.terms.pop();
        self.push_number(code, tables);
        true
    }

    fn is_code(&self, number: Number, place: Place) -> bool {
        let bare = number.form == Form::Decimal;
        let again = self.refused == Some(number.code) && place.is_enclosed();
        // Such as `ext. 204` behind a code in hexadecimal, which is a telephone.
        let called = self.extended && self.before.last().is_some_and(|word| word == "ext") && self.is_call();
        let windows = !self.manner.is_of_numbers && BUILDS.contains(&number.code) && !is_known(number.code);
        let amount = place.is_amount && !(self.is_of_events() && self.pending == Pending::Reason);
        let other = amount || place.is_item() || called || windows || self.is_version(number.code);
        let counted = self.several && !place.is_listed && self.is_counted();
        if again || bare && (other || counted) {
            return false;
        }
        if !number.is_status() && place.is_of_identifier || bare && self.is_build(place) {
            return false;
        }
        match self.pending {
            _ if self.manner.is_of_name => true,
            Pending::Reason => true,
            Pending::Other => number.is_status() && is_known(number.code),
            Pending::Owner => number.is_evident(),
            Pending::Nothing => !self.manner.is_prose || number.is_evident(),
        }
    }

    /// Whether the word that governs is one such as `errors`.
    fn is_counted(&self) -> bool {
        self.word.as_deref().is_some_and(|word| word::is_counted(&word.to_lowercase()))
    }

    /// Whether it is the version of the protocol or the program that is named directly before it.
    fn is_version(&self, code: u32) -> bool {
        let word = self.word.as_deref().unwrap_or_default().to_lowercase();
        VERSIONED.iter().any(|(name, versions)| word == *name && versions.contains(&code))
    }

    /// Whether no code in decimal stands before.
    fn is_call(&self) -> bool {
        let decimal = |term: &Term| matches!(&term.kind, Kind::Number(own) if own.form == Form::Decimal);
        !self.terms.last().is_some_and(decimal)
    }

    /// Such as `Windows App 11.1.3 (2508261)`.
    fn is_build(&self, place: Place) -> bool {
        self.pending != Pending::Reason && place.is_enclosed() && place.is_behind_noise
    }

    fn is_of_client(&self, term: &Term) -> bool {
        self.nearer || has(&term.tables, &DISCONNECT) || !has(&term.tables, &EVENT)
    }

    pub(super) fn is_of_events(&self) -> bool {
        self.tables.len() == 1 && self.asks(&EVENT)
    }

    pub(super) fn pair(&mut self, first: Number, second: Number) {
        let known = first.form != Form::Decimal || DISCONNECT.find(first.code).is_some();
        let known = known || !self.manner.is_prose || self.is_of_events();
        // Such as `3/12` and `1/2`, which are dates and fractions where no word calls them codes.
        let reason = self.pending == Pending::Reason && known;
        if self.manner.is_of_numbers || reason || first.is_evident() {
            self.both(first, second);
        } else {
            self.pending = Pending::Nothing;
        }
    }

    /// Two numbers with a slash: events, two statuses of which the second is nearer, or a reason with its extended code.
    fn both(&mut self, first: Number, second: Number) {
        if self.is_of_events() {
            self.add(Kind::Number(first));
            self.push(Kind::Number(second));
        } else if first.is_status() && second.is_status() {
            self.has_nearer = true;
            self.add(Kind::Number(second));
            self.push(Kind::Number(first));
        } else {
            self.push(Kind::Pair(first.code, second.code));
        }
    }
}
