//! The client itself: `mstsc.exe`, `mstscax.dll` and `TSpkg.dll`, their versions and where programs load the control from.

use super::file_version::{self, Version, WINDOWS_7};
use crate::{
    local::{Beside, Case, Check, CheckResult, File, Is, Setting, Survey},
    report::{
        CheckStatus::{Ok as Fine, Warning},
        Os::Windows,
        Role::Client,
    },
};

const MSTSC: &str = r"%SystemRoot%\System32\mstsc.exe";
const CONTROL: &str = r"%SystemRoot%\System32\mstscax.dll";
const TSPKG: &str = r"%SystemRoot%\System32\TSpkg.dll";

/// The first version of TSpkg.dll with the CredSSP update of 2018, by build of Windows; later builds began with it
/// (MicrosoftDocs/SupportArticles-docs, credssp-encryption-oracle-remediation.md).
const UPDATED_TSPKG: &[Version] = &[
    [6, 1, 7601, 24117],
    [6, 2, 9200, 22432],
    [6, 3, 9600, 18999],
    [10, 0, 14393, 2248],
    [10, 0, 15063, 1088],
    [10, 0, 16299, 431],
];
const FIRST_BUILD_WITH_UPDATE: u32 = 17134;
/// An enablement package counts the system's build up and leaves that of its files: 19041 to 19045, 26100 to 26200.
const ENABLED_AHEAD: u32 = 100;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("program-files", Client, &[Windows], files),
    Check::logic("program-version", Client, &[Windows], version),
    Check::setting("program-control", Client, &[Windows], REGISTERED),
    Check::logic("program-tspkg", Client, &[Windows], tspkg).beside(Beside::SignIn),
];

const REGISTERED: Setting = Setting {
    keys: &[
        r"HKCU\Software\Classes\CLSID\{1FB464C8-09BB-4017-A2F5-EB742F04392F}\InprocServer32",
        r"HKLM\SOFTWARE\Classes\CLSID\{1FB464C8-09BB-4017-A2F5-EB742F04392F}\InprocServer32",
    ],
    name: "",
    absent: (
        Warning,
        "the client's control is not registered: mstsc works, programs that embed the control do not",
    ),
    cases: &[
        Case(Is::Ending(r"\system32\mstscax.dll"), Fine, "programs load the client's control from System32"),
        Case(
            Is::Else,
            Warning,
            "programs load the client's control from elsewhere than System32, where updates do not reach it",
        ),
    ],
};

fn files(survey: &Survey<'_>) -> CheckResult {
    let mut seen = Vec::new();
    for path in [MSTSC, CONTROL] {
        match survey.machine.file(path) {
            Err(why) => return CheckResult::unreadable(path, &why),
            Ok(None) => {
                return CheckResult::error(format!("{path} is missing, so this client does not start"));
            }
            Ok(Some(file)) => seen.push(shown(path, &file)),
        }
    }
    CheckResult::ok("the client's files are there; their attributes have no bearing on a connection")
        .seen(seen.join(", "))
}

fn shown(path: &str, file: &File) -> String {
    let name = path.rsplit('\\').next().unwrap_or(path);
    let version = file.version.as_deref().unwrap_or("of unknown version");
    let attributes: String = file.attributes.iter().map(|attribute| format!(" ({attribute})")).collect();
    format!("{name} {version}{attributes}")
}

fn version(survey: &Survey<'_>) -> CheckResult {
    let (mstsc, control) = match (found(survey, MSTSC), found(survey, CONTROL)) {
        (Ok(Some(mstsc)), Ok(Some(control))) => (mstsc, control),
        (Err(result), _) | (_, Err(result)) => return result,
        _ => return CheckResult::not_applicable("a file of the client is missing"),
    };
    let Some(system) = file_version::of(survey) else {
        return CheckResult::unknown("the version of Windows is not known");
    };
    let seen =
        format!("mstsc.exe {}, mstscax.dll {}, Windows {}", dotted(mstsc), dotted(control), dotted(system));
    let result = if mstsc[..3] != control[..3] {
        CheckResult::warning(
            "mstsc.exe and mstscax.dll are of different builds, so one of them was copied here or not updated",
        )
    } else if fits(control, system) {
        CheckResult::ok("the client belongs to this Windows")
    } else {
        CheckResult::warning("the client is not the one of this Windows")
    };
    result.seen(seen)
}

fn fits(file: Version, system: Version) -> bool {
    // Its client was replaced by those of Windows 8 and 8.1.
    if system[2] <= WINDOWS_7 {
        return file[0] == 6 && (1..=3).contains(&file[1]);
    }
    file[2] <= system[2] && system[2] - file[2] <= ENABLED_AHEAD
}

fn tspkg(survey: &Survey<'_>) -> CheckResult {
    let version = match found(survey, TSPKG) {
        Ok(Some(version)) => version,
        Ok(None) => {
            return CheckResult::warning(format!("{TSPKG} is missing, without which there is no CredSSP"));
        }
        Err(result) => return result,
    };
    let result = match UPDATED_TSPKG.iter().find(|updated| updated[2] == version[2]) {
        _ if version[2] >= FIRST_BUILD_WITH_UPDATE => {
            CheckResult::ok("this Windows came with the CredSSP update of 2018")
        }
        Some(updated) if version[3] >= updated[3] => {
            CheckResult::ok("the CredSSP update of 2018 is installed")
        }
        Some(updated) => CheckResult::error(format!(
            "the CredSSP update of 2018 is missing ({} has it), so updated hosts may refuse this client",
            dotted(*updated)
        )),
        None => CheckResult::unknown("no version with the CredSSP update is published for this build"),
    };
    result.seen(format!("TSpkg.dll {}", dotted(version)))
}

/// The version of a file, none where there is no file; else what to say.
fn found(survey: &Survey<'_>, path: &str) -> Result<Option<Version>, CheckResult> {
    let file = match survey.machine.file(path) {
        Err(why) => return Err(CheckResult::unreadable(path, &why)),
        Ok(None) => return Ok(None),
        Ok(Some(file)) => file,
    };
    match file.version.as_deref().and_then(file_version::parse) {
        Some(version) => Ok(Some(version)),
        None => Err(CheckResult::unknown(format!("the version of {path} is not known"))),
    }
}

fn dotted(version: Version) -> String {
    version.map(|number| number.to_string()).join(".")
}
