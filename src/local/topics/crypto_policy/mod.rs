//! What OpenSSL and the system's cryptographic policy allow the programs of a Linux machine.

mod file;
mod limits;

use super::cipher_list;
use crate::{
    local::{Beside, Check, CheckResult, Survey, Unreadable},
    report::{Machine, Os::Linux, ProtocolSetting, Role::Client},
};
use file::File;
use limits::{Limits, VERSIONS};

const FILES: &[&str] = &["/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"];
const CURRENT: &str = "/etc/crypto-policies/state/current";
const FIPS: &str = "/proc/sys/crypto/fips_enabled";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("crypto-policy-openssl", Client, &[Linux], openssl).beside(Beside::Tls),
    Check::logic("crypto-policy-system", Client, &[Linux], system).beside(Beside::Tls),
];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    if survey.system() != Linux {
        return;
    }
    let Ok(Some(limits)) = limits(survey) else { return };
    if limits.unclear.is_some() {
        return;
    }
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

fn limits(survey: &Survey<'_>) -> Result<Option<Limits>, Unreadable> {
    let named = survey.machine.variable("OPENSSL_CONF")?.filter(|path| !path.is_empty());
    let paths = named.as_deref().map_or(FILES.to_vec(), |path| vec![path]);
    for path in paths {
        let Some(text) = survey.machine.text(path)? else { continue };
        return Ok(Some(Limits { path: path.to_owned(), ..Limits::of(&File::read(survey, &text)?) }));
    }
    Ok(None)
}

fn openssl(survey: &Survey<'_>) -> CheckResult {
    let limits = match limits(survey) {
        Ok(Some(limits)) => limits,
        Ok(None) => return CheckResult::ok("OpenSSL has no configuration, so its own defaults hold"),
        Err(why) => return CheckResult::unreadable("the configuration of OpenSSL", &why),
    };
    if let Some(loaded) = &limits.bare {
        return CheckResult::warning(
            "programs that follow OpenSSL's configuration load no provider with the ciphers of TLS, so they speak none",
        )
        .seen(format!("{}: providers {loaded}", limits.path));
    }
    if let Some(unclear) = &limits.unclear {
        let message =
            "the configuration of OpenSSL holds what is not understood here, and may limit programs";
        return CheckResult::unknown(message).seen(format!("{}: {unclear}", limits.path));
    }
    let named = [
        ("MinProtocol", &limits.least),
        ("MaxProtocol", &limits.most),
        ("CipherString", &limits.ciphers),
        ("Ciphersuites", &limits.suites),
    ];
    let list =
        named.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} = {value}")));
    let seen = list.collect::<Vec<_>>().join(", ");
    let level = limits.ciphers.as_deref().and_then(cipher_list::level);
    let most = place(limits.most.as_deref());
    let result = if place(limits.least.as_deref()) == Some(3) {
        CheckResult::warning(
            "programs that follow OpenSSL's configuration speak TLS 1.3 only, which older hosts do not",
        )
    } else if most.is_some_and(|most| most < 2) || limits.most.as_deref() == Some("SSLv3") {
        CheckResult::warning(
            "programs that follow OpenSSL's configuration stop at TLS 1.1, which hosts refuse",
        )
    } else if level.is_some_and(|level| level >= 3) {
        CheckResult::warning(
            "programs that follow OpenSSL's configuration refuse RSA keys of 2048 bits, which hosts make",
        )
    } else if limits.has_strange_suites() && most.is_none_or(|most| most == 3) {
        CheckResult::warning(
            "programs that follow OpenSSL's configuration offer TLS 1.3 without a suite that Windows has by default",
        )
    } else if seen.is_empty() {
        return CheckResult::ok("the configuration of OpenSSL leaves its defaults as they are");
    } else {
        CheckResult::ok("the configuration of OpenSSL allows what current hosts speak")
    };
    result.seen(seen)
}

/// The policies of Fedora and its kin, and of SUSE, that let current hosts in; and what is added to them without harm.
const POLICIES: &[&str] =
    &["DEFAULT", "LEGACY", "NEXT", "BSI", "FEDORA40", "FEDORA41", "FEDORA42", "FEDORA43"];
const MODULES: &[&str] =
    &["SHA1", "NO-SHA1", "AD-SUPPORT", "AD-SUPPORT-LEGACY", "NO-CAMELLIA", "PQ", "TEST-PQ", "NO-ENFORCE-EMS"];

/// Where a version stands among all, oldest first.
fn place(version: Option<&str>) -> Option<usize> {
    VERSIONS.iter().position(|known| Some(*known) == version)
}

fn system(survey: &Survey<'_>) -> CheckResult {
    let (fips, policy) = match (survey.machine.text(FIPS), survey.machine.text(CURRENT)) {
        (Ok(fips), Ok(policy)) => (fips, policy),
        (Err(why), _) | (_, Err(why)) => return CheckResult::unreadable("the cryptographic policy", &why),
    };
    if fips.as_deref().is_some_and(|fips| !["0", "1"].contains(&fips.trim())) {
        return CheckResult::unknown("whether the kernel is in FIPS mode is not understood");
    }
    if fips.is_some_and(|fips| fips.trim() == "1") {
        return CheckResult::warning(
            "the kernel is in FIPS mode, where NTLM has no MD4 and RC4, so only Kerberos is left",
        )
        .seen("fips_enabled = 1");
    }
    let Some(policy) = policy else {
        return CheckResult::not_applicable("this system has no cryptographic policy for all programs");
    };
    let policy = policy.trim();
    let result = match policy.split(':').next().unwrap_or_default() {
        "FIPS" => CheckResult::warning(
            "the policy is FIPS, where NTLM has no MD4 and RC4, so only Kerberos is left",
        ),
        "FUTURE" => CheckResult::warning("the policy refuses RSA keys of 2048 bits, which most hosts have"),
        name if POLICIES.contains(&name)
            && policy.split(':').skip(1).all(|module| MODULES.contains(&module)) =>
        {
            CheckResult::ok("the system's cryptographic policy allows what current hosts speak")
        }
        _ => CheckResult::unknown("what this cryptographic policy allows is not known here"),
    };
    result.seen(policy)
}
