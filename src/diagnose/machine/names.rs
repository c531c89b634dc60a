//! How the machine finds the target, against the address that was connected to.

use std::net::IpAddr;

use super::{listed, machine, this};
use crate::{diagnose::Facts, report::HostsEntry};

/// The address came from the hosts file.
pub(super) fn hosts_file(facts: &Facts<'_>) -> Option<String> {
    // A name of this machine's own is at home there.
    let entry = from_hosts_file(facts).filter(|entry| !entry.address.to_canonical().is_loopback())?;
    Some(format!(
        "the hosts file of this machine gives {} the address {}, where this trace went; DNS was not asked",
        entry.name, entry.address
    ))
}

/// The entry of the hosts file that the trace followed.
pub(crate) fn from_hosts_file<'a>(facts: &Facts<'a>) -> Option<&'a HostsEntry> {
    let machine = machine(facts).filter(|machine| !machine.from_files)?;
    let seen = facts.trace.resolved_addresses();
    let given = |address: &IpAddr| machine.hosts_entries.iter().any(|entry| entry.address == *address);
    let entry = machine.hosts_entries.iter().find(|entry| seen.contains(&entry.address))?;
    seen.iter().all(given).then_some(entry)
}

/// The hosts file gives another address than the one that was traced.
pub(super) fn elsewhere(facts: &Facts<'_>) -> Option<String> {
    let machine = machine(facts)?;
    let seen = facts.trace.resolved_addresses();
    let (first, _) = (machine.hosts_entries.first()?, seen.first()?);
    let apart = machine.hosts_entries.iter().all(|entry| !seen.contains(&entry.address));
    let words = |addresses: Vec<IpAddr>| {
        let words: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
        listed(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let given = machine.hosts_entries.iter().map(|entry| entry.address).collect();
    apart.then(|| {
        format!(
            "the hosts file of {} gives {} the address {}, this trace went to {}: a client there reaches another host",
            this(machine),
            first.name,
            words(given),
            words(seen)
        )
    })
}

/// Whether the target is a name without dots, which a domain has to complete.
pub(crate) fn is_bare(facts: &Facts<'_>) -> bool {
    let host = facts.trace.target.as_ref().map_or("", |target| &target.host);
    !host.is_empty() && !host.contains(['.', ':'])
}
