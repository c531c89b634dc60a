//! `rdptrace schema`.

use crate::{
    cli::{Error, out::sink::print},
    report_schema,
};

/// Prints the JSON schema of the report and returns the exit code.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run() -> Result<u8, Error> {
    print(report_schema().as_bytes())
}
