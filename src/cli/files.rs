//! Files that arguments name, read whole and bounded.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use crate::{
    local::{readable, standard_input},
    plain,
};

/// The bytes of a regular file, or of a pipe that this process holds.
///
/// # Errors
/// It cannot be read, or is longer than `most` bytes.
pub(super) fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    within(readable(path)?, most)
}

/// The bytes of standard input.
///
/// # Errors
/// As [`bytes`].
pub(super) fn input(most: u64) -> io::Result<Vec<u8>> {
    within(standard_input()?, most)
}

/// A regular file, or a pipe that this process holds, for who bounds what is read himself.
///
/// # Errors
/// It cannot be opened.
pub(super) fn open(path: &Path) -> io::Result<File> {
    readable(path)
}

/// The same of standard input.
///
/// # Errors
/// As [`open`].
pub(super) fn opened_input() -> io::Result<File> {
    standard_input()
}

fn within(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::other(format!("it is longer than {}", size(most)))),
        false => Ok(bytes),
    }
}

fn size(bytes: u64) -> String {
    match bytes >> 20 {
        0 => plain::plural(bytes, "byte"),
        mebibytes => format!("{mebibytes} MiB"),
    }
}
