//! The report as JSON, the same on every terminal.

use std::io::{self, Write};

use crate::report::Report;

/// Writes the report as indented JSON with a final newline.
///
/// # Errors
/// Those of the writer.
pub fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
