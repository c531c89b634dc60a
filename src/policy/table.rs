//! The promises of one table of a policy, with names that may be written with dots or as tables.

use std::collections::BTreeMap;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    allowance::{self, Allowance},
    mistake::{Mistake, unknown},
    topics,
    value::value,
    wanted::Wanted,
};

/// What is promised of some hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Promises {
    /// The value of each promise by its name.
    pub values: BTreeMap<String, Wanted>,
    /// The findings that are accepted.
    pub allowed: Vec<Allowance>,
}

/// The name of the list of findings that are accepted.
pub(super) const ALLOW: &str = "findings.allow";

impl Promises {
    /// Reads what stands under `name`; `text` is the whole policy.
    ///
    /// # Errors
    /// The first mistake in it.
    pub(super) fn read(
        &mut self,
        text: &str,
        prefix: &str,
        table: &DeTable<'_>,
        except: &[&str],
    ) -> Result<(), Mistake> {
        for (key, given) in table.iter().filter(|(key, _)| !except.contains(&key.get_ref().as_ref())) {
            let name = if prefix.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{prefix}.{}", key.get_ref())
            };
            self.entry(text, &name, given)
                .map_err(|what| what.at(text, key.span().start, given.span().start))?;
        }
        Ok(())
    }

    fn entry(&mut self, text: &str, name: &str, given: &Spanned<DeValue<'_>>) -> Result<(), Wrong> {
        if name == ALLOW {
            self.allowed.extend(allowance::all(given.get_ref()).map_err(Wrong::Value)?);
            return Ok(());
        }
        if let Some((promise, _)) = topics::find(name) {
            let wanted = value(promise.shape.kind, given.get_ref());
            let wanted = wanted.map_err(|what| Wrong::Value(format!("{name}: {what}")))?;
            return match self.values.insert(name.to_owned(), wanted) {
                Some(_) => Err(Wrong::Name(format!("{name} is promised twice"))),
                None => Ok(()),
            };
        }
        match given.get_ref().as_table() {
            Some(inner) if is_group(name) => self.read(text, name, inner, &[]).map_err(Wrong::Told),
            inner => Err(Wrong::Name(no_promise(name, inner.is_some()))),
        }
    }
}

/// What is wrong with an entry, and where that is.
enum Wrong {
    Name(String),
    Value(String),
    Told(Mistake),
}

impl Wrong {
    fn at(self, text: &str, name: usize, value: usize) -> Mistake {
        match self {
            Self::Name(what) => Mistake::at(text, name, what),
            Self::Value(what) => Mistake::at(text, value, what),
            Self::Told(mistake) => mistake,
        }
    }
}

/// Whether names of promises begin with this one.
pub(super) fn is_group(name: &str) -> bool {
    let starts = |own: &String| own.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    name == "findings" || topics::names().iter().any(starts)
}

/// A table may be a group of promises that is misspelt.
fn no_promise(name: &str, is_table: bool) -> String {
    let mut names: Vec<String> = topics::names().into_iter().chain([ALLOW.to_owned()]).collect();
    if is_table {
        let depth = name.split('.').count();
        let group = |name: &String| name.split('.').take(depth).collect::<Vec<_>>().join(".");
        names = names.iter().map(group).collect();
    }
    unknown("promise", name, names.iter().map(String::as_str))
}
