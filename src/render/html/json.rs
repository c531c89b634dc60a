//! The report itself in the page, for tools and for who wants to know more.

use std::{fmt, io};

use crate::{render::json, report::Report};

/// A longer one would make the page hard to send; it is left out then.
const LONGEST: usize = 150_000;

/// The JSON of a report, in which nothing is markup.
pub(super) struct Json(String);

impl Json {
    /// That of a report, unless it is too long.
    pub(super) fn of(report: &Report) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        json::json(report, &mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        // Quotation marks are no markup between tags, and a report is full of them.
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Ok((text.len() <= LONGEST).then_some(Self(text)))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
