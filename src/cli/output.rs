//! The reports of a run, each with its format and its place.

use super::{
    Error,
    args::{Format, OutputArguments},
    sink::Sink,
};
use crate::{
    render,
    report::{Report, Severity},
};

/// Every report that was asked for; the places are opened before anything is sent.
pub struct Output {
    reports: Vec<(Format, Sink)>,
    threshold: Option<Severity>,
}

impl Output {
    /// Opens the files that were named, without touching what they hold.
    ///
    /// # Errors
    /// A file cannot be written, or is named twice.
    pub fn open(arguments: &OutputArguments) -> Result<Self, Error> {
        let main = Sink::of_option(arguments.output.as_deref(), arguments.color)?;
        let mut reports = vec![(arguments.format, main)];
        for (format, path) in &arguments.reports {
            let sink = Sink::file(path)?;
            if reports.iter().any(|(_, other)| other.is_same_file(&sink)) {
                let name = path.display();
                return Err(Error::new(format!("two reports cannot go to the same file: {name}")));
            }
            reports.push((*format, sink));
        }
        Ok(Self { reports, threshold: arguments.fail_on.threshold() })
    }

    /// Writes every report, also after one could not be written.
    ///
    /// # Errors
    /// What could not be written; when the file of `-o` failed, its report went to standard output instead.
    pub fn write(self, report: &Report) -> Result<(), Error> {
        let threshold = self.threshold;
        let write = |(format, sink): (Format, Sink)| sink.write(&rendered(report, format, threshold)?);
        let failed: Vec<String> = self
            .reports
            .into_iter()
            .filter_map(|report| write(report).err())
            .map(|error| error.to_string())
            .collect();
        if failed.is_empty() { Ok(()) } else { Err(Error::new(failed.join("; "))) }
    }
}

fn rendered(report: &Report, format: Format, threshold: Option<Severity>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let result = match format {
        Format::Text => render::text(report, &mut bytes),
        Format::Json => render::json(report, &mut bytes),
        Format::Junit => render::junit(report, threshold, &mut bytes),
    };
    result.map_err(|error| Error::new(format!("cannot write the report: {error}")))?;
    Ok(bytes)
}
