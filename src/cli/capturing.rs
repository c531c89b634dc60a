//! What a trace sent and received, as a capture with the secrets of its TLS.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use super::{Error, arguments::capture::CaptureArguments};
use crate::{
    capture::{Writer, key_log},
    local::writable_in_private,
    net::{Recorded, Recording, System},
    settings::Settings,
};

/// A network that is recorded, and the file for the record, which is opened before anything is sent.
pub(super) struct Capturing {
    /// What the trace is to use.
    pub(super) network: Recording<'static>,
    path: PathBuf,
    file: File,
}

impl Capturing {
    /// One if a capture is wanted.
    ///
    /// # Errors
    /// The file cannot be written, or would open a secret without that having been allowed.
    pub(super) fn begin(arguments: &CaptureArguments, settings: &Settings) -> Result<Option<Self>, Error> {
        let Some(path) = &arguments.capture else { return Ok(None) };
        if shows_secret(settings) && !arguments.capture_secrets {
            return Err(Error::new(
                "--capture with an account or a token holds what opens the password: --capture-secrets allows it",
            ));
        }
        let file = writable_in_private(path).map_err(|error| unwritable(path, &error))?;
        Ok(Some(Self { network: Recording::of(&System), path: path.clone(), file }))
    }

    /// Writes what was recorded.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn end(self) -> Result<(), Error> {
        let Self { network, path, file } = self;
        write(&network.take(), file).map_err(|error| unwritable(&path, &error))
    }
}

fn write(recorded: &Recorded, mut file: File) -> io::Result<()> {
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    let mut writer = Writer::new(BufWriter::new(&mut file))?;
    if !recorded.keys.is_empty() {
        writer.secrets(key_log(&recorded.keys).as_bytes())?;
    }
    recorded.flows.iter().try_for_each(|flow| writer.flow(flow))
}

/// Whether anybody is shown an account or a token on the way.
fn shows_secret(settings: &Settings) -> bool {
    let route = &settings.route;
    settings.logon.is_some()
        || route.gateway.as_ref().is_some_and(|gateway| gateway.is_used_once())
        || route.proxy.as_ref().is_some_and(|proxy| proxy.account.is_some())
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::new(format!("cannot write {}: {error}", path.display()))
}
