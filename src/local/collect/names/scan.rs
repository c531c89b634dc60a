//! Names that look like names wherever they are: of hosts with their domains, of mail boxes, and of services.

use super::Names;

const SERVICES: &[&str] = &["TERMSRV", "HOST", "krbtgt", "LDAP", "CIFS"];
/// How names of two parts end that are no files.
const ENDINGS: &[&str] = &[
    "com",
    "net",
    "org",
    "local",
    "lan",
    "corp",
    "internal",
    "intranet",
    "edu",
    "gov",
    "de",
    "at",
    "ch",
    "uk",
    "fr",
    "it",
    "es",
    "nl",
    "eu",
    "io",
    "test",
    "invalid",
    "localdomain",
];
/// How names end that are files.
const FILES: &[&str] =
    &["conf", "service", "socket", "target", "ini", "dll", "exe", "sys", "pem", "crt", "log"];

/// Looks through a text.
pub(in crate::local::collect) fn text(names: &mut Names, text: &str) {
    let ends = |c: char| c.is_whitespace() || ",;\"'()[]{}<>=|".contains(c);
    for word in text.split(ends).filter(|word| !word.is_empty()) {
        let word =
            word.split_once("://").map_or(word, |(_, rest)| rest.split('/').next().unwrap_or_default());
        match word.split_once('/') {
            Some((service, name)) => of_service(names, service, name),
            None => plain(names, word),
        }
    }
}

/// A name such as `TERMSRV/rdsh01.corp.example@CORP.EXAMPLE`.
fn of_service(names: &mut Names, service: &str, name: &str) {
    if !SERVICES.iter().any(|known| service.eq_ignore_ascii_case(known)) {
        return;
    }
    let (host, realm) = name.split_once('@').unwrap_or((name, ""));
    names.domain(realm);
    match service.eq_ignore_ascii_case("krbtgt") {
        true => names.domain(host),
        false => names.host(host),
    }
}

fn plain(names: &mut Names, word: &str) {
    let word = word.trim_end_matches(['.', ':']);
    match word.rsplit_once('@') {
        Some((_, domain)) if is_host(domain) => names.user(word),
        None => {
            let name = word.rsplit_once(':').map_or(word, |(name, _)| name);
            if is_host(name) {
                names.host(name);
            }
        }
        Some(_) => {}
    }
}

/// Two parts are mostly a file.
fn is_host(word: &str) -> bool {
    let bare = word.trim_start_matches(['*', '.']);
    let parts: Vec<_> = bare.split('.').collect();
    let last = parts.last().copied().unwrap_or_default().to_ascii_lowercase();
    let is_part =
        |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let is_marked = bare != word || parts.len() > 2 || ENDINGS.contains(&last.as_str());
    parts.len() > 1
        && is_marked
        && parts.iter().all(is_part)
        && last.len() > 1
        && last.chars().all(char::is_alphabetic)
        && !FILES.contains(&last.as_str())
}

/// The realms of Kerberos, and what belongs to each.
pub(super) fn realms(names: &mut Names, content: &str) {
    let mut section = String::new();
    for line in content.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.split(']').next().unwrap_or_default().trim().to_ascii_lowercase();
        } else if let Some((name, value)) = line.split_once('=') {
            if value.trim() == "{" {
                names.domain(name);
            }
            if section == "domain_realm" {
                names.domain(value);
                names.host(name);
            }
        }
    }
}
