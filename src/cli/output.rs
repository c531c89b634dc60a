//! The reports of a run, each with its format and its place.
//!
//! All files are opened before anything is sent, and all are written even after one fails. Only the file of `-o` has
//! a stand-in, standard output, because its report would otherwise be lost.

use std::path::Path;

use super::{
    Error,
    apart::{Input, Written, apart},
    arguments::{
        choices::Format,
        output::{OutputArguments, PlaceArguments},
    },
    out::{sink::Sink, stderr},
    screenshot,
    several::{Several, rendered},
};
use crate::{
    pdu::canvas::Picture,
    report::{Report, Severity},
};

/// Every report that was asked for, and the screenshot; the places are opened before anything is sent.
pub(super) struct Output {
    reports: Vec<(Format, Sink)>,
    screenshot: Option<Sink>,
    threshold: Option<Severity>,
}

impl Output {
    /// Opens the files that were named, without touching what they hold; none is left behind when one cannot be.
    ///
    /// # Errors
    /// A file cannot be written, or is named twice.
    pub(super) fn open(arguments: &OutputArguments, screenshot: Option<&Path>) -> Result<Self, Error> {
        let mut output =
            Self { reports: Vec::new(), screenshot: None, threshold: arguments.telling.threshold() };
        match output.open_all(arguments, screenshot) {
            Ok(()) => Ok(output),
            Err(error) => {
                output.abandon();
                Err(error)
            }
        }
    }

    /// Writes nothing: there is no report.
    pub(super) fn abandon(self) {
        self.reports.into_iter().map(|(_, sink)| sink).chain(self.screenshot).for_each(Sink::abandon);
    }

    fn open_all(&mut self, arguments: &OutputArguments, screenshot: Option<&Path>) -> Result<(), Error> {
        let main = Sink::main(&arguments.place)?;
        self.reports.push((arguments.format, main));
        for (format, path) in &arguments.reports {
            self.reports.push((*format, further(path, &self.reports)?));
        }
        self.screenshot = screenshot.map(|path| further(path, &self.reports)).transpose()?;
        Ok(())
    }

    /// The same for several reports, of which each is written when it comes if its format allows that.
    pub(super) fn several(self) -> Several {
        Several::new(self.reports, self.threshold)
    }

    /// Writes every report and the screenshot, also after one could not be written.
    ///
    /// # Errors
    /// What could not be written; when the file of `-o` failed, its report went to standard output instead.
    pub(super) fn write(self, report: &Report, picture: Option<&Picture>) -> Result<(), Error> {
        let threshold = self.threshold;
        let write = |(format, sink): (Format, Sink)| {
            let bytes = rendered(report, format, threshold, sink.columns())?;
            sink.write(&bytes)
        };
        let mut failed: Vec<Error> =
            self.reports.into_iter().filter_map(|report| write(report).err()).collect();
        failed.extend(self.screenshot.and_then(|sink| save(sink, report, picture).err()));
        let failed: Vec<String> = failed.iter().map(Error::to_string).collect();
        if failed.is_empty() { Ok(()) } else { Err(Error::new(failed.join("; "))) }
    }
}

impl PlaceArguments {
    fn written(&self) -> Option<Written<'_>> {
        self.file().map(|path| Written { what: "-o", path })
    }

    /// Holds that the file is no other output.
    ///
    /// # Errors
    /// It is.
    pub(super) fn apart(&self) -> Result<(), Error> {
        self.apart_from(&[])
    }

    /// The same, and that it is none of what is read.
    ///
    /// # Errors
    /// It is.
    pub(super) fn apart_from(&self, inputs: &[Input]) -> Result<(), Error> {
        let written: Vec<_> = self.written().into_iter().collect();
        apart(inputs, &written, self.file().is_none())
    }
}

impl OutputArguments {
    /// Holds that all files are different ones: what is read, what these arguments name, and what is written besides.
    ///
    /// # Errors
    /// Two are the same.
    pub(super) fn apart<'a>(
        &'a self,
        inputs: &[Input],
        besides: impl IntoIterator<Item = Written<'a>>,
    ) -> Result<(), Error> {
        let reports = self.reports.iter().map(|(_, path)| Written { what: "--report", path });
        let written: Vec<_> = self.place.written().into_iter().chain(reports).chain(besides).collect();
        apart(inputs, &written, self.place.file().is_none())
    }
}

/// One more file, which must not be that of a report.
fn further(path: &Path, reports: &[(Format, Sink)]) -> Result<Sink, Error> {
    let sink = Sink::file(path)?;
    if reports.iter().any(|(_, other)| other.is_same_file(&sink)) {
        return Err(Error::new(format!("two outputs cannot go to the same file: {}", path.display())));
    }
    Ok(sink)
}

/// Saves the screenshot, or says why there is none.
fn save(sink: Sink, report: &Report, picture: Option<&Picture>) -> Result<(), Error> {
    match picture {
        Some(picture) => sink.write_binary(&screenshot::png(picture)?),
        None => {
            sink.abandon();
            stderr::say(format_args!("no screenshot: {}", screenshot::missing(report)));
            Ok(())
        }
    }
}
