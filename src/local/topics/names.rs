//! How this machine finds the target: the hosts file, and an address where sign-in needs a name.

use std::net::IpAddr;

use super::kerberos;
use crate::{
    local::{Beside, Check, Said, Scene, Value},
    report::{
        HostsEntry, Machine,
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

const LSA: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0";
const TCPIP: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("names-hosts-file", Client, &[Windows, Linux, Macos], hosts_file).beside(Beside::Name),
    Check::logic("names-address-target", Client, &[Windows, Linux, Macos], address_target)
        .beside(Beside::Address),
];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    machine.hosts_entries = match (scene.subject, scene.host.text(path(scene))) {
        (Some(subject), Ok(Some(text))) => entries(&text, &subject.host),
        _ => Vec::new(),
    };
}

/// The target's address as far as it is known without asking anybody.
pub fn address(scene: &Scene<'_>) -> Option<IpAddr> {
    let subject = scene.subject?;
    subject.reached.or_else(|| subject.address()).or_else(|| {
        let text = scene.host.text(path(scene)).ok().flatten()?;
        entries(&text, &subject.host).first().map(|entry| entry.address)
    })
}

fn hosts_file(scene: &Scene<'_>) -> Said {
    let path = path(scene);
    let text = match scene.host.text(path) {
        Ok(Some(text)) => text,
        Ok(None) => return Said::ok(format!("there is no {path}")),
        Err(why) => return Said::unreadable(path, &why),
    };
    let Some(subject) = scene.subject else {
        return Said::not_applicable("no target was named to look for in the hosts file");
    };
    let found = entries(&text, &subject.host);
    match found.first() {
        Some(entry) if entry.name.eq_ignore_ascii_case("localhost") => {
            Said::ok("localhost is this machine, as the hosts file says")
        }
        None => Said::ok(format!("the hosts file has no entry for {}", subject.host)),
        Some(_) => {
            let lines: Vec<_> =
                found.iter().map(|entry| format!("{} {}", entry.address, entry.name)).collect();
            Said::warning(format!("the hosts file decides the address of {}, DNS is not asked", subject.host))
                .seen(lines.join(", "))
        }
    }
}

fn path(scene: &Scene<'_>) -> &'static str {
    match scene.system() {
        Os::Windows => r"%SystemRoot%\System32\drivers\etc\hosts",
        Os::Linux | Os::Macos => "/etc/hosts",
    }
}

fn entries(text: &str, host: &str) -> Vec<HostsEntry> {
    let host = host.trim_end_matches('.');
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        let address: IpAddr = words.next()?.parse().ok()?;
        let name = words.find(|name| name.trim_end_matches('.').eq_ignore_ascii_case(host))?;
        Some(HostsEntry { name: name.to_owned(), address })
    };
    lines.filter_map(named).collect()
}

fn address_target(scene: &Scene<'_>) -> Said {
    let Some(subject) = scene.subject else {
        return Said::not_applicable("no target was named");
    };
    if subject.address().is_none() {
        return Said::not_applicable("the target is a name, as Kerberos and Entra sign-in need");
    }
    match scene.system() {
        Os::Windows => on_windows(scene),
        Os::Linux | Os::Macos => on_unix(scene),
    }
}

fn on_windows(scene: &Scene<'_>) -> Said {
    match scene.value(LSA, "RestrictSendingNTLMTraffic") {
        Err(why) => return Said::unreadable("RestrictSendingNTLMTraffic", &why),
        Ok(Some(Value::Number(2))) => {
            return Said::error(
                "the target is an address, so there is no Kerberos, and this machine may not send NTLM",
            )
            .seen("RestrictSendingNTLMTraffic = 2");
        }
        Ok(_) => {}
    }
    match scene.value(TCPIP, "Domain") {
        Err(why) => Said::unreadable("the domain of this machine", &why),
        Ok(Some(Value::Text(domain))) if !domain.is_empty() => {
            Said::warning("the target is an address, so NTLM is used where a name would allow Kerberos")
                .seen(format!("Domain = {domain}"))
        }
        Ok(_) => without_realm(),
    }
}

fn on_unix(scene: &Scene<'_>) -> Said {
    match kerberos::configuration(scene) {
        Err(said) => said,
        Ok(Some(settings)) => match settings.realm() {
            Some(realm) => {
                Said::warning("the target is an address, so NTLM is used where a name would allow Kerberos")
                    .seen(format!("default_realm = {realm}"))
            }
            None => without_realm(),
        },
        Ok(None) => without_realm(),
    }
}

fn without_realm() -> Said {
    Said::ok("the target is an address; this machine is in no domain whose Kerberos would need a name")
}
