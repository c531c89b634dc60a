//! Reports as they are shown: with `--redact` without names and addresses.

use crate::{
    cli::{Error, arguments::read::ReadArguments},
    local::Redaction,
    report::Report,
};

/// What is shown of reports.
pub(super) struct Shown(Option<Redaction>);

impl Shown {
    /// As the arguments want it.
    pub(super) fn new(arguments: &ReadArguments) -> Self {
        Self(arguments.redact.then(Redaction::default))
    }

    /// A report as it is shown.
    ///
    /// # Errors
    /// It has a name that cannot be replaced.
    pub(super) fn report(&mut self, report: Report) -> Result<Report, Error> {
        match &mut self.0 {
            None => Ok(report),
            Some(redaction) => redaction
                .report(&report)
                .map_err(|error| Error::new(format!("cannot replace the names in a report: {error}"))),
        }
    }
}
