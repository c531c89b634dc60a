//! The settings of Schannel, the TLS of Windows: versions, cipher suites and FIPS, for both sides of a connection.

use super::file_version;
use crate::{
    local::{Beside, Case, Check, CheckResult, Is, Setting, Survey, Unreadable, Value},
    report::{
        CheckStatus::{Ok as Fine, Warning},
        Machine,
        Os::Windows,
        ProtocolSetting,
        Role::{Client, Host},
    },
};

const PROTOCOLS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols";
const SUITES: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002";
const FUNCTIONS: &str = "Functions";
/// More entries of a list of suites are not read.
const MOST_SUITES: usize = 256;
/// Windows 7 and Server 2008 R2 know TLS 1.2 and leave it to programs that ask for it.
const LAST_WITHOUT_TLS12: u32 = 7601;
/// The first build whose TLS 1.3 is meant to be used: Windows Server 2022, then Windows 11.
const FIRST_WITH_TLS13: u32 = 20348;

const CLIENT: bool = true;
const HOST: bool = false;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("schannel-client-tls12", Client, &[Windows], tls12::<CLIENT>).beside(Beside::Tls),
    Check::logic("schannel-client-tls13", Client, &[Windows], tls13::<CLIENT>).beside(Beside::Tls),
    Check::logic("schannel-client-old-tls", Client, &[Windows], old::<CLIENT>).beside(Beside::Tls),
    Check::logic("schannel-client-suites", Client, &[Windows], suites::<CLIENT>).beside(Beside::Tls),
    Check::setting("schannel-client-fips", Client, &[Windows], FIPS).beside(Beside::Tls),
    Check::logic("schannel-server-tls12", Host, &[Windows], tls12::<HOST>),
    Check::logic("schannel-server-tls13", Host, &[Windows], tls13::<HOST>),
    Check::logic("schannel-server-old-tls", Host, &[Windows], old::<HOST>),
    Check::logic("schannel-server-suites", Host, &[Windows], suites::<HOST>),
    Check::setting("schannel-server-fips", Host, &[Windows], FIPS),
];

const FIPS: Setting = Setting {
    keys: &[r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\FIPSAlgorithmPolicy"],
    name: "Enabled",
    absent: (Fine, "algorithms are not limited to those of FIPS 140"),
    cases: &[
        Case(Is::Number(0), Fine, "algorithms are not limited to those of FIPS 140"),
        Case(
            Is::Number(1),
            Warning,
            "only algorithms of FIPS 140 are used, so a peer without them is not reached (0xE06)",
        ),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    let switched = |version: &'static str| {
        let (enabled, source) = match switch(survey, version, "Client").ok()?? {
            Switch::On(source) => (true, source),
            Switch::Off(source) => (false, source),
        };
        Some(ProtocolSetting { version: version.replace("TLS ", "TLSv"), enabled, source })
    };
    machine.client_protocols =
        ["TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"].into_iter().filter_map(switched).collect();
    machine.cipher_suites = match survey.value(SUITES, FUNCTIONS) {
        Ok(Some(value)) => listed(&value),
        _ => Vec::new(),
    };
}

fn tls12<const SIDE: bool>(survey: &Survey<'_>) -> CheckResult {
    match switch(survey, "TLS 1.2", side::<SIDE>()) {
        Err((key, why)) => CheckResult::unreadable(&key, &why),
        Ok(None) if file_version::of(survey).is_some_and(|version| version[2] <= LAST_WITHOUT_TLS12) => {
            without_tls12(survey, side::<SIDE>())
        }
        Ok(None) if file_version::of(survey).is_none() => CheckResult::unknown(
            "nothing switches TLS 1.2, and whether this Windows uses it of its own accord depends on its version",
        ),
        Ok(None) => CheckResult::ok("TLS 1.2 is as Windows has it, nothing switches it"),
        Ok(Some(Switch::On(source))) => CheckResult::ok("TLS 1.2 is switched on").seen(source),
        Ok(Some(Switch::Off(source))) if SIDE == CLIENT => {
            CheckResult::error("TLS 1.2 is switched off, and many hosts have nothing newer").seen(source)
        }
        Ok(Some(Switch::Off(source))) => {
            CheckResult::error("TLS 1.2 is switched off, and many clients have nothing newer").seen(source)
        }
    }
}

/// Of a Windows that uses TLS 1.0 and nothing newer, unless it is told to.
fn without_tls12(survey: &Survey<'_>, side: &str) -> CheckResult {
    match switch(survey, "TLS 1.0", side) {
        Ok(Some(Switch::Off(source))) => CheckResult::error(
            "nothing switches TLS 1.2 on, and TLS 1.0, which this Windows uses of its own accord, is switched off: no version is left",
        )
        .seen(source),
        _ => CheckResult::warning("nothing switches TLS 1.2 on, and this Windows uses TLS 1.0 of its own accord"),
    }
}

fn tls13<const SIDE: bool>(survey: &Survey<'_>) -> CheckResult {
    match switch(survey, "TLS 1.3", side::<SIDE>()) {
        Err((key, why)) => CheckResult::unreadable(&key, &why),
        Ok(None) => CheckResult::ok("TLS 1.3 is as Windows has it, nothing switches it"),
        Ok(Some(Switch::Off(source))) => {
            CheckResult::ok("TLS 1.3 is switched off, so connections use TLS 1.2").seen(source)
        }
        Ok(Some(Switch::On(source))) => match file_version::of(survey) {
            None => CheckResult::unknown("TLS 1.3 is switched on, but the version of Windows is not known"),
            Some([_, _, build, _]) if build < FIRST_WITH_TLS13 => CheckResult::warning(
                "TLS 1.3 is switched on where Windows has only an experimental one: connections may break",
            ),
            Some(_) => CheckResult::ok("TLS 1.3 is switched on"),
        }
        .seen(source),
    }
}

fn old<const SIDE: bool>(survey: &Survey<'_>) -> CheckResult {
    let mut on = Vec::new();
    let mut off = Vec::new();
    for version in ["TLS 1.0", "TLS 1.1"] {
        match switch(survey, version, side::<SIDE>()) {
            Err((key, why)) => return CheckResult::unreadable(&key, &why),
            Ok(None) => {}
            Ok(Some(Switch::On(source))) => on.push(source),
            Ok(Some(Switch::Off(source))) => off.push(source),
        }
    }
    if !on.is_empty() {
        return CheckResult::warning("a TLS version older than 1.2 is switched on by hand")
            .seen(on.join("; "));
    }
    match off.is_empty() {
        true => CheckResult::ok("TLS 1.0 and 1.1 are as Windows has them, nothing switches them"),
        false => CheckResult::ok("old TLS versions are switched off").seen(off.join("; ")),
    }
}

fn side<const SIDE: bool>() -> &'static str {
    if SIDE == CLIENT { "Client" } else { "Server" }
}

/// What switches a version of TLS, by the name of its value.
enum Switch {
    On(String),
    Off(String),
}

/// How a version is switched; none where nothing is set.
fn switch(survey: &Survey<'_>, version: &str, side: &str) -> Result<Option<Switch>, (String, Unreadable)> {
    let key = format!("{PROTOCOLS}\\{version}\\{side}");
    let read = |name: &str| survey.value(&key, name).map_err(|why| (key.clone(), why));
    let (enabled, disabled) = (read("Enabled")?, read("DisabledByDefault")?);
    let by = |name: &str, value| format!("{version}\\{side}\\{name} = {value}");
    // Schannel takes numbers only; any but 0 means yes.
    Ok(match (enabled, disabled) {
        (Some(Value::Number(0)), _) => Some(Switch::Off(by("Enabled", 0))),
        (_, Some(Value::Number(value))) if value != 0 => Some(Switch::Off(by("DisabledByDefault", value))),
        (Some(Value::Number(value)), _) => Some(Switch::On(by("Enabled", value))),
        (_, Some(Value::Number(value))) => Some(Switch::On(by("DisabledByDefault", value))),
        _ => None,
    })
}

fn suites<const SIDE: bool>(survey: &Survey<'_>) -> CheckResult {
    let value = match survey.value(SUITES, FUNCTIONS) {
        Err(why) => return CheckResult::unreadable(SUITES, &why),
        Ok(None) => return CheckResult::ok("no policy orders the cipher suites"),
        Ok(Some(value)) => value,
    };
    let suites = listed(&value);
    let peer = if SIDE == CLIENT { "hosts" } else { "clients" };
    let keeps = |start: &str| {
        suites
            .iter()
            .any(|suite| suite.starts_with(start) && suite.contains("_AES_") && suite.contains("_GCM_"))
    };
    let result = if keeps("TLS_ECDHE_RSA_") {
        CheckResult::ok("a policy orders the cipher suites and keeps ECDHE with AES-GCM")
    } else if keeps("TLS_ECDHE_ECDSA_") {
        CheckResult::warning(
            "a policy keeps ECDHE with AES-GCM for ECDSA alone, and most hosts have an RSA certificate",
        )
    } else {
        CheckResult::warning(format!(
            "a policy leaves no suite of ECDHE with AES-GCM, which {peer} of today ask for"
        ))
    };
    let shown = suites.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    result.seen(if suites.len() > 8 { format!("{shown} and {} more", suites.len() - 8) } else { shown })
}

/// The suites of a policy by their IANA names; old Windows appends the curve.
fn listed(value: &Value) -> Vec<String> {
    let names: Vec<&str> = match value {
        Value::Text(text) => text.split(',').collect(),
        Value::List(list) => list.iter().flat_map(|line| line.split(',')).collect(),
        Value::Number(_) | Value::Binary { .. } => Vec::new(),
    };
    let plain = |name: &str| {
        let name = name.trim().to_ascii_uppercase();
        let end = ["_P256", "_P384", "_P521"].into_iter().find(|curve| name.ends_with(curve));
        end.and_then(|end| name.strip_suffix(end)).unwrap_or(&name).to_owned()
    };
    let mut suites = Vec::new();
    for name in names.into_iter().take(MOST_SUITES).map(plain) {
        if !name.is_empty() && !suites.contains(&name) {
            suites.push(name);
        }
    }
    suites
}
