//! The store of device licenses (`MSLicensing`): whether the client can write it, and whether it is whole.

use crate::{
    local::{Check, Said, Scene, Unreadable, Value},
    report::{Os::Windows, Role::Client},
};

const STORE: &str = r"HKLM\SOFTWARE\Microsoft\MSLicensing";
const STORE_OF_32_BITS: &str = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\MSLicensing";
/// More licenses are not looked at.
const MOST_LICENSES: usize = 64;
/// The hardware identity has 20 bytes, 40 digits (MS-RDPELE, CLIENT_HARDWARE_ID).
const IDENTITY_DIGITS: usize = 40;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("client-license-store", Client, &[Windows], store),
    Check::logic("client-license-damaged", Client, &[Windows], damaged),
    Check::logic("client-license-32-bit", Client, &[Windows], of_32_bits),
];

fn store(scene: &Scene<'_>) -> Said {
    writable(scene, STORE).unwrap_or_else(|| {
        Said::ok(
            "there is no license store, which is normal until a host that issues licenses is reached; \
             start the client once as administrator then",
        )
    })
}

fn of_32_bits(scene: &Scene<'_>) -> Said {
    writable(scene, STORE_OF_32_BITS)
        .map(|said| match faults(scene, STORE_OF_32_BITS) {
            Ok(faults) if !faults.is_empty() => broken(&faults),
            _ => said,
        })
        .unwrap_or_else(|| Said::not_applicable("no 32-bit client has a license store here"))
}

fn writable(scene: &Scene<'_>, store: &str) -> Option<Said> {
    let inner = format!("{store}\\Store");
    let (outside, inside) = match (scene.host.may_create(store), scene.host.may_create(&inner)) {
        (Ok(outside), Ok(inside)) => (outside?, inside),
        (Err(why), _) | (_, Err(why)) => return Some(Said::unreadable(store, &why)),
    };
    Some(if inside.unwrap_or(outside) {
        Said::ok("the license store is there and may be written").seen(store)
    } else {
        Said::warning(
            "the license store is there and this user may not write it: a host that issues licenses ends the \
             connection with extended code 0x10B",
        )
        .seen(store)
    })
}

fn damaged(scene: &Scene<'_>) -> Said {
    match faults(scene, STORE) {
        Err(why) => Said::unreadable(STORE, &why),
        Ok(faults) if faults.is_empty() => Said::ok("nothing in the license store is damaged"),
        Ok(faults) => broken(&faults),
    }
}

fn broken(faults: &[String]) -> Said {
    Said::warning("the license store is damaged: a host that issues licenses may end the connection (0x10x)")
        .seen(faults.join(", "))
}

fn faults(scene: &Scene<'_>, store: &str) -> Result<Vec<String>, Unreadable> {
    let mut faults = Vec::new();
    let hardware = format!("{store}\\HardwareID");
    if scene.host.subkeys(&hardware)?.is_some() {
        match scene.value(&hardware, "ClientHWID")? {
            Some(Value::Binary { binary }) if binary.len() == IDENTITY_DIGITS => {}
            Some(_) => faults.push("HardwareID\\ClientHWID has not 20 bytes".to_owned()),
            None => faults.push("HardwareID has no ClientHWID".to_owned()),
        }
    }
    let licenses = format!("{store}\\Store");
    for name in scene.host.subkeys(&licenses)?.unwrap_or_default().into_iter().take(MOST_LICENSES) {
        match scene.value(&format!("{licenses}\\{name}"), "ClientLicense")? {
            Some(Value::Binary { binary }) if !binary.is_empty() => {}
            Some(_) => faults.push(format!("Store\\{name}\\ClientLicense is empty or no license")),
            None => faults.push(format!("Store\\{name} has no ClientLicense")),
        }
    }
    Ok(faults)
}
