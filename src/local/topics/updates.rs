//! The few updates that changed how the client of Windows connects.

use super::file_version::{self, WINDOWS_7};
use crate::{
    local::{Beside, Check, CheckResult, Survey},
    report::{Os::Windows, Role::Client},
};

const PACKAGES: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";

/// Windows 11 24H2 and 25H2, which share their updates.
const SHARED_BUILDS: [u32; 2] = [26100, 26200];
/// Windows Server 2025 has the build and counts its revisions from here.
const SERVER_REVISIONS: u32 = 20_000;
/// Windows 7 and Server 2008 R2 without the service pack.
const WINDOWS_7_FIRST: u32 = 7600;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("updates-kb5074109", Client, &[Windows], january).beside(Beside::SignIn),
    Check::logic("updates-kb5083769", Client, &[Windows], april).beside(Beside::RdpFile),
    Check::logic("updates-kb2923545", Client, &[Windows], windows_7),
];

fn january(survey: &Survey<'_>) -> CheckResult {
    revision(survey).map_or_else(
        |result| result,
        |revision| match revision {
            ..7623 => CheckResult::ok("this Windows is older than KB5074109"),
            7623..7627 => CheckResult::warning(
                "KB5074109 is the last update: clients that embed the control fail to ask for credentials (0x80080005)",
            ),
            _ => CheckResult::ok("this Windows is past KB5074109 and has its correction"),
        }
        .seen(format!("revision {revision}")),
    )
}

fn april(survey: &Survey<'_>) -> CheckResult {
    revision(survey).map_or_else(
        |result| result,
        |revision| {
            match revision {
                ..8246 => {
                    CheckResult::ok("this Windows is older than KB5083769, a security update of April 2026")
                }
                _ => CheckResult::ok(
                    "since KB5083769 the client warns of what an .rdp file asks for, and of who wrote it",
                ),
            }
            .seen(format!("revision {revision}"))
        },
    )
}

/// The revision of a Windows that gets these updates, or what to say of another.
fn revision(survey: &Survey<'_>) -> Result<u32, CheckResult> {
    let [_, _, build, revision] = file_version::of(survey)
        .ok_or_else(|| CheckResult::unknown("the version of Windows is not known"))?;
    match revision {
        _ if !SHARED_BUILDS.contains(&build) => {
            Err(CheckResult::not_applicable("this update is for Windows 11 24H2 and 25H2"))
        }
        0 => Err(CheckResult::unknown("the revision of Windows is not known")),
        SERVER_REVISIONS.. => Err(CheckResult::not_applicable("this is a server, which has its own updates")),
        _ => Ok(revision),
    }
}

fn windows_7(survey: &Survey<'_>) -> CheckResult {
    let Some([_, _, build, _]) = file_version::of(survey) else {
        return CheckResult::unknown("the version of Windows is not known");
    };
    match build {
        WINDOWS_7 => {}
        WINDOWS_7_FIRST => {
            return CheckResult::warning(
                "Windows 7 without its service pack takes no newer client than its own",
            );
        }
        _ => return CheckResult::not_applicable("KB2923545 is for Windows 7 SP1 and Server 2008 R2 SP1"),
    }
    let names = match survey.machine.subkeys(PACKAGES) {
        Err(why) => return CheckResult::unreadable(PACKAGES, &why),
        Ok(names) => names.unwrap_or_default(),
    };
    match names.iter().find(|name| name.to_ascii_lowercase().starts_with("package_for_kb2923545~")) {
        Some(name) => CheckResult::ok("the client of RDP 8.1 is installed (KB2923545)").seen(name),
        None => CheckResult::warning("the client of RDP 8.1 is not installed (KB2923545)"),
    }
}
