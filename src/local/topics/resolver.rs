//! Who is asked for names, and in which order: resolvers, nsswitch.conf, gai.conf and servers for single domains.

use std::net::IpAddr;

use super::resolv_conf::ResolvConf;
use crate::{
    codes::Phase,
    local::{Beside, Check, CheckResult, Survey, Unreadable, Value},
    report::{
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

const INTERFACES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces";
/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("names-resolver", Client, &[Windows, Linux, Macos], resolver)
        .beside(Beside::Failed(Phase::Resolve)),
    Check::logic("names-order", Client, &[Linux], order).beside(Beside::Failed(Phase::Resolve)),
];

fn resolver(survey: &Survey<'_>) -> CheckResult {
    let servers = match survey.system() {
        Os::Windows => of_interfaces(survey),
        Os::Linux | Os::Macos => ResolvConf::read(survey).map(|conf| conf.servers),
    };
    match servers {
        Err(why) => CheckResult::unreadable("the DNS servers of this machine", &why),
        Ok(servers) if servers.iter().any(|server| !is_address(server)) => {
            CheckResult::warning("what is set as a DNS server is not an address").seen(servers.join(", "))
        }
        Ok(servers) if !servers.is_empty() => CheckResult::ok("DNS servers are set").seen(servers.join(", ")),
        Ok(_) => match survey.system() {
            Os::Linux => CheckResult::warning(
                "resolv.conf names no DNS server, so this machine asks itself at 127.0.0.1",
            ),
            Os::Windows | Os::Macos => {
                CheckResult::warning("no DNS server is set, names are found by local means only")
            }
        },
    }
}

/// An address, perhaps with its zone.
fn is_address(text: &str) -> bool {
    text.split('%').next().unwrap_or_default().parse::<IpAddr>().is_ok()
}

fn of_interfaces(survey: &Survey<'_>) -> Result<Vec<String>, Unreadable> {
    let mut servers = Vec::new();
    for interface in survey.machine.subkeys(INTERFACES)?.unwrap_or_default().iter().take(64) {
        let key = format!("{INTERFACES}\\{interface}");
        for name in ["NameServer", "DhcpNameServer"] {
            if let Some(Value::Text(list)) = survey.value(&key, name)? {
                servers.extend(list.split([',', ' ']).filter(|one| !one.is_empty()).map(str::to_owned));
            }
        }
    }
    servers.sort();
    servers.dedup();
    Ok(servers)
}

fn order(survey: &Survey<'_>) -> CheckResult {
    let text = match survey.machine.text("/etc/nsswitch.conf") {
        Ok(Some(text)) => text,
        Ok(None) => return CheckResult::ok("there is no nsswitch.conf, so the C library's own order holds"),
        Err(why) => return CheckResult::unreadable("/etc/nsswitch.conf", &why),
    };
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    if lines.clone().any(|line| !line.is_empty() && !line.contains(':')) {
        return CheckResult::unknown("nsswitch.conf holds lines that are not understood");
    }
    let mut of_hosts = lines.filter_map(|line| line.strip_prefix("hosts:"));
    let Some(line) = of_hosts.next() else {
        return CheckResult::ok("nsswitch.conf does not speak of hosts, so the C library's own order holds");
    };
    if of_hosts.next().is_some() {
        return CheckResult::unknown("nsswitch.conf speaks of hosts more than once");
    }
    let line = line.replace('[', " [").replace(']', "] ");
    let line = line.as_str();
    let place = |names: &[&str]| line.split_whitespace().position(|word| names.contains(&word));
    let (files, dns) = (place(&["files"]), place(&["dns", "resolve"]));
    let result = match (files, dns) {
        _ if !is_whole(line) => CheckResult::unknown("what nsswitch.conf says of hosts is not understood"),
        (_, None) => CheckResult::warning("names are not looked up in DNS, as nsswitch.conf says"),
        (None, _) => CheckResult::warning("the hosts file is not read, as nsswitch.conf says"),
        (Some(files), Some(dns)) if place(&["dns"]) == Some(dns) && dns < files => {
            CheckResult::warning("DNS is asked before the hosts file")
        }
        (_, Some(dns)) if local_only(survey) && ends_early(line, dns) => CheckResult::warning(
            "names under .local are only asked for by multicast, a DNS domain of that name is not",
        ),
        (_, Some(dns)) => match stop(line, dns) {
            Some(Stop::After(service)) => CheckResult::warning(format!(
                "names that {service} does not know are not looked up in DNS, as nsswitch.conf says"
            )),
            Some(Stop::NotUnderstood) => {
                CheckResult::unknown("what nsswitch.conf does between the services is not understood")
            }
            None => CheckResult::ok("the hosts file and DNS are both asked for names"),
        },
    };
    result.seen(format!("hosts: {}", line.split_whitespace().collect::<Vec<_>>().join(" ")))
}

fn local_only(survey: &Survey<'_>) -> bool {
    survey.target.is_some_and(|target| target.host.to_ascii_lowercase().ends_with(".local"))
}

/// Services that answer for names, or that are not asked where they are not installed.
const SERVICES: &[&str] = &[
    "files",
    "db",
    "dns",
    "resolve",
    "mymachines",
    "myhostname",
    "wins",
    "sss",
    "ldap",
    "nis",
    "nisplus",
    "compat",
    "hesiod",
    "libvirt",
    "libvirt_guest",
    "extrausers",
    "gw_name",
    "systemd",
    "winbind",
    "tailscale",
];

/// Whether the line begins with a service, its brackets come in pairs, and its services are known.
fn is_whole(line: &str) -> bool {
    let mut inside = false;
    let mut before_any = true;
    for word in line.split_whitespace() {
        match (word.starts_with('['), inside) {
            (true, true) => return false,
            (true, false) if before_any => return false,
            (false, false) => {
                let is_known = SERVICES.contains(&word) || word.starts_with("mdns");
                if !is_known || word.contains(']') {
                    return false;
                }
                before_any = false;
            }
            _ => {}
        }
        inside = (inside || word.starts_with('[')) && !word.ends_with(']');
    }
    !inside
}

/// What keeps names from DNS.
enum Stop<'a> {
    After(&'a str),
    NotUnderstood,
}

/// What ends the search behind a service before DNS is asked (nsswitch.conf(5)). The minimal services of multicast answer for
/// .local alone.
fn stop(line: &str, dns: usize) -> Option<Stop<'_>> {
    let words: Vec<_> = line.split_whitespace().collect();
    let (mut service, mut inside) = ("", false);
    for word in &words[..dns.min(words.len())] {
        if !inside && !word.starts_with('[') {
            service = word;
            continue;
        }
        inside = !word.ends_with(']');
        let action = word.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        match action.split_once('=') {
            _ if action.is_empty() => {}
            Some((status, "return")) => {
                let is_not_found = match status.strip_prefix('!') {
                    Some(other) => other != "notfound",
                    None => status == "notfound",
                };
                if is_not_found && !service.ends_with("_minimal") {
                    return Some(Stop::After(service));
                }
            }
            Some(("notfound" | "unavail" | "tryagain", "continue")) => {}
            _ => return Some(Stop::NotUnderstood),
        }
    }
    None
}

/// Whether multicast DNS stands before DNS and ends the search.
fn ends_early(line: &str, dns: usize) -> bool {
    let words: Vec<_> = line.split_whitespace().collect();
    words[..dns.min(words.len())]
        .windows(2)
        .any(|pair| pair[0].starts_with("mdns") && pair[1].eq_ignore_ascii_case("[NOTFOUND=return]"))
}
