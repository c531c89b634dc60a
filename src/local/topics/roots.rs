//! The roots that programs of Linux and macOS trust.

use time::Duration;

use crate::{
    local::{Check, Said, Scene},
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
/// More added roots than this are not looked at.
const MOST: usize = 256;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("roots-store", Client, &[Linux, Macos], store),
    Check::logic("roots-added", Client, &[Linux], added),
];

/// What the variables of OpenSSL put in place of the system's store; none where they are not set.
fn named(scene: &Scene<'_>) -> Option<Said> {
    let mut seen = Vec::new();
    for (name, is_file) in [("SSL_CERT_FILE", true), ("SSL_CERT_DIR", false)] {
        let path = match scene.host.variable(name) {
            Ok(path) => path.filter(|path| !path.is_empty()),
            Err(why) => return Some(Said::unreadable(name, &why)),
        };
        let Some(path) = path else { continue };
        for one in path.split(if is_file { '\n' } else { ':' }).filter(|one| !one.is_empty()) {
            let missing = match is_file {
                true => scene.host.file(one).map(|file| file.is_none_or(|file| file.size == 0)),
                false => scene.host.folder(one).map(|names| names.is_none_or(|names| names.is_empty())),
            };
            let told = format!("{name} = {path}");
            match missing {
                Err(why) => return Some(Said::unreadable(&told, &why)),
                Ok(true) => {
                    let what =
                        "names roots that are missing or empty, so programs of this user trust fewer or none";
                    return Some(Said::warning(format!("{name} {what}")).seen(told));
                }
                // The system's own, said once more.
                Ok(false) if BUNDLES.contains(&one) || one.trim_end_matches('/') == SYSTEM_FOLDER => {}
                Ok(false) => seen.push(told),
            }
        }
    }
    let told = "programs of this user trust other roots than the system does, which are not compared with it";
    (!seen.is_empty()).then(|| Said::unknown(told).seen(seen.join(", ")))
}

fn store(scene: &Scene<'_>) -> Said {
    if let Some(said) = named(scene) {
        return said;
    }
    let paths = if scene.system() == Macos { &[KEYCHAIN][..] } else { BUNDLES };
    for path in paths {
        let file = match scene.host.file(path) {
            Ok(Some(file)) => file,
            Ok(None) => continue,
            Err(why) => return Said::unreadable(path, &why),
        };
        let age = file.modified.filter(|at| at.0.year() > EARLIEST).map(|at| scene.host.now() - at.0);
        return if file.size == 0 {
            Said::warning("the store of trusted roots is empty, so no certificate is trusted")
        } else if age.is_some_and(|age| age > OLD) {
            Said::warning("the store of trusted roots has not changed for over three years")
        } else {
            Said::ok("the store of trusted roots is there")
        }
        .seen(*path);
    }
    Said::warning("no store of trusted roots was found, so no certificate is trusted")
}

fn added(scene: &Scene<'_>) -> Said {
    let mut written = None;
    for path in BUNDLES {
        match scene.host.file(path) {
            Ok(Some(file)) => {
                written = file.modified;
                break;
            }
            Ok(None) => {}
            Err(why) => return Said::unreadable(path, &why),
        }
    }
    let mut found = Vec::new();
    for folder in ADDED {
        let names = match scene.host.folder(folder) {
            Ok(names) => names.unwrap_or_default(),
            Err(why) => return Said::unreadable(folder, &why),
        };
        found.extend(names.into_iter().take(MOST).map(|name| format!("{folder}/{name}")));
    }
    let Some(written) = written else {
        return Said::not_applicable("there is no store of trusted roots to compare with");
    };
    let later = |path: &&String| {
        let changed = scene.host.file(path).ok().flatten().and_then(|file| file.modified);
        changed.is_some_and(|changed| changed.0 > written.0 + Duration::minutes(1))
    };
    let waiting: Vec<_> = found.iter().filter(later).cloned().collect();
    if !waiting.is_empty() {
        return Said::warning("a root was put beside the store later than the store was last written")
            .seen(waiting.join(", "));
    }
    match found.len() {
        0 => Said::ok("no root of this organization was added to the store"),
        number => {
            Said::ok("roots were added before the store was last written").seen(format!("{number} files"))
        }
    }
}
