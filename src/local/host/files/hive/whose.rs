//! Whether a key `Software` is the machine's or a user's: both have the same keys, but not the same values.

use std::io::{Read, Seek};

use super::cells::{Cells, Key, walk_from};

const VERSION: &str = r"Microsoft\Windows NT\CurrentVersion";
/// Values of the machine's version, which no user has.
const OF_MACHINE: &[&str] = &["CurrentBuildNumber", "CurrentBuild", "ProductName", "SystemRoot"];
/// Keys that only a user has.
const OF_USER: &[&str] = &[
    r"Microsoft\Windows\CurrentVersion\Explorer\UserAssist",
    r"Microsoft\Windows\CurrentVersion\Explorer\RunMRU",
    r"Microsoft\Windows\CurrentVersion\Explorer\RecentDocs",
    r"Microsoft\Windows\CurrentVersion\Explorer\FileExts",
    r"Microsoft\Windows NT\CurrentVersion\Devices",
    r"Microsoft\Terminal Server Client\Default",
    r"Microsoft\Terminal Server Client\Servers",
];

/// Which key it is; none where its contents do not tell.
pub(super) fn software<R: Read + Seek>(cells: &mut Cells<R>, root: &Key) -> Option<&'static str> {
    let version = walk_from(cells, root.clone(), VERSION.split('\\')).ok().flatten();
    let is_machine = version.is_some_and(|version| {
        OF_MACHINE.iter().any(|value| matches!(cells.value(&version, value), Ok(Some(_))))
    });
    if is_machine {
        return Some(r"HKLM\SOFTWARE");
    }
    let mut user = OF_USER.iter();
    let is_user = user.any(|key| matches!(walk_from(cells, root.clone(), key.split('\\')), Ok(Some(_))));
    is_user.then_some(r"HKCU\Software")
}

/// The profiles of the system's own accounts, and the one that new users begin with.
const OF_NOBODY: &[&str] = &["default", "localservice", "networkservice", "systemprofile"];

/// Whether the file at this path is the hive of such a profile: `config\DEFAULT`, or an NTUSER.DAT in its folder.
pub(super) fn is_of_nobody(path: &str) -> bool {
    let path = path.to_lowercase();
    let mut parts = path.rsplit(['\\', '/']);
    let file = parts.next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    stem == "default" || parts.next().is_some_and(|folder| OF_NOBODY.contains(&folder))
}
