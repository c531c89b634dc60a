//! What the halves for each system share.

use std::io::{self, ErrorKind};

use crate::local::host::{Answer, Unreadable};

/// The machine that this program runs on, asked with the rights of the current user.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisMachine;

/// The machine that this program runs on.
pub fn this_machine() -> ThisMachine {
    ThisMachine
}

/// What carries the bytes to a port.
#[derive(Clone, Copy, Debug)]
pub(super) enum Transport {
    Tcp,
    Udp,
}

/// Tells what does not exist from what cannot be read.
pub(super) fn existing<T>(result: io::Result<T>) -> Answer<T> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(Unreadable::Denied),
        Err(error) => Err(Unreadable::Failed(error.to_string())),
    }
}
