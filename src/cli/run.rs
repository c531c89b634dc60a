//! What every command needs to run: logs, a runtime, and an ear for Ctrl-C.

use std::future::Future;

use super::{Error, out::logs, output_arguments::OutputArguments};
use crate::net::interrupted;

/// Logs as the output options say.
pub fn begin_logging(output: &OutputArguments) {
    logs::init(output.verbose, output.place.color);
}

/// What the work comes to; none when Ctrl-C is pressed before.
pub async fn unless_interrupted<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        // Ctrl-C is listened for before anything is sent.
        biased;
        () = interrupted() => None,
        done = work => Some(done),
    }
}

/// A runtime on this thread.
///
/// # Errors
/// The system gives none.
pub fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Error::new(format!("cannot start: {error}")))
}
