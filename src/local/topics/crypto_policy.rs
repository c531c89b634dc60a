//! What OpenSSL and the system's cryptographic policy allow the programs of a Linux machine.

use crate::{
    local::{Check, Said, Scene, Unreadable},
    report::{Machine, Os::Linux, ProtocolSetting, Role::Client},
};

const FILES: &[&str] = &["/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"];
const BACK_END: &str = "/etc/crypto-policies/back-ends/opensslcnf.config";
const CURRENT: &str = "/etc/crypto-policies/state/current";
const FIPS: &str = "/proc/sys/crypto/fips_enabled";
const VERSIONS: &[&str] = &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("crypto-policy-openssl", Client, &[Linux], openssl),
    Check::logic("crypto-policy-system", Client, &[Linux], system),
];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    if scene.system() != Linux {
        return;
    }
    let Ok(Some(limits)) = limits(scene) else { return };
    let (from, to) = (place(limits.least.as_deref()), place(limits.most.as_deref()));
    if from.is_none() && to.is_none() {
        return;
    }
    let allowed = from.unwrap_or(0)..=to.unwrap_or(VERSIONS.len() - 1);
    machine.client_protocols.extend(VERSIONS.iter().enumerate().map(|(index, version)| ProtocolSetting {
        version: if *version == "TLSv1" { "TLSv1.0" } else { version }.to_owned(),
        enabled: allowed.contains(&index),
        source: limits.path.clone(),
    }));
}

/// What the configuration of OpenSSL sets for every program.
#[derive(Default)]
struct Limits {
    path: String,
    least: Option<String>,
    most: Option<String>,
    ciphers: Option<String>,
    /// What may limit programs too and is not understood.
    unclear: Option<String>,
}

fn limits(scene: &Scene<'_>) -> Result<Option<Limits>, Unreadable> {
    let named = scene.host.variable("OPENSSL_CONF")?.filter(|path| !path.is_empty());
    let paths = named.as_deref().map_or(FILES.to_vec(), |path| vec![path]);
    for path in paths {
        let Some(mut text) = scene.host.text(path)? else { continue };
        if text.contains(BACK_END) {
            text = text + "\n" + &scene.host.text(BACK_END)?.unwrap_or_default();
        }
        return Ok(Some(Limits { path: path.to_owned(), ..settings(&text) }));
    }
    Ok(None)
}

fn settings(text: &str) -> Limits {
    let mut limits = Limits::default();
    for line in text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()) {
        let is_section = line.starts_with('[') && line.ends_with(']');
        let is_policy = line.starts_with(".include") && line.ends_with(BACK_END);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('.')) else {
            if !line.is_empty() && !is_section && !is_policy {
                limits.unclear.get_or_insert_with(|| line.to_owned());
            }
            continue;
        };
        if name.trim().chars().any(|c| !(c.is_ascii_alphanumeric() || "._-: ".contains(c))) {
            limits.unclear.get_or_insert_with(|| name.trim().escape_debug().to_string());
        }
        // A TLS setting may stand beside one for DTLS.
        let place = match name.trim().to_ascii_lowercase().trim_start_matches("tls.") {
            "minprotocol" => &mut limits.least,
            "maxprotocol" => &mut limits.most,
            "cipherstring" => &mut limits.ciphers,
            "protocol" => &mut limits.unclear,
            _ => continue,
        };
        *place = Some(value.trim().to_owned());
    }
    limits
}

fn openssl(scene: &Scene<'_>) -> Said {
    let limits = match limits(scene) {
        Ok(Some(limits)) => limits,
        Ok(None) => return Said::ok("OpenSSL has no configuration, so its own defaults hold"),
        Err(why) => return Said::unreadable("the configuration of OpenSSL", &why),
    };
    let level = limits.ciphers.as_deref().and_then(level);
    let versions = [&limits.least, &limits.most].into_iter().flatten();
    let strange = versions
        .clone()
        .find(|version| place(Some(version)).is_none() && !OTHERS.contains(&version.as_str()));
    let strange = strange.or(limits.ciphers.as_ref().filter(|list| !is_list(list)));
    if let Some(unclear) = limits.unclear.as_ref().or(strange) {
        let message =
            "the configuration of OpenSSL holds what is not understood here, and may limit programs";
        return Said::unknown(message).seen(format!("{}: {unclear}", limits.path));
    }
    let named =
        [("MinProtocol", &limits.least), ("MaxProtocol", &limits.most), ("CipherString", &limits.ciphers)];
    let list =
        named.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} = {value}")));
    let seen = list.collect::<Vec<_>>().join(", ");
    let said = if place(limits.least.as_deref()) == Some(3) {
        Said::warning(
            "programs that follow OpenSSL's configuration speak TLS 1.3 only, which older hosts do not",
        )
    } else if place(limits.most.as_deref()).is_some_and(|most| most < 2) {
        Said::warning("programs that follow OpenSSL's configuration stop at TLS 1.1, which hosts refuse")
    } else if level.is_some_and(|level| level >= 3) {
        Said::warning(
            "programs that follow OpenSSL's configuration refuse RSA keys of 2048 bits, which hosts make",
        )
    } else if seen.is_empty() {
        return Said::ok("the configuration of OpenSSL leaves its defaults as they are");
    } else {
        Said::ok("the configuration of OpenSSL allows what current hosts speak")
    };
    said.seen(seen)
}

/// Values of a version that set no limit for TLS that matters here.
const OTHERS: &[&str] = &["None", "SSLv3", "DTLSv1", "DTLSv1.2"];

/// Whether these are words of OpenSSL's lists of ciphers: groups in capitals, key exchanges, suites, and commands.
fn is_list(ciphers: &str) -> bool {
    let mut words = ciphers.split([':', ',', ' ']).filter(|word| !word.is_empty()).peekable();
    let is_word = |word: &str| {
        let word = word.trim_start_matches(['!', '-', '+']);
        let mut letters = word.trim_start_matches(['k', 'a', 'e']).chars();
        let capital =
            letters.next().is_some_and(|first| first.is_ascii_uppercase() || first.is_ascii_digit());
        let rest = letters.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "-_+.vExport".contains(c));
        ["@SECLEVEL=", "@STRENGTH", "PROFILE="].iter().any(|start| word.starts_with(start)) || capital && rest
    };
    words.peek().is_some() && words.all(is_word)
}

/// The policies of Fedora and its kin, and of SUSE, that let current hosts in; and what is added to them without harm.
const POLICIES: &[&str] =
    &["DEFAULT", "LEGACY", "NEXT", "BSI", "FEDORA40", "FEDORA41", "FEDORA42", "FEDORA43"];
const MODULES: &[&str] =
    &["SHA1", "NO-SHA1", "AD-SUPPORT", "AD-SUPPORT-LEGACY", "NO-CAMELLIA", "PQ", "TEST-PQ", "NO-ENFORCE-EMS"];

/// The number behind `@SECLEVEL=`.
fn level(ciphers: &str) -> Option<u32> {
    let rest = ciphers.split("@SECLEVEL=").nth(1)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Where a version stands among all, oldest first.
fn place(version: Option<&str>) -> Option<usize> {
    let version = version.map(|version| if version == "TLSv1.0" { "TLSv1" } else { version })?;
    VERSIONS.iter().position(|known| known.eq_ignore_ascii_case(version))
}

fn system(scene: &Scene<'_>) -> Said {
    let (fips, policy) = match (scene.host.text(FIPS), scene.host.text(CURRENT)) {
        (Ok(fips), Ok(policy)) => (fips, policy),
        (Err(why), _) | (_, Err(why)) => return Said::unreadable("the cryptographic policy", &why),
    };
    if fips.as_deref().is_some_and(|fips| !["0", "1"].contains(&fips.trim())) {
        return Said::unknown("whether the kernel is in FIPS mode is not understood");
    }
    if fips.is_some_and(|fips| fips.trim() == "1") {
        return Said::warning(
            "the kernel is in FIPS mode, where NTLM has no MD4 and RC4, so only Kerberos is left",
        )
        .seen("fips_enabled = 1");
    }
    let Some(policy) = policy else {
        return Said::not_applicable("this system has no cryptographic policy for all programs");
    };
    let policy = policy.trim();
    let said = match policy.split(':').next().unwrap_or_default() {
        "FIPS" => {
            Said::warning("the policy is FIPS, where NTLM has no MD4 and RC4, so only Kerberos is left")
        }
        "FUTURE" => Said::warning("the policy refuses RSA keys of 2048 bits, which most hosts have"),
        name if POLICIES.contains(&name)
            && policy.split(':').skip(1).all(|module| MODULES.contains(&module)) =>
        {
            Said::ok("the system's cryptographic policy allows what current hosts speak")
        }
        _ => Said::unknown("what this cryptographic policy allows is not known here"),
    };
    said.seen(policy)
}
