//! What Windows always writes: where a `.reg` file covers such a key without it, the file changes settings and is no export.

use super::path::is_at_or_below;
use crate::local::registry_keys::CLIENT;

const SYSTEM: &str = r"HKLM\SYSTEM\CurrentControlSet";
/// Keys below [`SYSTEM`] with values of which every Windows has at least one.
const OF_SYSTEM: &[(&str, &[&str])] = &[
    (r"Control\Terminal Server", &["TSUserEnabled", "StartRCM", "ProductVersion", "RCDependentServices"]),
    (r"Control\Terminal Server\WinStations\RDP-Tcp", &["WdName", "PdName", "LanAdapter", "WdDLL"]),
    (r"Control\Lsa", &["Security Packages", "Authentication Packages", "LsaPid", "LimitBlankPasswordUse"]),
    (r"Control\SecurityProviders", &["SecurityProviders"]),
    (r"Control\SecurityProviders\SCHANNEL", &["EventLogging"]),
    (r"Services\TermService", TERMS_OF_SERVICE),
    (r"Services\SessionEnv", TERMS_OF_SERVICE),
    (r"Services\UmRdpService", TERMS_OF_SERVICE),
    (r"Services\CryptSvc", TERMS_OF_SERVICE),
    (r"Services\KeyIso", TERMS_OF_SERVICE),
    (r"Services\CertPropSvc", TERMS_OF_SERVICE),
    (r"Services\Netlogon", TERMS_OF_SERVICE),
    (r"Services\Audiosrv", TERMS_OF_SERVICE),
    (r"Services\SCardSvr", TERMS_OF_SERVICE),
    (r"Services\W32Time", TERMS_OF_SERVICE),
];
const TERMS_OF_SERVICE: &[&str] = &["ImagePath", "Type", "ObjectName"];

const SOFTWARE: &str = r"HKLM\SOFTWARE\Microsoft";
/// The same below [`SOFTWARE`].
const OF_SOFTWARE: &[(&str, &[&str])] = &[
    (r"Windows NT\CurrentVersion", &["CurrentBuild", "CurrentBuildNumber", "ProductName", "SystemRoot"]),
    (
        r"Windows\CurrentVersion\Policies\System",
        &["EnableLUA", "ConsentPromptBehaviorAdmin", "shutdownwithoutlogon"],
    ),
];

/// Where the policies are; what all of them are set to is in no single key.
const POLICIES: &[&str] = &[
    r"hklm\software\policies",
    r"hkcu\software\policies",
    r"hklm\software\microsoft\windows\currentversion\policies",
    r"hkcu\software\microsoft\windows\currentversion\policies",
];
/// Every Windows has it among its policies.
const CERTIFICATES: &str = r"hklm\software\policies\microsoft\systemcertificates";

/// What mstsc writes below the settings of the client of a user once it has been used.
const OF_CLIENT: &[&str] = &["Default", "Servers"];

/// Whether it is missing anywhere, or nothing but some policies is there: by the keys that the file begins with, whether a
/// key is there, and whether a key that the file covers lacks all of these values.
pub(super) fn is_missing(
    roots: &[String],
    is_there: impl Fn(&str) -> bool,
    lacks: impl Fn(&str, &[&str]) -> bool,
) -> bool {
    let is_policy = |key: &String| POLICIES.iter().any(|policies| is_at_or_below(key, policies));
    if roots.iter().all(is_policy) && !is_there(CERTIFICATES) {
        return true;
    }
    let below = |key: &str| OF_CLIENT.iter().any(|own| is_there(&format!("{key}\\{own}").to_lowercase()));
    if is_there(&CLIENT.to_lowercase()) && !below(CLIENT) {
        return true;
    }
    let all = [(SYSTEM, OF_SYSTEM), (SOFTWARE, OF_SOFTWARE)];
    let mut rows = all.iter().flat_map(|(root, rows)| rows.iter().map(move |row| (root, row)));
    rows.any(|(root, (key, values))| lacks(&format!("{root}\\{key}"), values))
}
