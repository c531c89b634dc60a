//! The file of -o with ndjson: what it holds is done, and a scan goes on behind it.
//!
//! A report is one write that ends with its line, so whatever ends the program leaves complete lines and at most a
//! torn one, which is cut off. A file with anything else in it is left as it is. Two scans do not share a file.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    cli::Error,
    report::{SCHEMA_VERSION, Trace},
};

/// The longest line that is read, in bytes; a report has some ten thousand.
const LONGEST: u64 = 16 << 20;
/// How every line begins.
const HEAD: &[u8] = b"{\"schema_version\":";

/// The file.
pub(super) struct State {
    path: PathBuf,
    file: File,
    is_new: bool,
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

impl State {
    /// Opens it, and makes it where there is none; none where a scan cannot go on from such a place, such as a pipe.
    ///
    /// # Errors
    /// It cannot be opened, or another scan has it.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, Error> {
        let there = fs::metadata(path);
        if there.as_ref().is_ok_and(|about| !about.is_file()) {
            return Ok(None);
        }
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let file = opened.map_err(|error| unwritable(path, &error))?;
        // Where the system has no locks nobody is kept out.
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                Err(Error::new(format!("another scan is writing to {}", path.display())))
            }
            _ => Ok(Some(Self { path: path.to_owned(), file, is_new: there.is_err() })),
        }
    }

    /// Tells the reports that it holds; the length of all complete lines.
    ///
    /// # Errors
    /// It holds something else, and is left as it is.
    pub(super) fn read(&mut self, tell: &mut dyn FnMut(Trace)) -> Result<u64, Error> {
        self.file.rewind().map_err(|error| self.unreadable(&error))?;
        let mut reader = BufReader::new(&self.file);
        let (mut length, mut number, mut line) = (0, 0_u64, Vec::new());
        loop {
            line.clear();
            number += 1;
            let read = (&mut reader).take(LONGEST).read_until(b'\n', &mut line);
            let read = read.map_err(|error| self.unreadable(&error))?;
            let no_report = || {
                Error::new(format!(
                    "{}, line {number} is no report of this version, so nothing is written to the file",
                    self.path.display()
                ))
            };
            match line.strip_suffix(b"\n") {
                None if line.is_empty() => return Ok(length),
                None if is_torn(&line) && (read as u64) < LONGEST => return Ok(length),
                None => return Err(no_report()),
                Some(complete) => tell(trace(complete).ok_or_else(no_report)?),
            }
            length += read as u64;
        }
    }

    /// Cuts off what follows the complete lines; reports are added from there on.
    ///
    /// # Errors
    /// It cannot be cut.
    pub(super) fn go_on(&mut self, length: u64) -> Result<(), Error> {
        let cut = self.file.set_len(length).and_then(|()| self.file.seek(SeekFrom::End(0)));
        cut.map(drop).map_err(|error| unwritable(&self.path, &error))
    }

    /// Adds a line.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn add(&mut self, line: &[u8]) -> Result<(), Error> {
        self.file.write_all(line).map_err(|error| unwritable(&self.path, &error))
    }

    /// A file that was made goes again.
    pub(super) fn abandon(self) {
        if self.is_new {
            let _ = fs::remove_file(&self.path);
        }
    }

    fn unreadable(&self, error: &io::Error) -> Error {
        Error::new(format!("cannot read {}: {error}", self.path.display()))
    }
}

/// Whether it is the beginning of a line.
fn is_torn(line: &[u8]) -> bool {
    HEAD.starts_with(&line[..line.len().min(HEAD.len())])
}

fn trace(line: &[u8]) -> Option<Trace> {
    let version: Version = serde_json::from_slice(line).ok()?;
    let trace: Trace = serde_json::from_slice(line).ok()?;
    (version.schema_version == SCHEMA_VERSION && trace.target.is_some()).then_some(trace)
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::new(format!("cannot write {}: {error}", path.display()))
}
