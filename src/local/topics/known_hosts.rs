//! Certificates that FreeRDP, and what is built on it such as Remmina, remembers for the target.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use x509_parser::pem::Pem;

use crate::{
    local::{Beside, Check, CheckResult, Survey, Target, Unreadable},
    report::{
        Machine,
        Os::{Linux, Macos},
        RememberedCertificate,
        Role::Client,
    },
};

/// More lines of a file than this are not looked at.
const MOST: usize = 100_000;
/// Those of packages that bring a home of their own.
const PACKAGED: &[&str] = &[
    "~/.var/app/org.remmina.Remmina/config/freerdp",
    "~/.var/app/com.freerdp.FreeRDP/config/freerdp",
    "~/snap/remmina/current/.config/freerdp",
    "~/.freerdp",
];

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("known-hosts-target", Client, &[Linux, Macos], judge).beside(Beside::Tls)];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    if let Some(target) = survey.target.filter(|_| matches!(survey.system(), Linux | Macos)) {
        machine.remembered.extend(remembered(survey, target).unwrap_or_default());
    }
}

fn judge(survey: &Survey<'_>) -> CheckResult {
    let Some(target) = survey.target else {
        return CheckResult::not_applicable(
            "no target was named to look for among the remembered certificates",
        );
    };
    let found = match remembered(survey, target) {
        Ok(found) => found,
        Err(why) => return CheckResult::unreadable("what FreeRDP remembers", &why),
    };
    let list = found.iter().map(|one| {
        let hash = one.sha256.as_ref().map(|hash| format!("SHA-256 {hash}"));
        let hash = hash.or_else(|| one.sha1.as_ref().map(|hash| format!("SHA-1 {hash}")));
        format!("{} in {}", hash.unwrap_or_default(), one.source)
    });
    let seen = list.collect::<Vec<_>>().join(", ");
    let differ = |hash: fn(&RememberedCertificate) -> Option<&String>| {
        let hashes: Vec<_> = found.iter().filter_map(hash).collect();
        hashes.windows(2).any(|pair| pair[0] != pair[1])
    };
    if found.is_empty() {
        CheckResult::ok(format!("FreeRDP remembers no certificate of {} for this user", target.host))
    } else if differ(|one| one.sha256.as_ref()) || differ(|one| one.sha1.as_ref()) {
        CheckResult::warning(
            "FreeRDP remembers different certificates of this host, so one of them will be called changed",
        )
        .seen(seen)
    } else {
        CheckResult::ok(
            "FreeRDP remembers a certificate of this host, and asks the user when another is served",
        )
        .seen(seen)
    }
}

fn remembered(survey: &Survey<'_>, target: &Target) -> Result<Vec<RememberedCertificate>, Unreadable> {
    let own = survey.machine.variable("XDG_CONFIG_HOME")?.filter(|path| !path.is_empty());
    let first = format!("{}/freerdp", own.unwrap_or_else(|| "~/.config".to_owned()));
    let mut found = Vec::new();
    for folder in std::iter::once(first.as_str()).chain(PACKAGED.iter().copied()) {
        let path = format!("{folder}/known_hosts2");
        if let Some(text) = survey.machine.text(&path)? {
            found.extend(text.lines().take(MOST).filter_map(|line| row(line, target, &path)));
        }
        let path = format!("{folder}/server/{}", file_name(target));
        if let Some(text) = survey.machine.text(&path)? {
            found.extend(certificate(&text, target, &path));
        }
    }
    Ok(found)
}

/// A line of FreeRDP 2: host, port, fingerprint, then target and issuer in base64.
fn row(line: &str, target: &Target, path: &str) -> Option<RememberedCertificate> {
    let mut words = line.split_whitespace();
    let (host, port) = (words.next()?, words.next()?.parse::<u16>().ok()?);
    // Some clients wrote the port twice, once behind the name.
    let name = host.strip_suffix(&format!(":{port}")).unwrap_or(host);
    let fits = name.eq_ignore_ascii_case(&target.host) && port == target.port;
    let hash = words.next()?.replace(':', "").to_ascii_lowercase();
    let hash = Some(hash).filter(|hash| fits && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let (sha1, sha256) = match hash.len() {
        40 => (Some(hash), None),
        64 => (None, Some(hash)),
        _ => return None,
    };
    Some(RememberedCertificate {
        host: target.host.clone(),
        port: Some(port),
        sha1,
        sha256,
        source: path.to_owned(),
    })
}

/// The name that FreeRDP 3 gives to a file, with the characters that it replaces.
fn file_name(target: &Target) -> String {
    let host = target.host.replace(':', ".").replace(['/', '\\'], "_");
    format!("{host}_{}.pem", target.port).to_lowercase()
}

fn certificate(text: &str, target: &Target, path: &str) -> Option<RememberedCertificate> {
    let pem = Pem::iter_from_buffer(text.as_bytes()).next()?.ok()?;
    Some(RememberedCertificate {
        host: target.host.clone(),
        port: Some(target.port),
        sha1: Some(hex::encode(Sha1::digest(&pem.contents))),
        sha256: Some(hex::encode(Sha256::digest(&pem.contents))),
        source: path.to_owned(),
    })
}
