//! The proxies that Windows knows: the user's, the machine's, and that of WinHTTP; without accounts.

use crate::{
    local::{Answer, Beside, Check, CheckResult, Survey, Unreadable, Value},
    report::{Machine, Os::Windows, ProxySetting, Role::Client},
};

const USER: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
const MACHINE: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings";
const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
const CONNECTIONS: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
const WINHTTP: &str = "WinHttpSettings";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("windows-proxy-user", Client, &[Windows], user).beside(Beside::Gateway),
    Check::logic("windows-proxy-machine", Client, &[Windows], machine).beside(Beside::Gateway),
    Check::logic("windows-proxy-winhttp", Client, &[Windows], winhttp).beside(Beside::Gateway),
];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    let mut add = |addresses: Vec<String>, source: &str| {
        let setting = |address| ProxySetting { address, source: source.to_owned() };
        machine.proxies.extend(addresses.into_iter().map(setting));
    };
    add(settings(survey, USER).map_or_else(|_| Vec::new(), |found| found.addresses), USER);
    if per_machine(survey).unwrap_or(false) {
        add(settings(survey, MACHINE).map_or_else(|_| Vec::new(), |found| found.addresses), MACHINE);
    }
    if let Ok(Some(Value::Binary { binary })) = survey.value(CONNECTIONS, WINHTTP) {
        add(decoded(&binary).unwrap_or_default(), &format!("{CONNECTIONS}\\{WINHTTP}"));
    }
}

fn user(survey: &Survey<'_>) -> CheckResult {
    match settings(survey, USER) {
        Err(why) => CheckResult::unreadable(USER, &why),
        Ok(found) => found.outcome("this user"),
    }
}

fn machine(survey: &Survey<'_>) -> CheckResult {
    match (per_machine(survey), settings(survey, MACHINE)) {
        (Err(why), _) | (_, Err(why)) => CheckResult::unreadable(MACHINE, &why),
        (Ok(false), _) => {
            CheckResult::not_applicable("proxies are set per user, so those of the machine do not count")
        }
        (Ok(true), Ok(found)) => found.outcome("every user of this machine"),
    }
}

/// Whether a policy makes the machine's settings those of every user.
fn per_machine(survey: &Survey<'_>) -> Result<bool, Unreadable> {
    let value = survey.value(POLICY, "ProxySettingsPerUser")?;
    Ok(value == Some(Value::Number(0)))
}

struct Settings {
    addresses: Vec<String>,
    /// Switched on, but no address is given.
    hollow: bool,
}

impl Settings {
    fn outcome(self, whose: &str) -> CheckResult {
        match (self.hollow, self.addresses.is_empty()) {
            (true, _) => CheckResult::warning(format!("a proxy is switched on for {whose}, and none is named")),
            (false, true) => CheckResult::ok(format!("no proxy is set for {whose}")),
            (false, false) => CheckResult::ok(format!(
                "a proxy is set for {whose}; it matters for gateways and web sign-in, not for a direct connection"
            ))
            .seen(self.addresses.join(", ")),
        }
    }
}

fn settings(survey: &Survey<'_>, key: &str) -> Result<Settings, Unreadable> {
    let text = |name: &str| -> Answer<String> {
        Ok(survey
            .value(key, name)?
            .map(|value| without_account(&value.to_string()))
            .filter(|text| !text.is_empty()))
    };
    let enabled = matches!(survey.value(key, "ProxyEnable")?, Some(Value::Number(number)) if number != 0);
    let (server, script) = (text("ProxyServer")?, text("AutoConfigURL")?);
    let hollow = enabled && server.is_none();
    Ok(Settings { addresses: server.filter(|_| enabled).into_iter().chain(script).collect(), hollow })
}

fn winhttp(survey: &Survey<'_>) -> CheckResult {
    let direct = || CheckResult::ok("services and WinHTTP use no proxy");
    match survey.value(CONNECTIONS, WINHTTP) {
        Err(why) => CheckResult::unreadable(WINHTTP, &why),
        Ok(None) => direct(),
        Ok(Some(Value::Binary { binary })) => match decoded(&binary) {
            Some(addresses) if addresses.is_empty() => direct(),
            Some(addresses) => CheckResult::ok(
                "services and WinHTTP use a proxy; it matters for gateways and web sign-in, not for a direct connection",
            )
            .seen(addresses.join(", ")),
            None => CheckResult::warning("the proxy settings of WinHTTP are damaged"),
        },
        Ok(Some(_)) => CheckResult::warning("the proxy settings of WinHTTP are no binary value"),
    }
}

/// Size of structure, counter, flags, then texts with their lengths: proxy, exceptions and, in newer ones, the script.
fn decoded(digits: &str) -> Option<Vec<String>> {
    const PROXY: u32 = 2;
    const SCRIPT: u32 = 4;
    let bytes = hex::decode(digits).ok()?;
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?));
    let text = |at: usize| {
        let length = usize::try_from(number(at)?).ok()?;
        let end = at.checked_add(4)?.checked_add(length)?;
        let text = String::from_utf8_lossy(bytes.get(at + 4..end)?).into_owned();
        Some((without_account(&text), end))
    };
    let flags = number(8)?;
    let (proxy, end) = text(12)?;
    let (_, end) = text(end)?;
    let script = text(end).map(|(script, _)| script).filter(|_| flags & SCRIPT != 0);
    let proxy = Some(proxy).filter(|_| flags & PROXY != 0);
    Some(proxy.into_iter().chain(script).filter(|text| !text.is_empty()).collect())
}

/// Each address of a list without its account, and a script's without its query.
fn without_account(text: &str) -> String {
    let account = text.contains('@');
    text.split(';').map(|address| bare(address.trim(), account)).collect::<Vec<_>>().join(";")
}

/// One address; with an account somewhere in the list, what is no host and port may be a piece of it.
fn bare(address: &str, account: bool) -> String {
    let scheme = address.find("://").map(|at| at + 3).or_else(|| address.find('=').map(|at| at + 1));
    let (scheme, rest) = address.split_at(scheme.unwrap_or_default());
    let port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => host,
        None if account && rest.rsplit_once(':').is_some_and(|(_, end)| !port(end)) => "...",
        None => rest,
    };
    format!("{scheme}{}", rest.split(['?', '#']).next().unwrap_or_default())
}
