//! The captures and the key logs: what is read of them, and in which order.

use std::path::Path;

use super::{
    conversations::{Conversations, Tell},
    files::{self as captures, name},
    lacking::Lacking,
};
use crate::{
    capture::{Capture, Found, learn_keys},
    cli::{Error, apart::Input, arguments::read::ReadArguments, files},
    flow::KeyLog,
    passive::is_wanted,
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

/// Reads all captures, and tells every conversation; what could not be looked at.
///
/// # Errors
/// Nothing at all could be read.
pub(super) fn read(arguments: &ReadArguments, keys: KeyLog, tell: Tell<'_>) -> Result<Lacking, Error> {
    let mut conversations = Conversations::new(arguments.server_name.clone(), tell);
    let mut capture = Capture::new(is_wanted, keys);
    let mut sink = |found: Found<'_>, keys: &KeyLog| conversations.take(found, keys);
    let files = captures::read(&arguments.files, &mut capture, &mut sink);
    if capture.packets() == 0 && !files.is_empty() {
        return Err(Error::new(files.join("; ")));
    }
    let (seen, keys) = capture.end(&mut sink);
    let mut lacking = conversations.finish();
    lacking.secrets = (!keys.is_empty()).then(|| secrets(arguments));
    (lacking.files, lacking.seen) = (files, seen);
    Ok(lacking)
}

/// Where the secrets come from.
fn secrets(arguments: &ReadArguments) -> String {
    let named: Vec<_> = arguments.keylogs.iter().map(|path| name(path)).collect();
    if named.is_empty() { "the file".to_owned() } else { named.join(" and ") }
}
