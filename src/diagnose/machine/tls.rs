//! The TLS versions and suites that a client on the machine may use, against those that the server takes.

use std::collections::BTreeSet;

use super::{machine, this};
use crate::{
    codes::Phase,
    diagnose::{Facts, handshakes::legacy},
    report::{ExperimentKind, FailureKind, Machine, Os, ProtocolSetting, Purpose, Status, TlsEvidence},
};

const VERSIONS: &[&str] = &["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/// Servers of today take one of them, and often nothing older.
const CURRENT: &[&str] = &["TLSv1.2", NEWEST];
const NEWEST: &str = "TLSv1.3";

/// Every version is switched off here or refused there.
pub(super) fn no_common_version(facts: &Facts<'_>) -> Option<String> {
    let off = Off::of(facts)?;
    let apart = |version: &&str| off.of_client(version).is_some() || refuses(facts, version);
    VERSIONS.iter().all(apart).then(|| {
        format!(
            "{} cannot connect although this program can: the server takes {}, which is switched off ({})",
            client(off.machine),
            off.versions(),
            off.sources()
        )
    })
}

/// What the server is known to take is switched off here, and what is left is old and was not asked for.
pub(super) fn no_known_version(facts: &Facts<'_>) -> Option<String> {
    let off = Off::of(facts)?;
    let apart = |version: &&str| off.of_client(version).is_some() || refuses(facts, version);
    CURRENT.iter().all(apart).then(|| {
        format!(
            "{} may not use {}, which the server takes ({}), and nothing newer than TLSv1.1 is left; whether the server \
             takes that was not asked",
            client(off.machine),
            off.versions(),
            off.sources()
        )
    })
}

/// A policy of suites leaves out all that the server is known to take.
pub(super) fn no_known_suite(facts: &Facts<'_>) -> Option<String> {
    let machine = machine(facts)?;
    let allowed: BTreeSet<&str> = machine.cipher_suites.iter().map(String::as_str).collect();
    let taken: Vec<&str> = taken(facts).filter_map(|tls| tls.cipher_suite.as_deref()).collect();
    let selected = *taken.first()?;
    // Names of another kind cannot be compared.
    let known = allowed.iter().any(|suite| suite.starts_with("TLS_"));
    let apart = known && taken.iter().all(|suite| !allowed.contains(suite));
    apart.then(|| {
        format!(
            "the server selected {selected}, which the cipher suite policy of {} does not allow; whether it takes one \
             of the {} allowed was not asked",
            this(machine),
            allowed.len()
        )
    })
}

fn client(machine: &Machine) -> String {
    let program = if machine.system == Os::Windows { "mstsc" } else { "a client" };
    format!("{program} on {}", this(machine))
}

/// The versions that the server takes, where all of them are switched off for clients.
struct Off<'a> {
    machine: &'a Machine,
    settings: Vec<&'a ProtocolSetting>,
}

impl<'a> Off<'a> {
    fn of(facts: &Facts<'a>) -> Option<Self> {
        let mut off = Self { machine: machine(facts)?, settings: Vec::new() };
        let versions: BTreeSet<&str> = taken(facts).filter_map(|tls| tls.version.as_deref()).collect();
        for version in &versions {
            off.settings.push(off.of_client(version)?);
        }
        (!versions.is_empty()).then_some(off)
    }

    /// The setting that switches a version off.
    fn of_client(&self, version: &str) -> Option<&'a ProtocolSetting> {
        let setting = self.machine.client_protocols.iter().find(|setting| setting.version == version)?;
        (!setting.enabled).then_some(setting)
    }

    fn versions(&self) -> String {
        let versions: Vec<&str> = self.settings.iter().map(|setting| setting.version.as_str()).collect();
        super::listed(&versions)
    }

    fn sources(&self) -> String {
        let mut sources: Vec<&str> = self.settings.iter().map(|setting| setting.source.as_str()).collect();
        sources.dedup();
        sources.join(", ")
    }
}

/// The handshakes with the server that passed: the trace's own, then those of its experiments.
fn taken<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a TlsEvidence> {
    let made = facts.trace.connections.iter().filter(|made| match &made.purpose {
        // What takes TLS at once, or sits at another address, may be another server.
        Purpose::Experiment(name) => !name.is_elsewhere(),
        _ => true,
    });
    let records = made.filter_map(|made| made.phases.tls.as_ref());
    records.filter(|record| record.status == Status::Passed).map(|record| &record.evidence)
}

/// Whether the server was seen to take nothing of this version.
fn refuses(facts: &Facts<'_>, version: &str) -> bool {
    if taken(facts).any(|tls| tls.version.as_deref() == Some(version)) {
        return false;
    }
    // The answer to a hello of TLS 1.0 to 1.2, where no other is answered.
    if let Some(old) = legacy(facts).filter(|old| old.is_old) {
        return version > old.text.split(' ').next().unwrap_or_default();
    }
    let passed = facts.phases.iter().any(|seen| seen.phase == Phase::Tls && seen.status == Status::Passed);
    // The usual hello offers the newest version, and a server selects the newest that it knows.
    let unselected = version == NEWEST && passed;
    let alone = match version {
        "TLSv1.2" => ExperimentKind::Tls12Only,
        NEWEST => ExperimentKind::Tls13Only,
        _ => return false,
    };
    unselected || refused_alone(facts, alone)
}

fn refused_alone(facts: &Facts<'_>, kind: ExperimentKind) -> bool {
    let tls = facts.experiment(kind).and_then(|made| made.connection.phases.tls.as_ref());
    let failure = tls.and_then(|record| record.failure.as_ref());
    facts.intermittent().is_none() && failure.is_some_and(|failure| failure.kind == FailureKind::TlsAlert)
}
