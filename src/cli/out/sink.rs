//! Where a report goes: standard output or a file, with colours only where they belong.

use std::{
    fs::{self, File},
    io::{self, IsTerminal as _, Seek as _, Write},
    path::{Path, PathBuf},
};

use anstream::{AutoStream, ColorChoice};
use same_file::Handle;

use crate::{
    cli::{
        Error,
        arguments::{choices::Color, output::PlaceArguments},
    },
    local::writable,
    render::USUAL,
};

/// A place for a report.
pub(crate) enum Sink {
    /// Standard output.
    Standard(ColorChoice),
    /// A file; standard output is its stand-in where there is no other report there.
    File { path: PathBuf, file: File, is_new: bool, stand_in: Option<ColorChoice> },
}

impl Sink {
    /// The file of `-o`, or standard output when there is none or it is called `-`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn main(place: &PlaceArguments) -> Result<Self, Error> {
        let color = choice(place.color);
        match place.file() {
            None => Ok(Self::Standard(color)),
            Some(path) => Self::open(path, Some(color)),
        }
    }

    /// Standard output.
    pub(crate) fn standard(place: &PlaceArguments) -> Self {
        Self::Standard(choice(place.color))
    }

    /// A file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn file(path: &Path) -> Result<Self, Error> {
        Self::open(path, None)
    }

    fn open(path: &Path, stand_in: Option<ColorChoice>) -> Result<Self, Error> {
        let is_new = !path.exists();
        let file = writable(path).map_err(|error| unwritable(path, &error))?;
        Ok(Self::File { path: path.to_owned(), file, is_new, stand_in })
    }

    /// Columns of a page that is written there: those of the terminal.
    pub(crate) fn columns(&self) -> usize {
        match self {
            Self::Standard(_) => terminal_columns().unwrap_or(USUAL),
            Self::File { .. } => USUAL,
        }
    }

    /// Whether both are the same file, whatever it is called and however often it is linked to.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        let identity = |sink: &Self| match sink {
            Self::Standard(_) => None,
            Self::File { file, .. } => file.try_clone().and_then(Handle::from_file).ok(),
        };
        identity(self).is_some_and(|file| identity(other) == Some(file))
    }

    /// Writes what is no text.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn write_binary(self, bytes: &[u8]) -> Result<(), Error> {
        let Self::File { path, mut file, .. } = self else { return Ok(()) };
        replace(&mut file, bytes).map_err(|error| unwritable(&path, &error))
    }

    /// Writes nothing: a file that was not there before goes again, another keeps what it holds.
    pub(crate) fn abandon(self) {
        if let Self::File { path, is_new: true, .. } = self
            // The file that was made, not a link to it.
            && let Ok(made) = path.canonicalize()
        {
            let _ = fs::remove_file(made);
        }
    }

    /// Writes a report behind those before it; the first one takes the place of what a file held.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn add(&mut self, bytes: &[u8], first: bool) -> Result<(), Error> {
        let (path, file) = match self {
            Self::Standard(color) => return show(bytes, *color),
            Self::File { path, file, .. } => (path, file),
        };
        let mut plain = anstream::StripStream::new(Vec::new());
        let stripped = plain.write_all(bytes).map(|()| plain.into_inner());
        let written = stripped.and_then(|bytes| match first {
            true => replace(file, &bytes),
            false => file.write_all(&bytes).and_then(|()| file.flush()),
        });
        written.map_err(|error| unwritable(path, &error))
    }

    /// Writes a report.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn write(self, bytes: &[u8]) -> Result<(), Error> {
        let (path, mut file, stand_in) = match self {
            Self::Standard(color) => return show(bytes, color),
            Self::File { path, file, stand_in, .. } => (path, file, stand_in),
        };
        let mut plain = anstream::StripStream::new(Vec::new());
        plain.write_all(bytes).map_err(|error| unwritable(&path, &error))?;
        let written = replace(&mut file, &plain.into_inner());
        written.or_else(|error| {
            stand_in.map_or(Ok(()), |color| show(bytes, color))?;
            Err(unwritable(&path, &error))
        })
    }
}

/// What the terminal at standard output says, or else the environment; none where it is no terminal.
fn terminal_columns() -> Option<usize> {
    if !is_seen() {
        return None;
    }
    let told = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    let named = || std::env::var("COLUMNS").ok()?.parse().ok();
    told.filter(|width| *width > 0).or_else(named)
}

/// Whether standard output is a terminal.
pub(crate) fn is_seen() -> bool {
    io::stdout().is_terminal()
}

/// Pipes are no files: they can be neither cut nor rewound.
fn replace(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    if file.metadata()?.is_file() {
        file.set_len(0)?;
        file.rewind()?;
    }
    file.write_all(bytes)?;
    file.flush()
}

fn show(bytes: &[u8], color: ColorChoice) -> Result<(), Error> {
    let mut out = AutoStream::new(io::stdout(), color);
    let written = out.write_all(bytes).and_then(|()| out.flush());
    match written {
        // A reader that has seen enough, such as head, is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Error::new(format!("cannot write to standard output: {error}"))),
    }
}

/// Prints what is no report, such as the schema.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn print(bytes: &[u8]) -> Result<u8, Error> {
    show(bytes, ColorChoice::Never).map(|()| 0)
}

/// The choice of the user; `auto` obeys NO_COLOR and CLICOLOR_FORCE.
fn choice(color: Color) -> ColorChoice {
    match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::new(format!("cannot write {}: {error}", path.display()))
}
