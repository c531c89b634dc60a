//! `rdptrace schema`.

use crate::cli::{Error, out::sink::print};

/// As committed: making it anew takes a megabyte of code that nothing else needs.
const SCHEMA: &str = include_str!("../../../schema/report.json");

/// Prints the JSON schema of the report and returns the exit code.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run() -> Result<u8, Error> {
    print(SCHEMA.as_bytes())
}
