//! A report as JSON, the same on every terminal: characters that must not be shown become `\u....`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::plain::is_hostile;

/// Writes a report, or what else has a shape, as indented JSON with a final newline.
///
/// # Errors
/// Those of the writer.
pub fn json<T: Serialize>(report: &T, out: &mut dyn Write) -> io::Result<()> {
    let escaped = Escaped(PrettyFormatter::new());
    report.serialize(&mut Serializer::with_formatter(&mut *out, escaped))?;
    writeln!(out)
}

/// Writes it on one line.
///
/// # Errors
/// Those of the writer.
pub fn ndjson<T: Serialize>(report: &T, out: &mut dyn Write) -> io::Result<()> {
    let escaped = Escaped(CompactFormatter);
    report.serialize(&mut Serializer::with_formatter(&mut *out, escaped))?;
    writeln!(out)
}

/// What another formatter writes, with more escapes.
struct Escaped<F>(F);

impl<F: Formatter> Formatter for Escaped<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly all of a report is that.
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((before, c)) = rest.find(is_hostile).and_then(|at| {
            let (before, from) = rest.split_at(at);
            Some((before, from.chars().next()?))
        }) {
            writer.write_all(before.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[before.len() + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
