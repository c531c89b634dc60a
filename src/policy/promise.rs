//! One row of the table of promises.

use super::{
    subject::{Answer, Subject},
    wanted::{Shape, Wanted},
};

/// A promise that a policy can make, and how it is held against a report.
pub(super) struct Promise {
    /// Its name with dots; `*` stands for one of `parts`.
    pub name: &'static str,
    /// One sentence for whoever writes a policy.
    pub about: &'static str,
    /// What it takes, and how it is put into words.
    pub shape: Shape,
    /// What may stand for the `*` in its name.
    pub parts: fn() -> Vec<&'static str>,
    /// What became of it.
    pub check: fn(&Subject<'_>, &Asked<'_>) -> Answer,
    /// What a policy that is written from a report promises.
    pub proposal: Proposal,
}

/// What was promised.
pub(super) struct Asked<'w> {
    /// The value.
    pub wanted: &'w Wanted,
    /// What stands for the `*` in the name.
    pub part: &'w str,
}

/// What a policy that is written from a report promises.
#[derive(Clone, Copy)]
pub(super) enum Proposal {
    /// Nothing.
    Nothing,
    /// This of every host.
    Everywhere(fn(&Subject<'_>) -> Option<Wanted>),
    /// This of the host alone.
    Here(fn(&Subject<'_>) -> Option<Wanted>),
}

impl Promise {
    /// One without parts and without a proposal.
    pub(super) const fn new(
        name: &'static str,
        about: &'static str,
        shape: Shape,
        check: fn(&Subject<'_>, &Asked<'_>) -> Answer,
    ) -> Self {
        Self { name, about, shape, parts: Vec::new, check, proposal: Proposal::Nothing }
    }

    /// The same for each of these parts.
    pub(super) const fn of_each(self, parts: fn() -> Vec<&'static str>) -> Self {
        Self { parts, ..self }
    }

    /// The same with what is proposed for every host.
    pub(super) const fn proposing(self, value: fn(&Subject<'_>) -> Option<Wanted>) -> Self {
        Self { proposal: Proposal::Everywhere(value), ..self }
    }

    /// The same with what is proposed for the host alone.
    pub(super) const fn proposing_here(self, value: fn(&Subject<'_>) -> Option<Wanted>) -> Self {
        Self { proposal: Proposal::Here(value), ..self }
    }

    /// What stands for the `*` in this name, if it is one of its own; nothing where there is none.
    pub(super) fn part(&self, name: &str) -> Option<&'static str> {
        match self.name.split_once('*') {
            None => (self.name == name).then_some(""),
            Some((before, after)) => {
                let part = name.strip_prefix(before)?.strip_suffix(after)?;
                (self.parts)().into_iter().find(|own| *own == part)
            }
        }
    }

    /// Every name that it goes by, with its part.
    pub(super) fn names(&self) -> Vec<(String, &'static str)> {
        match self.name.contains('*') {
            true => (self.parts)().into_iter().map(|part| (self.name.replace('*', part), part)).collect(),
            false => vec![(self.name.to_owned(), "")],
        }
    }
}
