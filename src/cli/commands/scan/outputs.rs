//! The places of the reports: a line or a suite is written when its host has ended, the tables at the end.

use std::io;

use crate::{
    cli::{
        Error,
        arguments::{choices::Format, scan::ScanOutputArguments},
        out::sink::Sink,
    },
    render::{self, HostPages, Overview},
    report::{Report, Severity},
};

/// The places, with the format of each.
pub(super) struct Outputs {
    places: Vec<Place>,
    threshold: Option<Severity>,
    /// What an HTML page shows of single hosts.
    pages: HostPages,
}

struct Place {
    format: Format,
    sink: Sink,
    begun: bool,
}

impl Outputs {
    /// Opens the files without touching what they hold; `-o` is among them unless a scan goes on from it.
    ///
    /// # Errors
    /// One cannot be written.
    pub(super) fn open(arguments: &ScanOutputArguments, goes_on: bool) -> Result<Self, Error> {
        let threshold = arguments.telling.threshold();
        let mut outputs = Self { places: Vec::new(), threshold, pages: HostPages::default() };
        match outputs.open_all(arguments, goes_on) {
            Ok(()) => Ok(outputs),
            Err(error) => {
                outputs.abandon();
                Err(error)
            }
        }
    }

    fn open_all(&mut self, arguments: &ScanOutputArguments, goes_on: bool) -> Result<(), Error> {
        let mut add = |format, sink| self.places.push(Place { format, sink, begun: false });
        match goes_on {
            false => add(arguments.chosen(), Sink::main(&arguments.place)?),
            true if arguments.telling.quiet => {}
            true => add(Format::Text, Sink::standard(&arguments.place)),
        }
        for (format, path) in &arguments.reports {
            add(*format, Sink::file(path)?);
        }
        Ok(())
    }

    /// Whether one of them needs the reports themselves.
    pub(super) fn needs_reports(&self) -> bool {
        self.places.iter().any(|place| place.format != Format::Text)
    }

    /// Writes what belongs to one host.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn add(&mut self, report: &Report) -> Result<(), Error> {
        if self.places.iter().any(|place| place.format == Format::Html) {
            self.pages.add(report);
        }
        let threshold = self.threshold;
        self.each(|format, bytes| match format {
            Format::Ndjson => render::ndjson(report, bytes),
            Format::Junit => render::junit_suite(report, threshold, bytes),
            _ => Ok(()),
        })
    }

    /// Writes that a host was left.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn left(&mut self, host: &str, why: &str) -> Result<(), Error> {
        self.each(|format, bytes| match format {
            Format::Junit => render::junit_left(host, why, bytes),
            _ => Ok(()),
        })
    }

    /// Whether hosts that were left are written one by one.
    pub(super) fn lists_all(&self) -> bool {
        self.places.iter().any(|place| place.format == Format::Junit)
    }

    fn each(&mut self, write: impl Fn(Format, &mut Vec<u8>) -> io::Result<()>) -> Result<(), Error> {
        for place in self.places.iter_mut().filter(|place| place.is_running()) {
            let mut bytes = Vec::new();
            place.head(&mut bytes).and_then(|()| write(place.format, &mut bytes)).map_err(unwritten)?;
            place.add(&bytes)?;
        }
        Ok(())
    }

    /// Writes what comes at the end, also after one could not be written.
    ///
    /// # Errors
    /// What could not be.
    pub(super) fn finish(mut self, overview: &mut Overview) -> Result<(), Error> {
        let mut failed = None;
        for place in &mut self.places {
            if let Err(error) = place.end(overview, &self.pages) {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Writes nothing more.
    pub(super) fn abandon(self) {
        self.places.into_iter().filter(|place| !place.begun).for_each(|place| place.sink.abandon());
    }
}

impl Place {
    /// Whether it is written while the scan runs.
    fn is_running(&self) -> bool {
        !matches!(self.format, Format::Text | Format::Html)
    }

    /// What comes before the first.
    fn head(&self, bytes: &mut Vec<u8>) -> io::Result<()> {
        match self.format {
            Format::Junit if !self.begun => render::junit_head(bytes),
            _ => Ok(()),
        }
    }

    fn end(&mut self, overview: &mut Overview, pages: &HostPages) -> Result<(), Error> {
        let mut bytes = Vec::new();
        let made = match self.format {
            Format::Text => overview.write(self.sink.columns(), &mut bytes),
            Format::Html => render::html_hosts(overview, pages, &mut bytes),
            Format::Junit => self.head(&mut bytes).and_then(|()| render::junit_foot(&mut bytes)),
            _ => Ok(()),
        };
        made.map_err(unwritten)?;
        self.add(&bytes)
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let is_first = !std::mem::replace(&mut self.begun, true);
        self.sink.add(bytes, is_first)
    }
}

fn unwritten(error: io::Error) -> Error {
    Error::new(format!("cannot write the report: {error}"))
}
