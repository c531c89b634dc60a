//! The captures and the key logs: what is read of them, and in which order.

use std::path::{Path, PathBuf};

use super::{
    conversations::{Conversations, Tell},
    files as captures,
    lacking::Lacking,
    named::name,
};
use crate::{
    capture::{Capture, Found, learn_keys},
    cli::{Error, apart::Input, arguments::read::ReadArguments, files, out::stderr},
    flow::KeyLog,
    passive::is_wanted,
    pdu::server_key::ServerKey,
};

/// The largest key log that is read, in bytes.
const LARGEST_KEYLOG: u64 = 256 << 20;

/// What opens what is encrypted.
#[derive(Clone)]
pub(super) struct Keys<'k> {
    pub(super) log: KeyLog,
    pub(super) servers: &'k [ServerKey],
}

/// All that is read, so that nothing is written over it.
pub(super) fn inputs(arguments: &ReadArguments) -> Vec<Input> {
    let of = |what, path: &Path| match ReadArguments::is_standard_input(path) {
        true => Input::standard(),
        false => Input::file(what, path),
    };
    let captures = arguments.files.iter().map(|path| of("the capture", path));
    let keylogs = arguments.keylogs.iter().map(|path| of("--keylog", path));
    captures.chain(keylogs).chain(arguments.keys.inputs()).collect()
}

/// The secrets of the key logs; one that holds none is told, because captures say much without it.
///
/// # Errors
/// A file cannot be read.
pub(super) fn key_log(arguments: &ReadArguments) -> Result<KeyLog, Error> {
    let mut keys = KeyLog::default();
    for path in &arguments.keylogs {
        let bytes = files::bytes(path, LARGEST_KEYLOG)
            .map_err(|error| Error::new(format!("cannot read {}: {error}", path.display())))?;
        if learn_keys(&bytes, &mut keys) == 0 && !arguments.output.telling.quiet {
            stderr::say(format_args!("{} holds no secret of TLS, so it opens nothing", path.display()));
        }
    }
    Ok(keys)
}

/// Reads all captures, and tells every conversation; what could not be looked at.
///
/// # Errors
/// Nothing at all could be read.
pub(super) fn read(arguments: &ReadArguments, keys: Keys<'_>, tell: Tell<'_>) -> Result<Lacking, Error> {
    let mut conversations = Conversations::new(arguments.server_name.clone(), keys.servers, tell);
    let mut capture = Capture::new(is_wanted, keys.log);
    let mut sink = |found: Found<'_>, keys: &KeyLog| conversations.take(found, keys);
    let files = captures::read(&arguments.files, &mut capture, &mut sink);
    if capture.packets() == 0 && !files.is_empty() {
        return Err(Error::new(files.join("; ")));
    }
    let (seen, keys) = capture.end(&mut sink);
    let mut lacking = conversations.finish();
    lacking.secrets = (!keys.is_empty()).then(|| named(&arguments.keylogs).unwrap_or("the file".to_owned()));
    lacking.server_keys = named(&arguments.keys.server_keys);
    (lacking.files, lacking.seen) = (files, seen);
    Ok(lacking)
}

/// Where keys come from; none if there are none.
fn named(paths: &[PathBuf]) -> Option<String> {
    let named: Vec<_> = paths.iter().map(|path| name(path)).collect();
    (!named.is_empty()).then(|| named.join(" and "))
}
