//! What mstsc keeps in the registry: whether it can, what it remembers of a host, and how it treats an unproven identity.

use crate::{
    local::{Beside, Case, Check, CheckResult, Is, Setting, Survey, Target, Value, registry_keys::CLIENT},
    report::{
        CheckStatus::{Ok as Fine, Warning},
        Machine,
        Os::Windows,
        RememberedCertificate,
        Role::Client,
    },
};

/// What it remembers of each host.
pub(super) const SERVERS: &str = r"HKCU\Software\Microsoft\Terminal Server Client\Servers";
const DEVICES: &str = r"HKCU\Software\Microsoft\Terminal Server Client\LocalDevices";
/// More remembered hosts are not read.
const MOST_HOSTS: usize = 256;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("client-key-writable", Client, &[Windows], writable),
    Check::logic("client-key-remembered", Client, &[Windows], remembered).beside(Beside::Tls),
    Check::setting("client-key-authentication-level", Client, &[Windows], LEVEL).beside(Beside::Tls),
];

const LEVEL: Setting = Setting {
    keys: &[CLIENT, r"HKLM\SOFTWARE\Microsoft\Terminal Server Client"],
    name: "AuthenticationLevelOverride",
    absent: (Fine, "nothing overrides how the client treats a host whose identity is not proven"),
    cases: &[
        Case(
            Is::Number(0),
            Warning,
            "the client connects to whoever answers, without a word; it cures no connection error",
        ),
        Case(Is::Number(1), Fine, "the client refuses a host whose identity is not proven"),
        Case(Is::Number(2), Fine, "the client warns of a host whose identity is not proven"),
        Case(Is::Else, Warning, "the value is none of 0, 1 and 2"),
    ],
};

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    let names = survey.machine.subkeys(SERVERS).ok().flatten().unwrap_or_default();
    let certificate = |name: &String| {
        let hash = match survey.value(&format!("{SERVERS}\\{name}"), "CertHash") {
            Ok(Some(Value::Binary { binary })) => binary,
            _ => return None,
        };
        let (sha1, sha256) = match hash.len() {
            40 => (Some(hash), None),
            64 => (None, Some(hash)),
            _ => return None,
        };
        let (host, port) = parted(name);
        Some(RememberedCertificate {
            host: host.to_owned(),
            port,
            sha1,
            sha256,
            source: format!("{SERVERS}\\{name}"),
        })
    };
    machine.remembered.extend(names.iter().take(MOST_HOSTS).filter_map(certificate));
}

fn writable(survey: &Survey<'_>) -> CheckResult {
    match survey.machine.may_create(CLIENT) {
        Err(why) => CheckResult::unreadable(CLIENT, &why),
        Ok(None) => CheckResult::ok("the client has no key yet: it makes one when it is first used"),
        Ok(Some(true)) => {
            CheckResult::ok("the client's key is there, and subkeys may be created in it").seen(CLIENT)
        }
        Ok(Some(false)) => CheckResult::warning(
            "the client may not create subkeys in its own key: it remembers nothing, but can connect",
        )
        .seen(CLIENT),
    }
}

fn remembered(survey: &Survey<'_>) -> CheckResult {
    let names = match survey.machine.subkeys(SERVERS) {
        Err(why) => return CheckResult::unreadable(SERVERS, &why),
        Ok(names) => names.unwrap_or_default(),
    };
    let Some(target) = survey.target else {
        return CheckResult::ok(format!("the client remembers {} hosts", names.len()));
    };
    let Some(name) = names.iter().find(|name| is(name, target)) else {
        return CheckResult::ok(format!("the client remembers nothing of {}", target.host));
    };
    let key = format!("{SERVERS}\\{name}");
    let read = |key: &str, name: &str| survey.value(key, name);
    let (hash, user, devices) =
        match (read(&key, "CertHash"), read(&key, "UsernameHint"), read(DEVICES, name)) {
            (Ok(hash), Ok(user), Ok(devices)) => (hash, user, devices),
            (Err(why), ..) | (_, Err(why), _) | (.., Err(why)) => return CheckResult::unreadable(&key, &why),
        };
    let mut seen = Vec::new();
    seen.extend(user.map(|_| "a user name".to_owned()));
    seen.extend(devices.map(|devices| format!("allowed devices {devices}")));
    let result = match hash {
        None => CheckResult::ok(format!("the client remembers {}, but no certificate of it", target.host)),
        Some(Value::Binary { binary }) if matches!(binary.len(), 40 | 64) => {
            seen.push(format!("certificate {binary}"));
            CheckResult::ok(format!(
                "the client remembers a certificate of {} that its user accepted",
                target.host
            ))
        }
        Some(_) => {
            seen.push("CertHash of another length".to_owned());
            CheckResult::warning(format!(
                "what the client keeps as the certificate of {} is no hash",
                target.host
            ))
        }
    };
    if seen.is_empty() { result } else { result.seen(seen.join(", ")) }
}

fn is(name: &str, target: &Target) -> bool {
    let (host, port) = parted(name);
    host.eq_ignore_ascii_case(&target.host) && port.is_none_or(|port| port == target.port)
}

/// A host as the client was given it, and its port where it has one.
fn parted(name: &str) -> (&str, Option<u16>) {
    match name.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (name, None),
        },
        _ => (name, None),
    }
}
