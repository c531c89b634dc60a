//! Where a report goes: standard output or a file, with colours only where they belong.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek as _, Write},
    path::PathBuf,
};

use anstream::{AutoStream, ColorChoice};

use super::{
    Error,
    args::{Color, Format, OutputArguments},
};
use crate::{render, report::Report};

/// A place for the report, opened before anything is sent.
pub struct Output {
    file: Option<(PathBuf, File)>,
    format: Format,
    color: ColorChoice,
}

impl Output {
    /// Opens the file, if one was named, without touching what it holds.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(arguments: &OutputArguments) -> Result<Self, Error> {
        let file = match &arguments.output {
            None => None,
            Some(path) if path.as_os_str() == "-" => None,
            Some(path) => {
                let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
                let file = opened.map_err(|error| unwritable(path, &error))?;
                Some((path.clone(), file))
            }
        };
        Ok(Self { file, format: arguments.format, color: choice(arguments.color) })
    }

    /// Writes the report.
    ///
    /// # Errors
    /// The report cannot be written; when a file failed, it went to standard output instead.
    pub fn write(self, report: &Report) -> Result<(), Error> {
        let bytes = rendered(report, self.format)?;
        let Some((path, mut file)) = self.file else { return show(&bytes, self.color) };
        let mut plain = anstream::StripStream::new(Vec::new());
        plain.write_all(&bytes).map_err(|error| unwritable(&path, &error))?;
        let written = replace(&mut file, &plain.into_inner());
        written.or_else(|error| {
            show(&bytes, self.color)?;
            Err(unwritable(&path, &error))
        })
    }
}

fn rendered(report: &Report, format: Format) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let result = match format {
        Format::Text => render::text(report, &mut bytes),
        Format::Json => render::json(report, &mut bytes),
    };
    result.map_err(|error| Error::new(format!("cannot write the report: {error}")))?;
    Ok(bytes)
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
pub fn print(bytes: &[u8]) -> Result<u8, Error> {
    show(bytes, ColorChoice::Never).map(|()| 0)
}

/// The choice of the user; `auto` obeys NO_COLOR and CLICOLOR_FORCE.
pub fn choice(color: Color) -> ColorChoice {
    match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
}

fn unwritable(path: &std::path::Path, error: &io::Error) -> Error {
    Error::new(format!("cannot write {}: {error}", path.display()))
}
