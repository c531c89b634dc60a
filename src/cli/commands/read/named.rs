//! Files as they were named, and what opens and shows them.

use std::{fs::File, io, path::Path};

use crate::{
    cli::arguments::read::ReadArguments,
    local::{readable, standard_input},
};

/// A file that was named.
#[derive(Clone, Copy)]
pub(super) struct Named<'p> {
    pub(super) path: &'p Path,
    /// Its place among the others.
    pub(super) number: usize,
    /// How far its clock is ahead of the first one's, in nanoseconds.
    pub(super) ahead: i64,
    /// Whether another one holds the same packets.
    pub(super) copies: bool,
}

/// Opens it; why not, if it cannot.
pub(super) fn open(path: &Path) -> Result<File, String> {
    let from: io::Result<File> =
        if ReadArguments::is_standard_input(path) { standard_input() } else { readable(path) };
    from.map_err(|error| error.to_string())
}

/// As a path is shown.
pub(super) fn name(path: &Path) -> String {
    match ReadArguments::is_standard_input(path) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}
