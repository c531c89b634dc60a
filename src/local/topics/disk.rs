//! Whether the system volume and the temporary folder take files, which matters less than is said.

use crate::{
    local::{Check, Said, Scene},
    report::{Os::Windows, Role::Client},
};

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("disk-system-volume", Client, &[Windows], system_volume),
    Check::logic("disk-temporary-folder", Client, &[Windows], temporary_folder),
];

fn system_volume(scene: &Scene<'_>) -> Said {
    const ROOT: &str = r"%SystemDrive%\";
    match (scene.host.file(ROOT), scene.host.elevated()) {
        (Err(why), _) => Said::unreadable(ROOT, &why),
        (Ok(None), _) => Said::unknown(format!("there is no {ROOT}")),
        (Ok(Some(file)), _) if file.writable => Said::ok("the system volume may be written").seen(ROOT),
        (Ok(Some(_)), Some(true)) => {
            Said::warning("the system volume may not be written, not even by an administrator").seen(ROOT)
        }
        (Ok(Some(_)), _) => {
            Said::ok("this user may not write to the top of the system volume, which is normal").seen(ROOT)
        }
    }
}

fn temporary_folder(scene: &Scene<'_>) -> Said {
    const FOLDER: &str = "%TEMP%";
    match scene.host.file(FOLDER) {
        Err(why) => Said::unreadable(FOLDER, &why),
        Ok(None) => Said::ok("there is no temporary folder; a connection does not need one, programs do"),
        Ok(Some(file)) if file.writable => Said::ok("the temporary folder may be written"),
        Ok(Some(_)) => {
            Said::ok("the temporary folder may not be written; a connection does not need it, programs do")
        }
    }
}
