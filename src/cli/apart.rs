//! No output may be the file of an input, nor that of another output; looked at before anything is read, sent or written.
//!
//! It compares files, not names, and includes the streams that lead to files.

use std::path::{Path, PathBuf};

use same_file::Handle;

use super::Error;
use crate::local::regular_file;

/// Names of what this process holds already.
const HELD: [&str; 4] = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"];

/// What is read, and where it lies.
#[derive(Debug)]
pub(super) struct Input {
    what: &'static str,
    /// None is standard input.
    path: Option<PathBuf>,
}

impl Input {
    /// A file; `what` is the argument that names it.
    pub(super) fn file(what: &'static str, path: &Path) -> Self {
        Self { what, path: Some(path.to_owned()) }
    }

    /// Standard input, where something is read from it.
    pub(super) fn standard() -> Self {
        Self { what: "standard input", path: None }
    }

    fn place(&self) -> Option<Place> {
        self.path.as_deref().map_or_else(|| held(Handle::stdin()), place)
    }
}

/// A file that is written; `what` is the option that names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    /// The option.
    pub what: &'static str,
    /// The file.
    pub path: &'a Path,
}

/// What tells one file from another.
#[derive(PartialEq, Eq)]
enum Place {
    /// One that is there, whatever it is called and however often it is linked to.
    File(Handle),
    /// One that is not there yet.
    Name(PathBuf),
}

/// Holds that these files are all different ones, and that standard input is read once. Where standard output or standard error lead to a file, it is an output too.
///
/// # Errors
/// Two are the same.
pub(super) fn apart(inputs: &[Input], outputs: &[Written<'_>], prints: bool) -> Result<(), Error> {
    if inputs.iter().filter(|input| input.path.is_none()).count() > 1 {
        return Err(Error::new("standard input can be read only once"));
    }
    let inputs: Vec<_> = inputs.iter().filter_map(|input| Some((input.what, input.place()?))).collect();
    let streams = [("standard output", Handle::stdout()), ("standard error", Handle::stderr())];
    let streams: Vec<_> =
        streams.into_iter().filter_map(|(what, stream)| Some((what, held(stream)?))).collect();
    for (output, place) in &streams {
        overwrites(output, place, &inputs)?;
    }
    let mut seen: Vec<(&Path, Place)> = Vec::new();
    for Written { what, path } in outputs {
        let Some(place) = place(path) else { continue };
        overwrites(&format!("{what} {}", path.display()), &place, &inputs)?;
        let other =
            seen.iter().find(|(_, other)| *other == place).map(|(other, _)| other.display().to_string());
        let is_stream = prints || !HELD.iter().any(|held| path.starts_with(held));
        let stream = streams.iter().find(|(_, stream)| is_stream && *stream == place);
        if let Some(other) = other.or_else(|| stream.map(|(stream, _)| (*stream).to_owned())) {
            return Err(Error::new(format!(
                "two outputs cannot go to the same file: {} and {other}",
                path.display()
            )));
        }
        seen.push((path, place));
    }
    Ok(())
}

fn overwrites(output: &str, place: &Place, inputs: &[(&str, Place)]) -> Result<(), Error> {
    match inputs.iter().find(|(_, input)| input == place) {
        Some((input, _)) => {
            Err(Error::new(format!("{output} would overwrite an input: {input} is the same file")))
        }
        None => Ok(()),
    }
}

/// None where it is no file, or nothing that can be told from others.
fn place(path: &Path) -> Option<Place> {
    if let Ok(handle) = regular_file(path).and_then(Handle::from_file) {
        return Some(Place::File(handle));
    }
    let name = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    match path.canonicalize() {
        Ok(there) if there.is_file() => Some(Place::Name(there)),
        Ok(_) => None,
        Err(_) => name().map(Place::Name),
    }
}

/// A stream, where it is a file.
fn held(stream: std::io::Result<Handle>) -> Option<Place> {
    let stream = stream.ok()?;
    let is_file = stream.as_file().metadata().is_ok_and(|about| about.is_file());
    is_file.then_some(Place::File(stream))
}
