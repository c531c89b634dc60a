//! A report as JSON, the same on every terminal.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a report, or what else has a shape, as indented JSON with a final newline.
///
/// # Errors
/// Those of the writer.
pub fn json<T: Serialize>(report: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
