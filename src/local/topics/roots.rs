//! The roots that programs of Linux and macOS trust.

use time::Duration;

use crate::{
    local::{Answer, Beside, Certificates, Check, CheckResult, File, Survey},
    report::{
        Os::{Linux, Macos},
        Role::Client,
    },
};

const KEYCHAIN: &str = "/System/Library/Keychains/SystemRootCertificates.keychain";
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/var/lib/ca-certificates/ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
const SYSTEM_FOLDER: &str = "/etc/ssl/certs";
/// Where an administrator puts roots, before a command takes them over.
const ADDED: &[&str] = &["/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors"];
/// Images with reproducible files date them long ago.
const EARLIEST: i32 = 2000;
const OLD: Duration = Duration::days(3 * 365);
/// So many certificates of a folder are looked at for one that is valid.
const MOST_OF_FOLDER: usize = 64;
/// More added roots than this are not looked at.
const MOST: usize = 256;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("roots-store", Client, &[Linux, Macos], store).beside(Beside::Untrusted),
    Check::logic("roots-added", Client, &[Linux], added).beside(Beside::Untrusted),
];

/// What the variables of OpenSSL put in place of the system's store; none where they are not set, or name that store.
fn named(survey: &Survey<'_>) -> Option<CheckResult> {
    let mut seen = Vec::new();
    for (name, is_file) in [("SSL_CERT_FILE", true), ("SSL_CERT_DIR", false)] {
        let path = match survey.machine.variable(name) {
            Ok(path) => path.filter(|path| !path.is_empty()),
            Err(why) => return Some(CheckResult::unreadable(name, &why)),
        };
        let Some(path) = path else { continue };
        let told = format!("{name} = {path}");
        for one in path.split(if is_file { '\n' } else { ':' }).filter(|one| !one.is_empty()) {
            let held = if is_file { in_file(survey, one) } else { in_folder(survey, one) };
            let held = match held {
                Err(why) => return Some(CheckResult::unreadable(&told, &why)),
                Ok(None) => {
                    let what =
                        "names roots that are missing or empty, so programs of this user trust fewer or none";
                    return Some(CheckResult::warning(format!("{name} {what}")).seen(told));
                }
                Ok(Some(held)) => held,
            };
            if let Some(result) = wrong(&format!("what {name} names"), held) {
                return Some(result.seen(told));
            }
            // The system's own may be said once more.
            if !BUNDLES.contains(&one) && one.trim_end_matches('/') != SYSTEM_FOLDER {
                seen.push(told.clone());
            }
        }
    }
    let told = "programs of this user trust other roots than the system does, which are not compared with it";
    (!seen.is_empty()).then(|| CheckResult::unknown(told).seen(seen.join(", ")))
}

/// The certificates of a file; none where it is missing or empty.
fn in_file(survey: &Survey<'_>, path: &str) -> Answer<Certificates> {
    match survey.machine.file(path)?.filter(|file| file.size > 0) {
        None => Ok(None),
        Some(_) => survey.machine.certificates(path),
    }
}

/// The certificates of a folder that OpenSSL finds: those that are called after the hashes of their names.
fn in_folder(survey: &Survey<'_>, path: &str) -> Answer<Certificates> {
    let Some(names) = survey.machine.folder(path)?.filter(|names| !names.is_empty()) else { return Ok(None) };
    let is_hash = |name: &&String| {
        let (hash, number) = name.split_once('.').unwrap_or((name, ""));
        hash.len() == 8 && hash.chars().all(|c| c.is_ascii_hexdigit()) && number.parse::<u16>().is_ok()
    };
    let mut all = Certificates::default();
    for name in names.iter().filter(is_hash).take(MOST_OF_FOLDER) {
        let held = survey
            .machine
            .certificates(&format!("{}/{name}", path.trim_end_matches('/')))?
            .unwrap_or_default();
        all.held += held.held;
        all.valid += held.valid;
        // A file that cannot be read keeps no other from being found.
        if all.valid > 0 {
            break;
        }
    }
    Ok(Some(all))
}

/// What is wrong with a store.
fn wrong(what: &str, held: Certificates) -> Option<CheckResult> {
    match held {
        Certificates { held: 0, .. } => Some(CheckResult::error(format!(
            "{what} holds no certificate that can be read, so none is trusted"
        ))),
        Certificates { valid: 0, .. } => Some(CheckResult::warning(format!(
            "every certificate in {what} has expired or is not valid yet, or the clock of this machine is wrong"
        ))),
        Certificates { damaged, .. } if damaged > 0 => Some(CheckResult::warning(format!(
            "{what} holds what cannot be read among its certificates, and programs may leave out what follows"
        ))),
        _ => None,
    }
}

fn store(survey: &Survey<'_>) -> CheckResult {
    if let Some(result) = named(survey) {
        return result;
    }
    let paths = if survey.system() == Macos { &[KEYCHAIN][..] } else { BUNDLES };
    for path in paths {
        let file = match survey.machine.file(path) {
            Ok(Some(file)) => file,
            Ok(None) => continue,
            Err(why) => return CheckResult::unreadable(path, &why),
        };
        if file.size == 0 {
            return CheckResult::error("the store of trusted roots is empty, so no certificate is trusted")
                .seen(*path);
        }
        return kept(survey, path, &file).seen(*path);
    }
    CheckResult::warning("no store of trusted roots was found, so no certificate is trusted")
}

/// What is said of a store that is there.
fn kept(survey: &Survey<'_>, path: &str, file: &File) -> CheckResult {
    // A keychain is no list of certificates.
    if survey.system() != Macos {
        match survey.machine.certificates(path) {
            Err(why) => return CheckResult::unreadable(path, &why),
            Ok(held) => {
                if let Some(result) = wrong("the store of trusted roots", held.unwrap_or_default()) {
                    return result;
                }
            }
        }
    }
    let age = file.modified.filter(|at| at.0.year() > EARLIEST).map(|at| survey.machine.now() - at.0);
    if age.is_some_and(|age| age > OLD) {
        return CheckResult::warning("the store of trusted roots has not changed for over three years");
    }
    CheckResult::ok("the store of trusted roots is there")
}

fn added(survey: &Survey<'_>) -> CheckResult {
    let mut written = None;
    for path in BUNDLES {
        match survey.machine.file(path) {
            Ok(Some(file)) => {
                written = file.modified;
                break;
            }
            Ok(None) => {}
            Err(why) => return CheckResult::unreadable(path, &why),
        }
    }
    let mut found = Vec::new();
    for folder in ADDED {
        let names = match survey.machine.folder(folder) {
            Ok(names) => names.unwrap_or_default(),
            Err(why) => return CheckResult::unreadable(folder, &why),
        };
        found.extend(names.into_iter().take(MOST).map(|name| format!("{folder}/{name}")));
    }
    let Some(written) = written else {
        return CheckResult::not_applicable("there is no store of trusted roots to compare with");
    };
    let later = |path: &&String| {
        let changed = survey.machine.file(path).ok().flatten().and_then(|file| file.modified);
        changed.is_some_and(|changed| changed.0 > written.0 + Duration::minutes(1))
    };
    let waiting: Vec<_> = found.iter().filter(later).cloned().collect();
    if !waiting.is_empty() {
        return CheckResult::warning("a root was put beside the store later than the store was last written")
            .seen(waiting.join(", "));
    }
    match found.len() {
        0 => CheckResult::ok("no root of this organization was added to the store"),
        number => CheckResult::ok("roots were added before the store was last written")
            .seen(format!("{number} files")),
    }
}
