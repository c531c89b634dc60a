//! One conversation by its number, which is known only when all of them are: files are read twice.

use std::collections::BTreeMap;

use super::input::{self, Keys};
use crate::{
    cli::{Error, arguments::read::ReadArguments},
    render::{Place, place},
    report::Report,
};

/// The conversation with this number.
///
/// # Errors
/// Nothing could be read, or there are fewer.
pub(super) fn find(arguments: &ReadArguments, keys: Keys<'_>, number: u64) -> Result<Report, Error> {
    let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
    // A pipe can be read only once, so all that may have the number are kept.
    match arguments.files.iter().any(|path| ReadArguments::is_read_once(path)) {
        true => of_the_first(arguments, keys, index),
        false => again(arguments, keys, index),
    }
}

fn of_the_first(arguments: &ReadArguments, keys: Keys<'_>, index: usize) -> Result<Report, Error> {
    let (mut first, mut count) = (BTreeMap::new(), 0_u64);
    let lacking = input::read(arguments, keys, &mut |report| {
        count += 1;
        first.insert((place(&report), count), report);
        if first.len() > index.saturating_add(1) {
            first.pop_last();
        }
    })?;
    lacking.say(arguments, count > 0);
    match count {
        0 => Err(lacking.nothing()),
        _ => first.into_values().nth(index).ok_or_else(|| missing(arguments, count as usize)),
    }
}

fn again(arguments: &ReadArguments, keys: Keys<'_>, index: usize) -> Result<Report, Error> {
    let mut places: Vec<Place> = Vec::new();
    let lacking = input::read(arguments, keys.clone(), &mut |report| places.push(place(&report)))?;
    lacking.say(arguments, !places.is_empty());
    if places.is_empty() {
        return Err(lacking.nothing());
    }
    places.sort_unstable();
    let Some(wanted) = places.get(index) else { return Err(missing(arguments, places.len())) };
    let mut found = None;
    input::read(arguments, keys, &mut |report| {
        if found.is_none() && place(&report) == *wanted {
            found = Some(report);
        }
    })?;
    found.ok_or_else(|| Error::new("the capture has changed while it was read"))
}

fn missing(arguments: &ReadArguments, count: usize) -> Error {
    let number = arguments.conversation.unwrap_or_default();
    Error::new(format!("there is no conversation {number}: the capture has {count}"))
}
