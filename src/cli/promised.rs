//! The policy of a run: read before anything is sent, held against each report, and written from one.

use std::{
    cell::Cell,
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

use super::{
    Error,
    arguments::{output::TellingArguments, policy::PolicyArguments},
    files,
    out::stderr,
};
use crate::{
    diagnose,
    net::{Network as _, System},
    policy::{Policy, proposed},
    report::{Outcome, Report},
};

/// The largest policy that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// What was promised, and where a policy is written.
pub(super) struct Promised {
    policy: Policy,
    read: Option<PathBuf>,
    write: Option<PathBuf>,
    expiry_days: Option<u32>,
    quiet: bool,
    /// Whether the policy promised anything of a target.
    is_used: Cell<bool>,
}

impl Promised {
    /// Reads the policy.
    ///
    /// # Errors
    /// It cannot be read, or is none, or the file to write is there.
    pub(super) fn read(arguments: &PolicyArguments, telling: &TellingArguments) -> Result<Self, Error> {
        if let Some(path) = arguments.write_policy.as_deref().filter(|path| path.symlink_metadata().is_ok()) {
            return Err(Error::new(format!("{} exists and is not overwritten", path.display())));
        }
        let policy = arguments.policy.as_deref().map(policy).transpose()?.unwrap_or_default();
        Ok(Self {
            policy: policy.accepting(arguments.accept.clone()).counting(telling.counted()),
            read: arguments.policy.clone(),
            write: arguments.write_policy.clone(),
            expiry_days: arguments.expiry_days,
            quiet: telling.quiet,
            is_used: Cell::new(false),
        })
    }

    /// Whether a policy is written.
    pub(super) fn writes(&self) -> bool {
        self.write.is_some()
    }

    /// The report with what became of the promises.
    pub(super) fn judge(&self, mut report: Report) -> Report {
        if self.expiry_days.is_some() {
            report.trace.request.expiry_days = self.expiry_days;
            report = diagnose(report.trace);
        }
        self.policy.judge(&mut report, System.now().date());
        self.is_used.set(self.is_used.get() || self.policy.is_about(&report));
        report
    }

    /// Writes the policy that was asked for, from this report, and says so if the one that was read is about other hosts.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(&self, report: Option<&Report>) -> Result<(), Error> {
        if let Some(path) = self.read.as_deref().filter(|_| !self.is_used.get() && !self.quiet) {
            stderr::say(format_args!("{} promises nothing of this target", path.display()));
        }
        match (&self.write, report) {
            (Some(path), Some(report)) => write(path, report),
            _ => Ok(()),
        }
    }
}

fn policy(path: &Path) -> Result<Policy, Error> {
    let name = path.display();
    let bytes =
        files::bytes(path, LARGEST).map_err(|error| Error::new(format!("cannot read {name}: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| Error::new(format!("{name} is no text in UTF-8")))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    Policy::read(text).map_err(|mistake| Error::new(format!("{name}, {mistake}")))
}

fn write(path: &Path, report: &Report) -> Result<(), Error> {
    let is_open = report.posture.as_ref().is_some_and(|posture| posture.unreached.is_none());
    if report.verdict.outcome == Outcome::Aborted && !is_open {
        stderr::say(format_args!("no policy is written: {}", report.verdict.summary));
        return Ok(());
    }
    let written = File::create_new(path).and_then(|mut file| file.write_all(proposed(report).as_bytes()));
    written.map_err(|error| Error::new(format!("cannot write {}: {error}", path.display())))
}
