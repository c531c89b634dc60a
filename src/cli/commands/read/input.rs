//! The files: captures and key logs, and what is said of what could not be read in them.

use std::{fs::File, io, path::Path};

use super::conversations::Conversations;
use crate::{
    capture::{Capture, Found, Seen, learn_keys},
    cli::{Error, apart::Input, arguments::read::ReadArguments, files},
    flow::KeyLog,
    local::{readable, standard_input},
};

/// The largest key log that is read, in bytes.
const LARGEST_KEYLOG: u64 = 256 << 20;

/// All that is read, so that nothing is written over it.
pub(super) fn inputs(arguments: &ReadArguments) -> Vec<Input> {
    let of = |what, path: &Path| match ReadArguments::is_standard_input(path) {
        true => Input::standard(),
        false => Input::file(what, path),
    };
    let captures = arguments.files.iter().map(|path| of("the capture", path));
    captures.chain(arguments.keylogs.iter().map(|path| of("--keylog", path))).collect()
}

/// The secrets of the key logs.
///
/// # Errors
/// A file cannot be read, or holds none.
pub(super) fn keys(arguments: &ReadArguments) -> Result<KeyLog, Error> {
    let mut keys = KeyLog::default();
    for path in &arguments.keylogs {
        let shown = path.display();
        let bytes = files::bytes(path, LARGEST_KEYLOG)
            .map_err(|error| Error::new(format!("cannot read {shown}: {error}")))?;
        if learn_keys(&bytes, &mut keys) == 0 {
            return Err(Error::new(format!(
                "{shown} holds no secret of TLS that is of use: it is no key log"
            )));
        }
    }
    Ok(keys)
}

/// Reads all captures; a sentence for each that could not be read to its end.
///
/// # Errors
/// Nothing at all could be read.
pub(super) fn read(
    arguments: &ReadArguments,
    capture: &mut Capture,
    conversations: &mut Conversations,
) -> Result<Vec<String>, Error> {
    let mut told = Vec::new();
    for path in &arguments.files {
        let name = name(path);
        let result = open(path).map_err(|error| error.to_string()).and_then(|from| {
            let mut sink = |found: Found<'_>, keys: &KeyLog| conversations.take(found, keys);
            capture.read(from, &mut sink).map_err(|error| error.to_string())
        });
        if let Err(why) = result {
            told.push(format!("{name}: {why}"));
        }
    }
    match capture.packets() {
        0 if !told.is_empty() => Err(Error::new(told.join("; "))),
        _ => Ok(told),
    }
}

fn open(path: &Path) -> io::Result<File> {
    if ReadArguments::is_standard_input(path) { standard_input() } else { readable(path) }
}

fn name(path: &Path) -> String {
    match ReadArguments::is_standard_input(path) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}

/// What of the capture could not be looked at.
pub(super) fn told(seen: &Seen) -> Vec<String> {
    let mut told = Vec::new();
    for (link, packets) in &seen.unsupported {
        told.push(format!("{packets} packets have link type {link}, which is not read here"));
    }
    if seen.cut > 0 {
        told.push(format!("{} packets hold too little of TCP to be read", seen.cut));
    }
    if seen.incomplete > 0 {
        told.push(format!("{} packets are fragments of which others are missing", seen.incomplete));
    }
    told
}
