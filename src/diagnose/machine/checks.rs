//! Which checks of the machine a finding or a cause tells, and which can explain the phase that failed.

use super::machine;
use crate::{
    codes::Phase,
    diagnose::Facts,
    report::{CauseCode, CheckStatus, FindingCode, LocalCheck, Role},
};

/// Findings, each with the checks whose message it tells as well.
const FINDINGS: &[(FindingCode, &[&str])] = &[
    (FindingCode::TlsClientNoCommonVersion, &["schannel-client-tls12"]),
    (FindingCode::TlsClientNoCommonSuite, &["schannel-client-suites"]),
    (FindingCode::CredsspClientRefuses, &["credssp-encryption-oracle"]),
    (FindingCode::CredsspClientExposed, &["credssp-encryption-oracle"]),
    (FindingCode::CredsspOracleNotNeeded, &["credssp-encryption-oracle"]),
    (FindingCode::CertificateChanged, &["client-key-remembered", "known-hosts-target"]),
    (FindingCode::ClockWrongHere, &["clock-synchronized"]),
    (FindingCode::ClockDoubtful, &["clock-synchronized"]),
    (FindingCode::NameLeadsElsewhere, &["names-hosts-file"]),
    (FindingCode::NameFromHostsFile, &["names-hosts-file"]),
    (FindingCode::RdpFileUnsignedRefused, &["client-policy-unsigned-files"]),
    (FindingCode::ClientLogFailed, &["client-log-attempts"]),
    (FindingCode::ClientLogDiffers, &["client-log-attempts"]),
    (FindingCode::ClientLogAgrees, &["client-log-attempts"]),
    (FindingCode::ClientLogBeyond, &["client-log-attempts"]),
];

/// The same of causes.
const CAUSES: &[(CauseCode, &[&str])] = &[
    (CauseCode::NameNeedsDomain, &["names-search-domains"]),
    (CauseCode::PathDropsLargePackets, &["route-mtu"]),
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

/// The checks that are not as they should be, and that a finding with this code tells.
pub(crate) fn checks_of_finding(code: FindingCode, facts: &Facts<'_>) -> Vec<String> {
    wrong_among(&told(FINDINGS, code), facts)
}

/// The same of a cause.
pub(crate) fn checks_of_cause(code: CauseCode, facts: &Facts<'_>) -> Vec<String> {
    let told = match code {
        CauseCode::HostSettingWrong => names_of(&host_faults(facts)),
        CauseCode::ClientWayWrong => names_of(&way_faults(facts)),
        _ => told(CAUSES, code),
    };
    wrong_among(&told, facts)
}

fn told<C: PartialEq>(table: &[(C, &[&'static str])], code: C) -> Vec<&'static str> {
    table.iter().filter(|row| row.0 == code).flat_map(|row| row.1).copied().collect()
}

fn wrong_among(told: &[&str], facts: &Facts<'_>) -> Vec<String> {
    let wrong = facts.trace.local.iter().filter(|check| check.status.severity().is_some());
    let codes = wrong.map(|check| check.code.as_str()).filter(|code| told.contains(code));
    codes.map(str::to_owned).collect()
}

/// Their codes.
fn names_of<'a>(checks: &[&'a LocalCheck]) -> Vec<&'a str> {
    checks.iter().map(|check| check.code.as_str()).collect()
}

/// What must fail with the host, where the target is the machine that was checked.
pub(crate) fn host_faults<'a>(facts: &Facts<'a>) -> Vec<&'a LocalCheck> {
    let starts = row(HOST, facts);
    let fits = |check: &&LocalCheck| starts.iter().any(|start| check.code.starts_with(start));
    let here = facts.trace.is_on_target();
    wrong(facts, Role::Host).filter(fits).filter(|_| here).collect()
}

/// What may be wrong with the machine's own part of the way.
pub(crate) fn way_faults<'a>(facts: &Facts<'a>) -> Vec<&'a LocalCheck> {
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
pub(crate) fn wrong<'a>(facts: &Facts<'a>, role: Role) -> impl Iterator<Item = &'a LocalCheck> {
    let checks = facts.trace.local.iter();
    checks.filter(move |check| check.role == Some(role) && check.status == CheckStatus::Error)
}
