//! Who is asked for names, and in which order: resolvers, nsswitch.conf, gai.conf and servers for single domains.

use crate::{
    local::{Check, Said, Scene, Unreadable, Value},
    report::{
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

const RESOLV: &str = "/etc/resolv.conf";
const INTERFACES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces";
/// The precedence of the default table for every address but mapped IPv4.
const ORDINARY: u32 = 40;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("names-resolver", Client, &[Windows, Linux, Macos], resolver),
    Check::logic("names-order", Client, &[Linux], order),
    Check::logic("names-address-order", Client, &[Linux], address_order),
];

fn resolver(scene: &Scene<'_>) -> Said {
    let servers = match scene.system() {
        Os::Windows => of_interfaces(scene),
        Os::Linux | Os::Macos => scene.host.text(RESOLV).map(|text| listed(&text.unwrap_or_default())),
    };
    match servers {
        Err(why) => Said::unreadable("the DNS servers of this machine", &why),
        Ok(servers) if !servers.is_empty() => Said::ok("DNS servers are set").seen(servers.join(", ")),
        Ok(_) => match scene.system() {
            Os::Linux => {
                Said::warning("resolv.conf names no DNS server, so this machine asks itself at 127.0.0.1")
            }
            Os::Windows | Os::Macos => {
                Said::warning("no DNS server is set, names are found by local means only")
            }
        },
    }
}

fn listed(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::split_whitespace);
    let servers = lines.filter_map(|mut words| (words.next() == Some("nameserver")).then(|| words.next())?);
    servers.take(16).map(str::to_owned).collect()
}

fn of_interfaces(scene: &Scene<'_>) -> Result<Vec<String>, Unreadable> {
    let mut servers = Vec::new();
    for interface in scene.host.subkeys(INTERFACES)?.unwrap_or_default().iter().take(64) {
        let key = format!("{INTERFACES}\\{interface}");
        for name in ["NameServer", "DhcpNameServer"] {
            if let Some(Value::Text(list)) = scene.host.value(&key, name)? {
                servers.extend(list.split([',', ' ']).filter(|one| !one.is_empty()).map(str::to_owned));
            }
        }
    }
    servers.sort();
    servers.dedup();
    Ok(servers)
}

fn order(scene: &Scene<'_>) -> Said {
    let text = match scene.host.text("/etc/nsswitch.conf") {
        Ok(Some(text)) => text,
        Ok(None) => return Said::ok("there is no nsswitch.conf, so the C library's own order holds"),
        Err(why) => return Said::unreadable("/etc/nsswitch.conf", &why),
    };
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let Some(line) = lines.filter_map(|line| line.strip_prefix("hosts:")).next() else {
        return Said::ok("nsswitch.conf does not speak of hosts, so the C library's own order holds");
    };
    let place = |names: &[&str]| line.split_whitespace().position(|word| names.contains(&word));
    let (files, dns) = (place(&["files"]), place(&["dns", "resolve"]));
    let said = match (files, dns) {
        (_, None) => Said::warning("names are not looked up in DNS, as nsswitch.conf says"),
        (None, _) => Said::warning("the hosts file is not read, as nsswitch.conf says"),
        (Some(files), Some(dns)) if place(&["dns"]) == Some(dns) && dns < files => {
            Said::warning("DNS is asked before the hosts file")
        }
        (_, Some(dns)) if local_only(scene) && ends_early(line, dns) => Said::warning(
            "names under .local are only asked for by multicast, a DNS domain of that name is not",
        ),
        _ => Said::ok("the hosts file and DNS are both asked for names"),
    };
    said.seen(format!("hosts: {}", line.split_whitespace().collect::<Vec<_>>().join(" ")))
}

fn local_only(scene: &Scene<'_>) -> bool {
    scene.subject.is_some_and(|subject| subject.host.to_ascii_lowercase().ends_with(".local"))
}

/// Whether multicast DNS stands before DNS and ends the search.
fn ends_early(line: &str, dns: usize) -> bool {
    let words: Vec<_> = line.split_whitespace().collect();
    words[..dns.min(words.len())]
        .windows(2)
        .any(|pair| pair[0].starts_with("mdns") && pair[1].eq_ignore_ascii_case("[NOTFOUND=return]"))
}

fn address_order(scene: &Scene<'_>) -> Said {
    let text = match scene.host.text("/etc/gai.conf") {
        Ok(text) => text.unwrap_or_default(),
        Err(why) => return Said::unreadable("/etc/gai.conf", &why),
    };
    let words = text.lines().map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
    let mut mapped = words.filter_map(|mut words| {
        let rule = (words.next()?, words.next()?, words.next()?.parse::<u32>().ok()?);
        (rule.0 == "precedence" && rule.1 == "::ffff:0:0/96").then_some(rule.2)
    });
    match mapped.next_back() {
        Some(number) if number > ORDINARY => {
            Said::warning("of a name with both kinds, IPv4 addresses are tried first on this machine only")
                .seen(format!("precedence ::ffff:0:0/96 {number}"))
        }
        _ => Said::ok("addresses of a name are tried in the usual order"),
    }
}
