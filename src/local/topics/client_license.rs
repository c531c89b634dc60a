//! The store of device licenses (`MSLicensing`): whether the client can write it, and whether it is whole.

use crate::{
    local::{Check, CheckResult, Survey, Unreadable, Value},
    report::{Os::Windows, Role::Client},
};

const STORE: &str = r"HKLM\SOFTWARE\Microsoft\MSLicensing";
const STORE_OF_32_BITS: &str = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\MSLicensing";
/// More licenses are not looked at.
const MOST_LICENSES: usize = 64;
/// The hardware identity has 20 bytes, 40 digits (MS-RDPELE, CLIENT_HARDWARE_ID).
const IDENTITY_DIGITS: usize = 40;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("client-license-store", Client, &[Windows], store),
    Check::logic("client-license-damaged", Client, &[Windows], damaged),
    Check::logic("client-license-32-bit", Client, &[Windows], of_32_bits),
];

fn store(survey: &Survey<'_>) -> CheckResult {
    writable(survey, STORE).unwrap_or_else(|| {
        CheckResult::ok(
            "there is no license store, which is normal until a host that issues licenses is reached; \
             start the client once as administrator then",
        )
    })
}

fn of_32_bits(survey: &Survey<'_>) -> CheckResult {
    writable(survey, STORE_OF_32_BITS)
        .map(|result| match faults(survey, STORE_OF_32_BITS) {
            Ok(faults) if !faults.is_empty() => broken(&faults),
            _ => result,
        })
        .unwrap_or_else(|| CheckResult::not_applicable("no 32-bit client has a license store here"))
}

fn writable(survey: &Survey<'_>, store: &str) -> Option<CheckResult> {
    let inner = format!("{store}\\Store");
    let (outside, inside) = match (survey.machine.may_create(store), survey.machine.may_create(&inner)) {
        (Ok(outside), Ok(inside)) => (outside?, inside),
        (Err(why), _) | (_, Err(why)) => return Some(CheckResult::unreadable(store, &why)),
    };
    Some(if inside.unwrap_or(outside) {
        CheckResult::ok("the license store is there and may be written").seen(store)
    } else {
        CheckResult::warning(
            "the license store is there and this user may not write it: a host that issues licenses ends the \
             connection with extended code 0x10B",
        )
        .seen(store)
    })
}

fn damaged(survey: &Survey<'_>) -> CheckResult {
    match faults(survey, STORE) {
        Err(why) => CheckResult::unreadable(STORE, &why),
        Ok(faults) if faults.is_empty() => CheckResult::ok("nothing in the license store is damaged"),
        Ok(faults) => broken(&faults),
    }
}

fn broken(faults: &[String]) -> CheckResult {
    CheckResult::warning(
        "the license store is damaged: a host that issues licenses may end the connection (0x10x)",
    )
    .seen(faults.join(", "))
}

fn faults(survey: &Survey<'_>, store: &str) -> Result<Vec<String>, Unreadable> {
    let mut faults = Vec::new();
    let hardware = format!("{store}\\HardwareID");
    if survey.machine.subkeys(&hardware)?.is_some() {
        match survey.value(&hardware, "ClientHWID")? {
            Some(Value::Binary { binary }) if binary.len() == IDENTITY_DIGITS => {}
            Some(_) => faults.push("HardwareID\\ClientHWID has not 20 bytes".to_owned()),
            None => faults.push("HardwareID has no ClientHWID".to_owned()),
        }
    }
    let licenses = format!("{store}\\Store");
    for name in survey.machine.subkeys(&licenses)?.unwrap_or_default().into_iter().take(MOST_LICENSES) {
        match survey.value(&format!("{licenses}\\{name}"), "ClientLicense")? {
            Some(Value::Binary { binary }) if !binary.is_empty() => {}
            Some(_) => faults.push(format!("Store\\{name}\\ClientLicense is empty or no license")),
            None => faults.push(format!("Store\\{name} has no ClientLicense")),
        }
    }
    Ok(faults)
}
