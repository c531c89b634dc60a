//! Reports that follow one another while a command runs: each is written when it is there, and the worst one is the exit code.

use super::{
    Error,
    apart::{Input, Written, apart},
    arguments::running::{RunningArguments, RunningFormat},
    exit,
    out::sink::Sink,
    several::rendered,
};
use crate::{
    cli::arguments::choices::Format,
    net::{Network as _, System},
    policy::Policy,
    report::{Report, Severity},
};

/// The place of the reports, and what they have come to so far.
pub(super) struct Running {
    format: Format,
    sink: Sink,
    written: u64,
    worst: Option<u8>,
    threshold: Option<Severity>,
    policy: Policy,
}

impl Running {
    /// Opens the file that was named, which is not touched before the first report; `besides` is written too.
    ///
    /// # Errors
    /// It cannot be written, or is another input or output.
    pub(super) fn open(
        arguments: &RunningArguments,
        inputs: &[Input],
        besides: Option<Written<'_>>,
    ) -> Result<Self, Error> {
        let place = &arguments.place;
        let own = place.file().map(|path| Written { what: "-o", path });
        let written: Vec<_> = own.into_iter().chain(besides).collect();
        apart(inputs, &written, place.file().is_none())?;
        let format = match arguments.chosen() {
            RunningFormat::Text => Format::Text,
            RunningFormat::Ndjson => Format::Ndjson,
        };
        let threshold = arguments.telling.threshold();
        let policy = Policy::default().counting(arguments.telling.counted());
        Ok(Self { format, sink: Sink::main(place)?, written: 0, worst: None, threshold, policy })
    }

    /// Writes a report behind those before it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(&mut self, mut report: Report) -> Result<(), Error> {
        self.policy.judge(&mut report, System.now().date());
        let report = &report;
        let mut bytes = rendered(report, self.format, self.threshold, self.sink.columns())?;
        if self.format == Format::Text && self.written > 0 {
            bytes.insert(0, b'\n');
        }
        let code = exit::code(report, self.threshold);
        self.worst = exit::worst(self.worst.into_iter().chain([code]));
        self.written += 1;
        self.sink.add(&bytes, self.written == 1)
    }

    /// The exit code of the worst report; 0 if there was none.
    pub(super) fn code(&self) -> u8 {
        self.worst.unwrap_or_default()
    }

    /// Ends; a file that was made for reports goes again if there was none.
    pub(super) fn end(self) -> u8 {
        let code = self.code();
        if self.written == 0 {
            self.sink.abandon();
        }
        code
    }
}
