//! What every command needs to run: logs and a runtime.

use super::{
    Error,
    arguments::output::{PlaceArguments, TellingArguments},
    out::logs,
};

/// Logs as the output options say.
pub(super) fn begin_logging(telling: &TellingArguments, place: &PlaceArguments) {
    logs::init(telling.verbose, place.color);
}

/// A runtime on this thread.
///
/// # Errors
/// The system gives none.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Error::new(format!("cannot start: {error}")))
}
