//! The clocks of several captures, as far as the packets that two of them hold tell.

use std::path::{Path, PathBuf};

use super::named::{Named, name, open};
use crate::{capture::Sightings, cli::arguments::read::ReadArguments};

/// So many files are the parts of one capture rather than places.
const MOST: usize = 16;

/// The files with how far their clocks are ahead of the first one's; a sentence for each that is. What is read only once, as
/// standard input is, cannot be compared.
pub(super) fn compared<'p>(paths: &'p [PathBuf], told: &mut Vec<String>) -> Vec<Named<'p>> {
    let mut known: Vec<(Named<'p>, Sightings)> = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        let sightings = if paths.len() > MOST { Sightings::default() } else { sightings(path) };
        let like = known.iter().find_map(|(before, seen)| Some((*before, seen.ahead(&sightings)?)));
        let ahead = like.map_or(0, |(before, ahead)| before.ahead.saturating_add(ahead));
        if let Some((before, apart)) = like.filter(|(_, apart)| *apart != 0) {
            told.push(sentence(path, before.path, apart));
        }
        let copies = like.is_some();
        if let Some((before, _)) = like {
            known[before.number].0.copies = true;
        }
        known.push((Named { path, number, ahead, copies }, sightings));
    }
    known.into_iter().map(|(named, _)| named).collect()
}

fn sightings(path: &Path) -> Sightings {
    if ReadArguments::is_read_once(path) {
        return Sightings::default();
    }
    open(path).map(Sightings::read).unwrap_or_default()
}

/// What is done about a clock that is so many nanoseconds ahead.
fn sentence(path: &Path, before: &Path, apart: i64) -> String {
    let milliseconds = (apart.unsigned_abs() + 500_000) / 1_000_000;
    let (seconds, thousandths) = (milliseconds / 1000, milliseconds % 1000);
    let word = if apart > 0 { "ahead of" } else { "behind" };
    format!(
        "{}: its clock is {seconds}.{thousandths:03} s {word} that of {}, whose times are shown",
        name(path),
        name(before)
    )
}
