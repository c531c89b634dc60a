//! The files that hold private keys of the machine, and who may read them.

use md5::{Digest as _, Md5};

use super::{
    super::asked::{Judged, answer, outcome},
    blob::Key,
    store::{Chosen, certificate},
};
use crate::local::{
    CheckResult, Survey,
    sddl::{ADMINISTRATORS, Access, FULL, NETWORK_SERVICE, READ, SYSTEM, WRITE},
};
use crate::utf16;

const CRYPTOGRAPHY: &str = r"HKLM\SOFTWARE\Microsoft\Cryptography";
/// Where keys of CryptoAPI are.
const MACHINE_KEYS: &str = r"%ProgramData%\Microsoft\Crypto\RSA\MachineKeys";
/// Where keys of CNG are.
const CNG_KEYS: &str = r"%ProgramData%\Microsoft\Crypto\Keys";
/// The key of the certificate that Windows makes itself.
const OWN_CONTAINER: &str = "TSSecKeySet1";

/// Whether NETWORK SERVICE may read the key of the configured certificate.
pub(super) fn configured(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let (Chosen { configured, .. }, stored) = certificate(survey)?;
        let Some(key) = stored.key.filter(|_| configured) else {
            return Ok(CheckResult::not_applicable("no certificate with a private key is configured"));
        };
        let Some((folder, exact)) = folder(&key) else {
            return Ok(CheckResult::not_applicable(format!(
                "{} keeps the private key in no file",
                key.provider
            )));
        };
        let Some((path, sddl)) = descriptor(survey, folder, &key.container)? else {
            let missing = format!("no file of the private key was found in {folder}");
            return Ok(if exact { CheckResult::error(missing) } else { CheckResult::unknown(missing) });
        };
        readable(&path, &sddl)
    };
    outcome(judge())
}

/// Whether the key of Windows' own certificate can be read, and replaced.
pub(super) fn own(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let replaced = super::store::configured(survey).is_some();
        match descriptor(survey, MACHINE_KEYS, OWN_CONTAINER)? {
            Some((path, sddl)) => readable(&path, &sddl),
            None if replaced => {
                Ok(CheckResult::ok("the configured certificate needs no key of Windows' own"))
            }
            None => Ok(CheckResult::warning("the key of the self-signed certificate has not been made")),
        }
    };
    outcome(judge())
}

/// Whether keys can be made and read in their folder.
pub(super) fn folder_access(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let Some(sddl) = answer(MACHINE_KEYS, survey.machine.descriptor(MACHINE_KEYS))? else {
            return Ok(CheckResult::error(format!(
                "there is no folder {MACHINE_KEYS}, so no key can be kept"
            )));
        };
        let result = match Access::read(&sddl) {
            None => CheckResult::unknown("the access control list could not be understood"),
            Some(access) if !access.allows(ADMINISTRATORS, FULL) => {
                CheckResult::warning("Administrators lack full control of the folder of the machine's keys")
            }
            Some(access) if !access.allows(NETWORK_SERVICE, READ | WRITE) => CheckResult::warning(
                "Everyone may not list the folder of the machine's keys and make keys there, as Windows has it",
            ),
            Some(_) => CheckResult::ok("keys can be made and found in their folder"),
        };
        Ok(result.seen(sddl))
    };
    outcome(judge())
}

fn readable(path: &str, sddl: &str) -> Judged {
    let result = match Access::read(sddl) {
        None => CheckResult::unknown("the access control list could not be understood"),
        Some(access) if !access.allows(NETWORK_SERVICE, READ) => CheckResult::error(
            "NETWORK SERVICE may not read the private key, so the listener cannot use its certificate",
        ),
        Some(access) if !access.allows(SYSTEM, READ | WRITE) => CheckResult::warning(
            "SYSTEM may not replace the private key, so its certificate cannot be renewed",
        ),
        Some(_) => CheckResult::ok("NETWORK SERVICE may read the private key"),
    };
    Ok(result.seen(format!("{path} {sddl}")))
}

/// The folder of a key's file, and whether the file's name there is surely known; none for keys in hardware.
fn folder(key: &Key) -> Option<(&'static str, bool)> {
    let provider = key.provider.to_ascii_lowercase();
    match provider.as_str() {
        "microsoft software key storage provider" => Some((CNG_KEYS, false)),
        other if other.contains("smart card") => None,
        other if other.starts_with("microsoft") && other.contains("cryptographic provider") => {
            Some((MACHINE_KEYS, key.container.is_ascii()))
        }
        _ => None,
    }
}

fn descriptor(
    survey: &Survey<'_>,
    folder: &str,
    container: &str,
) -> Result<Option<(String, String)>, CheckResult> {
    let machine = answer("MachineGuid", survey.value(CRYPTOGRAPHY, "MachineGuid"))?;
    let Some(machine) = machine else {
        return Err(CheckResult::unknown(
            "the machine has no MachineGuid, which names the files of its keys",
        ));
    };
    for name in names(container) {
        let path = format!("{folder}\\{name}_{machine}");
        if let Some(sddl) = answer(&path, survey.machine.descriptor(&path))? {
            return Ok(Some((path, sddl)));
        }
    }
    Ok(None)
}

/// What a file may be called after its key: the MD5 of the name in lower case with its end, in words. The first is how
/// CryptoAPI does it.
fn names(container: &str) -> [String; 2] {
    let name = format!("{}\0", container.to_lowercase());
    let wide = utf16::bytes(&name);
    [words(&Md5::digest(name.as_bytes())), words(&Md5::digest(&wide))]
}

fn words(digest: &[u8]) -> String {
    digest.chunks(4).flat_map(|word| word.iter().rev()).map(|byte| format!("{byte:02x}")).collect()
}
