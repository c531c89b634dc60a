//! What the hosts showed: which are done, the table, the worst exit code, and every place that it is written to.

use std::{collections::BTreeSet, ops::ControlFlow};

use super::{outputs::Outputs, progress::Progress, state::State};
use crate::{
    cli::{
        Error,
        arguments::{choices::Format, scan::ScanArguments},
        exit,
        out::stderr,
        promised::Promised,
    },
    diagnose,
    endpoint::Endpoint,
    plain,
    render::{self, HostRow, Overview},
    report::{Report, Severity, Trace},
    scan::{Ended, Stopped, Targets, Why},
};

const NOT_TRIED: &str = "not tried";
const GIVEN_UP: &str = "given up";

/// What is known of the hosts of a scan.
pub(super) struct Results<'a> {
    targets: &'a Targets,
    promised: &'a Promised,
    threshold: Option<Severity>,
    done: Vec<bool>,
    count: u64,
    overview: Overview,
    worst: Option<u8>,
    state: Option<State>,
    outputs: Outputs,
    progress: Progress,
    failed: Option<Error>,
}

impl<'a> Results<'a> {
    /// Opens what is written, and takes what an earlier run has written.
    ///
    /// # Errors
    /// Something cannot be opened or read; all files are as they were then.
    pub(super) fn open(
        arguments: &ScanArguments,
        targets: &'a Targets,
        promised: &'a Promised,
    ) -> Result<Self, Error> {
        let output = &arguments.output;
        let path = output.place.file().filter(|_| output.chosen() == Format::Ndjson);
        let mut state = path.map(State::open).transpose()?.flatten();
        let count = usize::try_from(targets.count()).unwrap_or(usize::MAX);
        let mut results = match Outputs::open(output, state.is_some()) {
            Ok(outputs) => Self {
                targets,
                promised,
                threshold: output.telling.threshold(),
                done: vec![false; count],
                count: 0,
                overview: Overview::default(),
                worst: None,
                state: None,
                outputs,
                progress: Progress::new(&output.telling, targets.count(), 0),
                failed: None,
            },
            Err(error) => {
                state.into_iter().for_each(State::abandon);
                return Err(error);
            }
        };
        let taken = state.as_mut().map_or(Ok(0), |state| results.resume(state));
        results.state = state;
        match taken {
            Ok(others) => {
                results.progress = Progress::new(&output.telling, targets.count(), results.count);
                results.tell(output.telling.quiet, others);
                Ok(results)
            }
            Err(error) => {
                results.state.take().into_iter().for_each(State::abandon);
                results.outputs.abandon();
                Err(error)
            }
        }
    }

    /// Takes the complete lines; how many are of hosts that are not in the list.
    fn resume(&mut self, state: &mut State) -> Result<u64, Error> {
        let mut others = 0;
        let length = state.read(&mut |trace| match self.index(&trace) {
            None => others += 1,
            // Of two lines the first one counts.
            Some(index) if self.is_done(index) => {}
            Some(index) => {
                let report = self.promised.judge(diagnose(trace));
                self.note(index, &report);
            }
        })?;
        // Nothing was touched before all of it was read.
        if self.outputs.needs_reports() {
            let mut failed = None;
            state.read(&mut |trace| {
                if failed.is_none() && self.index(&trace).is_some() {
                    let report = self.promised.judge(diagnose(trace));
                    failed = self.outputs.add(&report).err();
                }
            })?;
            failed.map_or(Ok(()), Err)?;
        }
        state.go_on(length)?;
        Ok(others)
    }

    fn tell(&self, quiet: bool, others: u64) {
        if quiet {
            return;
        }
        if self.count > 0 {
            let done = plain::plural(self.count, "host");
            stderr::say(format_args!("{done} of {} done before, and not probed again", self.done.len()));
        }
        if others > 0 {
            let lines = plain::plural(others, "report");
            stderr::say(format_args!("{lines} of hosts that are not in this list kept, and not counted"));
        }
    }

    fn index(&self, trace: &Trace) -> Option<u64> {
        let target = trace.target.as_ref()?;
        let endpoint = Endpoint::new(target.host.clone(), target.port);
        self.targets.index_of(&target.input, &endpoint)
    }

    fn is_done(&self, index: u64) -> bool {
        usize::try_from(index).is_ok_and(|index| self.done.get(index).copied().unwrap_or(true))
    }

    /// Whether an index is still to be probed.
    pub(super) fn left(&self) -> impl Fn(&u64) -> bool {
        |index| !self.is_done(*index)
    }

    /// Counts a report.
    fn note(&mut self, index: u64, report: &Report) {
        if let Some(done) = usize::try_from(index).ok().and_then(|index| self.done.get_mut(index)) {
            *done = true;
        }
        self.count += 1;
        self.worst = exit::worst(self.worst.into_iter().chain([exit::code(report, self.threshold)]));
        self.overview.promises(report);
        let row = HostRow::of(report);
        match self.targets.is_written(index) {
            true => self.overview.add(row),
            false => self.overview.add_of_range(row),
        }
    }

    fn write(&mut self, report: &Report) -> Result<(), Error> {
        if let Some(state) = &mut self.state {
            let mut line = Vec::new();
            render::ndjson(report, &mut line)
                .map_err(|error| Error::new(format!("cannot write the report: {error}")))?;
            state.add(&line)?;
        }
        self.outputs.add(report)
    }

    /// Writes the rest; the exit code.
    ///
    /// # Errors
    /// Something could not be written.
    pub(super) fn finish(mut self, stopped: Option<Stopped>) -> Result<u8, Error> {
        self.progress.wipe();
        if let Some(stopped) = &stopped {
            self.leave(stopped);
        }
        self.promised.finish(None)?;
        let written = self.outputs.finish(&mut self.overview);
        self.failed.map_or(Ok(()), Err)?;
        written?;
        Ok(match stopped.map(|stopped| stopped.why) {
            Some(Why::Interrupted) => exit::INTERRUPTED,
            Some(Why::Deadline) => exit::of_unfinished(self.worst),
            Some(Why::Refused) | None => self.worst.unwrap_or_default(),
        })
    }

    /// Lists the hosts that were not probed to their end.
    fn leave(&mut self, stopped: &Stopped) {
        let given_up: BTreeSet<u64> = stopped.given_up.iter().copied().collect();
        let mut unlisted = [(NOT_TRIED, 0), (GIVEN_UP, 0)];
        for index in (0..self.targets.count()).filter(|index| !self.is_done(*index)).collect::<Vec<_>>() {
            let which = usize::from(given_up.contains(&index));
            let why = unlisted[which].0;
            let is_written = self.targets.is_written(index);
            if !is_written {
                unlisted[which].1 += 1;
            }
            if !is_written && !self.outputs.lists_all() {
                continue;
            }
            let Some(target) = self.targets.get(index) else { continue };
            if is_written {
                self.overview.add(HostRow::left(&target.input, why));
            }
            if let Err(error) = self.outputs.left(&target.endpoint.to_string(), why) {
                self.failed.get_or_insert(error);
            }
        }
        for (why, count) in unlisted.into_iter().filter(|(_, count)| *count > 0) {
            self.overview.add_unlisted(&HostRow::left("", why), count);
        }
    }
}

impl Ended<Report> for Results<'_> {
    fn host(&self, index: u64) -> String {
        self.targets.get(index).map(|target| target.endpoint.host.to_lowercase()).unwrap_or_default()
    }

    fn ended(&mut self, index: u64, report: Report) -> ControlFlow<()> {
        let report = self.promised.judge(report);
        if let Err(error) = self.write(&report) {
            self.failed.get_or_insert(error);
            return ControlFlow::Break(());
        }
        self.note(index, &report);
        self.progress.ended(self.count);
        ControlFlow::Continue(())
    }
}
