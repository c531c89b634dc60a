//! How this machine finds the target: the hosts file and the domains that are tried behind a name.

use std::net::IpAddr;

use crate::{
    local::{Check, Said, Scene, Test},
    report::{
        HostsEntry, Machine,
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

/// The checks of this topic.
pub const CHECKS: &[Check] = &[Check {
    code: "names-hosts-file",
    role: Client,
    on: &[Windows, Linux, Macos],
    test: Test::Logic(hosts_file),
}];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    machine.hosts_entries = match (scene.subject, scene.host.text(path(scene))) {
        (Some(subject), Ok(Some(text))) => entries(&text, &subject.host),
        _ => Vec::new(),
    };
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
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        let address: IpAddr = words.next()?.parse().ok()?;
        let name = words.find(|name| name.eq_ignore_ascii_case(host))?;
        Some(HostsEntry { name: name.to_owned(), address })
    };
    lines.filter_map(named).collect()
}
