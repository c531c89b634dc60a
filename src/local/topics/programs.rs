//! The clients on this machine and what their versions know.

use crate::{
    local::{Beside, Check, CheckResult, Survey},
    report::{
        Os::{Linux, Macos},
        Role::Client,
    },
};

const DPKG: &str =
    "dpkg-query --show freerdp2-x11 freerdp2-wayland freerdp3-x11 freerdp3-wayland freerdp3-sdl remmina krdc";
const RPM: &str = "rpm -q freerdp freerdp2 remmina krdc";
const PACMAN: &str = "/var/lib/pacman/local";
const FAMILY: &[&str] = &["freerdp", "remmina", "krdc"];
/// Programs that came without a package.
const PATHS: &[&str] =
    &["xfreerdp", "xfreerdp3", "wlfreerdp", "wlfreerdp3", "sdl-freerdp", "sdl-freerdp3", "remmina", "krdc"];
const APPS: &[&str] = &["Windows App", "Microsoft Remote Desktop"];

/// How a list of properties begins in its binary form, which stays unread.
const BINARY: &str = "bplist";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("programs-clients", Client, &[Linux], clients).beside(Beside::None),
    Check::logic("programs-windows-app", Client, &[Macos], windows_app).beside(Beside::None),
];

fn clients(survey: &Survey<'_>) -> CheckResult {
    let packages = match packages(survey) {
        Ok(packages) => packages,
        Err(result) => return result,
    };
    let programs = if packages.is_empty() { loose(survey) } else { Vec::new() };
    let old = packages.iter().any(|(name, version)| name.contains("freerdp") && major(version) == Some(2));
    let list = packages.iter().map(|(name, version)| format!("{name} {version}")).chain(programs);
    let seen = list.collect::<Vec<_>>().join(", ");
    if seen.is_empty() {
        return CheckResult::ok("none of FreeRDP, Remmina and KRDC is installed; this program needs none");
    }
    let result = if old {
        CheckResult::ok(
            "FreeRDP 2 is installed: it is no longer maintained, and knows no sign-in with Entra ID",
        )
    } else {
        CheckResult::ok("clients are installed")
    };
    result.seen(seen)
}

/// What the system's package manager has of the clients, each with its version.
fn packages(survey: &Survey<'_>) -> Result<Vec<(String, String)>, CheckResult> {
    let there = |path: &str| match survey.machine.file(path) {
        Ok(file) => Ok(file.is_some()),
        Err(why) => Err(CheckResult::unreadable("the packages of this system", &why)),
    };
    let printed = |line: &str| match survey.command(line) {
        Ok(output) => Ok(output.map(|output| output.text).unwrap_or_default()),
        Err(why) => Err(CheckResult::unreadable("the packages of this system", &why)),
    };
    if there("/var/lib/dpkg/status")? {
        let text = printed(DPKG)?;
        let rows = text.lines().filter_map(|line| line.split_once('\t'));
        Ok(rows.filter(|row| !row.1.is_empty()).map(|(name, version)| pair(name, version)).collect())
    } else if there(PACMAN)? {
        let names = survey.machine.folder(PACMAN).ok().flatten().unwrap_or_default();
        Ok(names.iter().filter_map(|name| parted(name)).collect())
    } else if there("/usr/bin/rpm")? {
        Ok(printed(RPM)?.lines().filter_map(parted).collect())
    } else {
        Ok(Vec::new())
    }
}

/// `name-version-release` of a client.
fn parted(package: &str) -> Option<(String, String)> {
    let (rest, _release) = package.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    FAMILY
        .iter()
        .any(|family| name.trim_end_matches(char::is_numeric) == *family)
        .then(|| pair(name, version))
}

fn pair(name: &str, version: &str) -> (String, String) {
    (name.to_owned(), version.to_owned())
}

/// The first number; distributions may put an epoch before it.
fn major(version: &str) -> Option<u32> {
    let version = version.split_once(':').map_or(version, |(_, version)| version);
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn loose(survey: &Survey<'_>) -> Vec<String> {
    let folders = ["/usr/local/bin", "/usr/bin"];
    let paths = folders.iter().flat_map(|folder| PATHS.iter().map(move |name| format!("{folder}/{name}")));
    paths.filter(|path| matches!(survey.machine.file(path), Ok(Some(_)))).collect()
}

fn windows_app(survey: &Survey<'_>) -> CheckResult {
    for name in APPS {
        let path = format!("/Applications/{name}.app/Contents/Info.plist");
        let text = match survey.machine.text(&path) {
            Ok(Some(text)) => text,
            Ok(None) => continue,
            Err(why) => return CheckResult::unreadable(name, &why),
        };
        let is_list = text.contains("<plist") || text.starts_with(BINARY);
        if !is_list {
            return CheckResult::unknown(format!(
                "{path} is no list of properties, so {name} may be damaged"
            ));
        }
        let version = text.split("<key>CFBundleShortVersionString</key>").nth(1);
        let version = version.and_then(|rest| rest.split("<string>").nth(1)?.split('<').next());
        let seen = version.map_or_else(|| (*name).to_owned(), |version| format!("{name} {version}"));
        return if *name == APPS[0] {
            CheckResult::ok("Microsoft's client is installed; it shows the same codes as mstsc").seen(seen)
        } else {
            CheckResult::warning(
                "Microsoft Remote Desktop was replaced by Windows App and gets no more updates",
            )
            .seen(seen)
        };
    }
    CheckResult::ok("Microsoft's client is not installed; this program needs none")
}
