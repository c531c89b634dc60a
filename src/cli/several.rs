//! Several reports of one run. Of each only what the formats need is kept: a hundred thousand of them are a table.

use std::collections::BTreeMap;

use super::{Error, arguments::choices::Format, exit, out::sink::Sink};
use crate::{
    render::{self, Place, Row},
    report::{Outcome, Report, Severity},
};

/// Pages of failed conversations behind the table.
const MOST_PAGES: usize = 20;

/// The reports, and the places that they are written to.
pub(super) struct Several {
    outputs: Vec<Written>,
    threshold: Option<Severity>,
    count: u64,
    /// Of a single report everything is shown.
    first: Option<Report>,
    rows: Vec<Row>,
    /// Those that failed or broke a promise, the first of them whole.
    failed: u64,
    pages: BTreeMap<Place, Report>,
    /// The first of the rest, for pages that are folded.
    others: BTreeMap<Place, Report>,
    worst: Option<u8>,
    error: Option<Error>,
}

struct Written {
    format: Format,
    sink: Sink,
    begun: bool,
}

impl Several {
    /// None yet.
    pub(super) fn new(outputs: Vec<(Format, Sink)>, threshold: Option<Severity>) -> Self {
        let written = |(format, sink)| Written { format, sink, begun: false };
        Self {
            outputs: outputs.into_iter().map(written).collect(),
            threshold,
            count: 0,
            first: None,
            rows: Vec::new(),
            failed: 0,
            pages: BTreeMap::new(),
            others: BTreeMap::new(),
            worst: None,
            error: None,
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes a report; the first error is told at the end.
    pub(super) fn add(&mut self, report: Report) {
        self.count += 1;
        let format = self.outputs.first().map_or(Format::Text, |output| output.format);
        let code = exit::in_format(&report, format, self.threshold);
        self.worst = exit::worst(self.worst.into_iter().chain([code]));
        if let Err(error) = self.lines(&report) {
            self.error.get_or_insert(error);
        }
        match self.count {
            1 => self.first = Some(report),
            2 => {
                if let Some(first) = self.first.take() {
                    self.keep(first);
                }
                self.keep(report);
            }
            _ => self.keep(report),
        }
    }

    /// A line is written at once, also of the first report.
    fn lines(&mut self, report: &Report) -> Result<(), Error> {
        let takes_many = self.outputs.iter().all(|output| output.format.takes_many());
        for output in self.outputs.iter_mut().filter(|output| takes_many && output.format == Format::Ndjson) {
            output.append(&rendered(report, Format::Ndjson, self.threshold, 0)?)?;
        }
        Ok(())
    }

    fn keep(&mut self, report: Report) {
        if let Err(error) = self.suites(&report) {
            self.error.get_or_insert(error);
        }
        let shows = |format| self.outputs.iter().any(|output| output.format == format);
        if !shows(Format::Text) && !shows(Format::Html) {
            return;
        }
        self.rows.push(Row::of(&report));
        let is_html = shows(Format::Html);
        if report.verdict.outcome == Outcome::Aborted || report.broken().next().is_some() {
            self.failed += 1;
            self.pages.insert(render::place(&report), report);
            if self.pages.len() > MOST_PAGES {
                self.pages.pop_last();
            }
        } else if is_html {
            self.others.insert(render::place(&report), report);
            if self.others.len() > MOST_PAGES {
                self.others.pop_last();
            }
        }
    }

    /// A suite is written when it is known that there are others.
    fn suites(&mut self, report: &Report) -> Result<(), Error> {
        let threshold = self.threshold;
        for output in self.outputs.iter_mut().filter(|output| output.format == Format::Junit) {
            let mut bytes = Vec::new();
            let head = if output.begun { Ok(()) } else { render::junit_head(&mut bytes) };
            head.and_then(|()| render::junit_suite(report, threshold, &mut bytes)).map_err(unwritten)?;
            output.append(&bytes)?;
        }
        Ok(())
    }

    /// Writes what is left; the exit code of the worst report, none if there was no report at all.
    ///
    /// # Errors
    /// What could not be written, or a format that takes one report only.
    pub(super) fn finish(mut self) -> Result<Option<u8>, Error> {
        let count = self.count;
        let refused = self.outputs.iter().map(|output| output.format).find(|format| !format.takes_many());
        if let Some(format) = refused.filter(|_| count > 1) {
            self.abandon();
            return Err(Error::new(format!(
                "the capture has {count} conversations, and {} is one report: --format ndjson writes a line for \
                 each, --conversation N picks one",
                format!("{format:?}").to_lowercase()
            )));
        }
        if count == 0 {
            self.abandon();
            return Ok(None);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let (outputs, worst) = (std::mem::take(&mut self.outputs), self.worst);
        outputs.into_iter().try_for_each(|output| self.end(output))?;
        Ok(worst)
    }

    /// Writes nothing more.
    pub(super) fn abandon(self) {
        self.outputs.into_iter().filter(|output| !output.begun).for_each(|output| output.sink.abandon());
    }

    fn end(&mut self, mut output: Written) -> Result<(), Error> {
        let (format, columns) = (output.format, output.sink.columns());
        let mut bytes = Vec::new();
        match (&self.first, format) {
            (_, Format::Ndjson) if output.begun => return Ok(()),
            (Some(only), _) => bytes = rendered(only, format, self.threshold, columns)?,
            (None, Format::Junit) => {
                render::junit_foot(&mut bytes).map_err(unwritten)?;
                return output.append(&bytes);
            }
            (None, Format::Html) => self.page(&mut bytes)?,
            (None, _) => self.table(columns, &mut bytes)?,
        }
        output.sink.write(&bytes)
    }

    /// One HTML page of all, with the first that failed, and others as far as there is room.
    fn page(&mut self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let room = MOST_PAGES - self.pages.len();
        let mut shown: Vec<&Report> = self.pages.values().chain(self.others.values().take(room)).collect();
        shown.sort_by_key(|report| render::place(report));
        render::html_many(&mut self.rows, &shown, bytes).map_err(unwritten)
    }

    /// The table, and the pages of the first that failed.
    fn table(&mut self, columns: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
        render::conversations(&mut self.rows, columns, bytes).map_err(unwritten)?;
        for report in self.pages.values() {
            bytes.push(b'\n');
            bytes.extend(rendered(report, Format::Text, self.threshold, columns)?);
        }
        let more = self.failed - self.pages.len() as u64;
        if more > 0 {
            bytes.extend(format!("\n{more} more failed: --conversation N shows one\n").into_bytes());
        }
        Ok(())
    }
}

impl Written {
    fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let is_first = !std::mem::replace(&mut self.begun, true);
        self.sink.add(bytes, is_first)
    }
}

/// A report in a format.
///
/// # Errors
/// It cannot be rendered.
pub(super) fn rendered(
    report: &Report,
    format: Format,
    threshold: Option<Severity>,
    columns: usize,
) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let result = match format {
        Format::Text => render::text_within(report, columns, &mut bytes)
            .and_then(|()| render::colophon(report, columns, &mut bytes)),
        Format::Json => render::json(report, &mut bytes),
        Format::Ndjson => render::ndjson(report, &mut bytes),
        Format::Junit => render::junit(report, threshold, &mut bytes),
        Format::Html => render::html(report, &mut bytes),
        Format::Markdown => render::markdown(report, &mut bytes),
        Format::Prometheus => render::prometheus(report, &mut bytes),
        Format::Nagios => render::nagios(report, threshold, &mut bytes),
    };
    result.map_err(unwritten)?;
    Ok(bytes)
}

fn unwritten(error: std::io::Error) -> Error {
    Error::new(format!("cannot write the report: {error}"))
}
