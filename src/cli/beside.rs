//! The checks beside a trace: of this machine, or of files in its place.

use std::{path::Path, sync::mpsc, thread, time::Duration};

use super::{Error, out::stderr};
use crate::{
    destination::Target,
    local::{
        self, Checked, Host as _, RoleChoice, check, check_beside,
        files::{Files, Given},
        is_answered, is_damaged, this_machine,
    },
    report::{LocalCheck, Machine, Report},
};

/// The checks beside a trace.
pub(super) enum Beside {
    /// Those of this machine.
    ThisMachine,
    /// Those of files, in its place.
    Files(Box<Checked>),
}

/// Checks that hang are left out this much later, such as those of a file on a server that is gone.
const PATIENCE: Duration = Duration::from_secs(5);

impl Beside {
    /// Makes those of a folder.
    ///
    /// # Errors
    /// There is nothing to read in it, or nothing that a check asks for.
    pub(super) fn of_folder(path: &Path, target: &local::Target) -> Result<Self, Error> {
        let files = Files::open(&[Given::Folder(path.to_owned())]).map_err(Error::new)?;
        let made = check(&files, RoleChoice::Auto, Some(target));
        match is_answered(&made.checks) {
            true => Ok(Self::Files(Box::new(made))),
            false => Err(useless(&files, &made.checks, Some(&made.machine))),
        }
    }

    /// Those that matter to a trace that has ended; none when they hang.
    pub(super) fn finish(self, report: &Report) -> Option<Checked> {
        if let Self::Files(made) = self {
            return Some(made.beside(report));
        }
        let (done, checked) = mpsc::channel();
        let report = report.clone();
        thread::spawn(move || {
            let _ = done.send(check_beside(&this_machine(), &report));
        });
        let checked = checked.recv_timeout(PATIENCE).ok();
        if checked.is_none() {
            stderr::say("the checks of the machine hang and are left out");
        }
        checked
    }
}

/// The target, as the checks are told of it.
pub(super) fn of_checks(target: &Target) -> local::Target {
    local::Target::new(&target.endpoint.host, target.endpoint.port)
}

/// That no check asks for what the files hold, or could read it.
pub(super) fn useless(files: &Files, checks: &[LocalCheck], machine: Option<&Machine>) -> Error {
    let told = files.source().unwrap_or_default().told();
    if let Some(damaged) = checks.iter().find(|check| is_damaged(check)) {
        return Error::new(format!("nothing that a check asks for can be read: {}: {told}", damaged.message));
    }
    let roles = machine.map_or(&[][..], |machine| &machine.roles);
    let roles: Vec<_> = roles.iter().map(|role| role.name()).collect();
    Error::new(format!("no check as {} asks for what the files hold: {told}", roles.join(" and ")))
}
