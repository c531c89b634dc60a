//! Opens what arguments and machines name, so that no pipe and no device keeps the program waiting.
//!
//! This opens without waiting and takes regular files alone; `cli/files` reads them with a bound. A pipe is read only
//! if the process holds it already (`-`, `/dev/stdin`, `/dev/fd/N`, which is what a shell makes of a process
//! substitution), because one by name waits for somebody who may never come. An output may be a pipe that somebody
//! reads.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    path::Path,
};

use super::system;

/// A regular file for reading.
///
/// # Errors
/// It cannot be opened, or is something else.
pub(crate) fn regular_file(path: &Path) -> io::Result<File> {
    is_regular(&fs::metadata(path)?)?;
    let file = system::open_at_once(File::options().read(true), path)?;
    // What the name stands for may have changed.
    is_regular(&file.metadata()?)?;
    Ok(file)
}

/// The same, or a pipe or device that this process holds already: standard input, and what a shell puts in the place of
/// `<(command)`.
///
/// # Errors
/// As [`regular_file`].
pub(crate) fn readable(path: &Path) -> io::Result<File> {
    if !is_held(path) {
        return regular_file(path);
    }
    let file = system::open_at_once(File::options().read(true), path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::other(DIRECTORY));
    }
    system::wait_again(&file)?;
    Ok(file)
}

/// Any place for writing that takes bytes now: a file, which is made where there is none and keeps what it holds, a terminal, or
/// a pipe with somebody at its other end.
///
/// # Errors
/// It cannot be opened.
pub(crate) fn writable(path: &Path) -> io::Result<File> {
    for_writing(path, &mut OpenOptions::new())
}

/// The same for what may hold secrets: a file that is made here nobody else may read, where the system has such rights.
///
/// # Errors
/// As [`writable`].
pub(crate) fn writable_in_private(path: &Path) -> io::Result<File> {
    for_writing(path, system::private(&mut OpenOptions::new()))
}

fn for_writing(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let opened = system::open_at_once(options.write(true).create(true).truncate(false), path);
    let file = opened.map_err(|error| match system::is_unread(&error) {
        true => io::Error::other("nobody reads from it"),
        false => error,
    })?;
    system::wait_again(&file)?;
    Ok(file)
}

fn is_held(path: &Path) -> bool {
    ["/dev/fd", "/dev/stdin", "/proc/self/fd"].iter().any(|held| path.starts_with(held))
}

const DIRECTORY: &str = "it is a directory";

fn is_regular(about: &Metadata) -> io::Result<()> {
    match about.is_file() {
        true => Ok(()),
        false => Err(io::Error::other(if about.is_dir() { DIRECTORY } else { "it is no regular file" })),
    }
}
