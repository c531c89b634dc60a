//! Whether the system volume and the temporary folder take files, which matters less than is said.

use crate::{
    local::{Check, CheckResult, Survey},
    report::{Os::Windows, Role::Client},
};

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("disk-system-volume", Client, &[Windows], system_volume),
    Check::logic("disk-temporary-folder", Client, &[Windows], temporary_folder),
];

fn system_volume(survey: &Survey<'_>) -> CheckResult {
    const ROOT: &str = r"%SystemDrive%\";
    match (survey.machine.file(ROOT), survey.machine.elevated()) {
        (Err(why), _) => CheckResult::unreadable(ROOT, &why),
        (Ok(None), _) => CheckResult::unknown(format!("there is no {ROOT}")),
        (Ok(Some(file)), _) if file.writable => {
            CheckResult::ok("the system volume may be written").seen(ROOT)
        }
        (Ok(Some(_)), Some(true)) => {
            CheckResult::warning("the system volume may not be written, not even by an administrator")
                .seen(ROOT)
        }
        (Ok(Some(_)), _) => {
            CheckResult::ok("this user may not write to the top of the system volume, which is normal")
                .seen(ROOT)
        }
    }
}

fn temporary_folder(survey: &Survey<'_>) -> CheckResult {
    const FOLDER: &str = "%TEMP%";
    match survey.machine.file(FOLDER) {
        Err(why) => CheckResult::unreadable(FOLDER, &why),
        Ok(None) => {
            CheckResult::ok("there is no temporary folder; a connection does not need one, programs do")
        }
        Ok(Some(file)) if file.writable => CheckResult::ok("the temporary folder may be written"),
        Ok(Some(_)) => CheckResult::ok(
            "the temporary folder may not be written; a connection does not need it, programs do",
        ),
    }
}
