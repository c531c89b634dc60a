//! Which checks of the machine a finding or a cause tells, and which can explain the phase that failed.

use super::machine;
use crate::{
    codes::Phase,
    diagnose::Facts,
    report::{CheckStatus, LocalCheck, Role},
};

/// Findings and causes, each with the checks whose message it tells as well.
const TELLS: &[(&str, &[&str])] = &[
    ("tls-client-no-common-version", &["schannel-client-tls12"]),
    ("tls-client-no-common-suite", &["schannel-client-suites"]),
    ("credssp-client-refuses", &["credssp-encryption-oracle"]),
    ("credssp-client-exposed", &["credssp-encryption-oracle"]),
    ("credssp-oracle-not-needed", &["credssp-encryption-oracle"]),
    ("certificate-changed", &["client-key-remembered", "known-hosts-target"]),
    ("clock-wrong-here", &["clock-synchronized"]),
    ("clock-doubtful", &["clock-synchronized"]),
    ("name-leads-elsewhere", &["names-hosts-file"]),
    ("name-from-hosts-file", &["names-hosts-file"]),
    ("name-needs-domain", &["names-search-domains"]),
    ("client-log-failed", &["client-log-attempts"]),
    ("client-log-differs", &["client-log-attempts"]),
    ("client-log-agrees", &["client-log-attempts"]),
    ("client-log-beyond", &["client-log-attempts"]),
    ("path-drops-large-packets", &["route-mtu"]),
];

/// Checks of this machine's own part of the way, by the phase that they can make fail.
const WAY: &[(Phase, &[&str])] = &[
    (Phase::Resolve, &["names-resolver", "names-order", "names-own-server"]),
    (Phase::Connect, &["route-to-target", "firewall-output", "local-network-permission"]),
    (Phase::Negotiate, &["firewall-output"]),
    (Phase::Tls, &["firewall-output"]),
];

/// How the codes of checks of a host begin, by the phase that they can make fail.
const HOST: &[(Phase, &[&str])] = &[
    (Phase::Connect, &["service-", "listener-", "host-", "xrdp-"]),
    (Phase::Negotiate, &["service-", "listener-", "host-", "xrdp-"]),
    (Phase::Tls, &["service-", "listener-certificate", "listener-own-key", "schannel-server-", "xrdp-"]),
    (Phase::Credssp, &["service-", "host-"]),
    (Phase::Mcs, &["service-", "host-", "xrdp-"]),
    (Phase::Licensing, &["service-", "host-", "license-", "xrdp-"]),
    (Phase::Activate, &["service-", "host-", "xrdp-"]),
];

/// The checks that are not as they should be, and that a finding or a cause with this code tells.
pub fn checks(code: &str, facts: &Facts<'_>) -> Vec<String> {
    let told = match code {
        "host-setting-wrong" => names_of(&host_faults(facts)),
        "client-way-wrong" => names_of(&way_faults(facts)),
        _ => TELLS.iter().filter(|row| row.0 == code).flat_map(|row| row.1).copied().collect(),
    };
    let wrong = facts.trace.local.iter().filter(|check| check.status.severity().is_some());
    let codes = wrong.map(|check| check.code.as_str()).filter(|code| told.contains(code));
    codes.map(str::to_owned).collect()
}

/// Their codes.
fn names_of<'a>(checks: &[&'a LocalCheck]) -> Vec<&'a str> {
    checks.iter().map(|check| check.code.as_str()).collect()
}

/// What must fail with the host, where the target is the machine that was checked.
pub fn host_faults<'a>(facts: &Facts<'a>) -> Vec<&'a LocalCheck> {
    let starts = row(HOST, facts);
    let fits = |check: &&LocalCheck| starts.iter().any(|start| check.code.starts_with(start));
    let here = facts.trace.is_on_target();
    wrong(facts, Role::Host).filter(fits).filter(|_| here).collect()
}

/// What may be wrong with the machine's own part of the way.
pub fn way_faults<'a>(facts: &Facts<'a>) -> Vec<&'a LocalCheck> {
    let codes = row(WAY, facts);
    let own = machine(facts).is_some_and(|machine| !machine.from_files);
    let fits = |check: &&LocalCheck| {
        own && check.role == Some(Role::Client)
            && check.status.severity().is_some()
            && codes.contains(&check.code.as_str())
    };
    facts.trace.local.iter().filter(fits).collect()
}

/// The entry of the phase that failed.
fn row(table: &[(Phase, &'static [&'static str])], facts: &Facts<'_>) -> &'static [&'static str] {
    let failed = facts.failed().map(|failed| failed.phase);
    table.iter().find(|(phase, _)| Some(*phase) == failed).map_or(&[], |(_, codes)| codes)
}

/// The checks of this role that say that something will fail.
pub fn wrong<'a>(facts: &Facts<'a>, role: Role) -> impl Iterator<Item = &'a LocalCheck> {
    let checks = facts.trace.local.iter();
    checks.filter(move |check| check.role == Some(role) && check.status == CheckStatus::Error)
}
