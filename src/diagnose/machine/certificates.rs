//! The certificate that was served, against those that clients on the machine remember and the one its listener is told to use.

use std::collections::BTreeSet;

use super::{machine, this};
use crate::{
    diagnose::Facts,
    report::{Machine, Os, RememberedCertificate, Thumbprints},
};

/// Another one is remembered for the target.
pub(super) fn changed(facts: &Facts<'_>) -> Option<String> {
    let (machine, served) = (machine(facts)?, facts.thumbprints?);
    let other = |entry: &&&RememberedCertificate| is_other(entry, served) == Some(true);
    let entries = remembered(machine, facts);
    let places: BTreeSet<&str> = entries.iter().filter(other).map(|entry| entry.source.as_str()).collect();
    // Where the same client also remembers the served one, both were accepted.
    let known = entries.iter().filter(|entry| is_other(entry, served) == Some(false));
    let known: BTreeSet<&str> = known.map(|entry| entry.source.as_str()).collect();
    let places: Vec<&str> = places.difference(&known).copied().collect();
    let first = entries.iter().filter(other).find(|entry| places.contains(&entry.source.as_str()))?;
    let (remembered, now) = match (&first.sha1, &first.sha256) {
        (Some(sha1), _) => (sha1, &served.sha1),
        (None, sha256) => (sha256.as_ref()?, &served.sha256),
    };
    Some(format!(
        "thumbprint {now} is served, {remembered} is remembered for {} on {} ({})",
        first.host,
        this(machine),
        places.join(", ")
    ))
}

/// The entries under the name that was given; only where there are none, those under another name of the target.
fn remembered<'a>(machine: &'a Machine, facts: &Facts<'_>) -> Vec<&'a RememberedCertificate> {
    let Some(target) = facts.trace.target.as_ref() else { return Vec::new() };
    let port = |entry: &&RememberedCertificate| entry.port.is_none_or(|port| port == target.port);
    let entries: Vec<_> = machine.remembered.iter().filter(port).collect();
    let given = |entry: &&&RememberedCertificate| entry.host.eq_ignore_ascii_case(&target.host);
    if entries.iter().any(|entry| given(&entry)) {
        return entries.iter().filter(given).copied().collect();
    }
    let addresses = facts.trace.target_addresses();
    let address = |entry: &RememberedCertificate| {
        entry.host.parse().is_ok_and(|address: std::net::IpAddr| addresses.contains(&address))
    };
    let named = |entry: &RememberedCertificate| entry.host.eq_ignore_ascii_case(&target.server_name);
    entries.into_iter().filter(|entry| named(entry) || address(entry)).collect()
}

/// Whether it is another certificate than the served one; none where no thumbprint is kept.
fn is_other(entry: &RememberedCertificate, served: &Thumbprints) -> Option<bool> {
    match (&entry.sha1, &entry.sha256) {
        (Some(sha1), _) => Some(!sha1.eq_ignore_ascii_case(&served.sha1)),
        (None, Some(sha256)) => Some(!sha256.eq_ignore_ascii_case(&served.sha256)),
        (None, None) => None,
    }
}

/// The listener of the target, which is the machine that was checked, is told to use another one.
pub(super) fn not_configured(facts: &Facts<'_>) -> Option<String> {
    let machine = machine(facts)?;
    let configured = machine.listener_certificate.as_deref()?;
    let served = &facts.thumbprints?.sha1;
    let place = if machine.system == Os::Windows { "SSLCertificateSHA1Hash" } else { "the configuration" };
    let other = facts.trace.is_on_target() && !configured.eq_ignore_ascii_case(served);
    other.then(|| format!("thumbprint {served} is served, and {place} of this host names {configured}"))
}
