//! Where a machine's answers name users, hosts and domains.

use super::{Names, interfaces, scan};
use crate::local::{
    Event, Host, Recorded, Target, Value,
    collect::proxies,
    registry_keys::{CURRENT_VERSION, TCPIP},
};

const VARIABLES: &[(&str, Kind)] = &[
    ("USERNAME", Kind::User),
    ("USER", Kind::User),
    ("LOGNAME", Kind::User),
    ("SUDO_USER", Kind::User),
    ("HOME", Kind::Path),
    ("USERPROFILE", Kind::Path),
    ("COMPUTERNAME", Kind::Host),
    ("HOSTNAME", Kind::Host),
    ("CLIENTNAME", Kind::Host),
    ("LOGONSERVER", Kind::Host),
    ("USERDOMAIN", Kind::Domain),
    ("USERDNSDOMAIN", Kind::Domain),
];
const VALUES: &[(&str, &str)] = &[
    (TCPIP, "Hostname"),
    (TCPIP, "NV Hostname"),
    (TCPIP, "Domain"),
    (TCPIP, "NV Domain"),
    (TCPIP, "DhcpDomain"),
    (TCPIP, "SearchList"),
    (CURRENT_VERSION, "RegisteredOwner"),
    (CURRENT_VERSION, "RegisteredOrganization"),
];

/// What a name is a name of, by the name of what holds it in lower case; the first part that fits decides.
const LABELS: &[(&str, Kind)] = &[
    ("nv hostname", Kind::Host),
    ("registeredowner", Kind::User),
    ("registeredorganization", Kind::Domain),
    ("usernamehint", Kind::User),
    ("username", Kind::User),
    ("user name", Kind::User),
    ("account name", Kind::User),
    ("accountname", Kind::User),
    ("servicename", Kind::Host),
    ("useremail", Kind::User),
    ("principal", Kind::User),
    ("client:", Kind::User),
    ("user", Kind::User),
    ("param1", Kind::User),
    ("param2", Kind::Domain),
    ("mru", Kind::Host),
    ("domain", Kind::Domain),
    ("searchlist", Kind::Domain),
    ("search", Kind::Domain),
    ("realm", Kind::Domain),
    ("tenantname", Kind::Domain),
    ("kdc", Kind::Host),
    ("admin_server", Kind::Host),
    ("server name", Kind::Host),
    ("servername", Kind::Host),
    ("workstation", Kind::Host),
    ("computer", Kind::Host),
    ("devicename", Kind::Host),
    ("device name", Kind::Host),
    ("hostname", Kind::Host),
    ("clientname", Kind::Host),
    ("connectionname", Kind::Domain),
    ("target server", Kind::Host),
    ("targetserver", Kind::Host),
    ("target", Kind::Host),
    ("licenseserver", Kind::Host),
    ("ntlmserver", Kind::Host),
    ("proxy", Kind::Proxy),
    ("autoconfigurl", Kind::Proxy),
];

/// What is longer before a colon is a sentence.
const LONGEST_LABEL: usize = 40;

#[derive(Clone, Copy)]
enum Kind {
    User,
    Host,
    Domain,
    /// The last part is a user.
    Path,
    /// Addresses, each with or without a scheme and a port.
    Proxy,
}

impl Names {
    /// The names that the answers show, and those that the machine has itself.
    pub(crate) fn of(host: &dyn Host, answers: &Recorded, target: Option<&Target>) -> Self {
        let mut names = Self::default();
        if let Some(target) = target {
            names.host(&target.host);
        }
        ask(host, &mut names);
        look(answers, &mut names);
        names
    }
}

/// Asks for the machine's own names; the answers are not kept.
fn ask(host: &dyn Host, names: &mut Names) {
    for (name, kind) in VARIABLES {
        if let Ok(Some(value)) = host.variable(name) {
            put(names, *kind, &value);
        }
    }
    for (key, name) in VALUES {
        if let Ok(Some(value)) = host.value(key, name) {
            label(names, name, &value.to_string());
        }
    }
    if let Ok(Some(text)) = host.text("/etc/hostname") {
        names.host(text.trim());
    }
}

/// Looks through the answers.
fn look(answers: &Recorded, names: &mut Names) {
    for (key, values) in &answers.registry {
        server(names, key);
        for (name, value) in values {
            match value {
                Value::Text(_) | Value::List(_) => {
                    label(names, name, &value.to_string());
                    scan::text(names, &value.to_string());
                }
                Value::Binary { binary } if proxies::is_winhttp(name) => {
                    proxies::texts(binary).iter().for_each(|text| put(names, Kind::Proxy, text));
                }
                _ => {}
            }
        }
    }
    for (key, found) in &answers.subkeys {
        found.iter().for_each(|name| server(names, &format!("{key}\\{name}")));
    }
    answers.absent.iter().chain(answers.unreadable.keys()).for_each(|asked| server(names, asked));
    for (name, value) in &answers.variables {
        let known = VARIABLES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        if let Some((_, kind)) = known {
            put(names, *kind, value);
        } else if proxies::is_named(name) {
            put(names, Kind::Proxy, value);
        }
    }
    for (path, content) in &answers.texts {
        text(names, path, content);
    }
    for (path, found) in &answers.folders {
        if path.ends_with("/class/net") {
            interfaces::look(names, found);
        }
        if path.ends_with("/resolver") {
            found.iter().for_each(|name| names.domain(name));
        }
        if path.to_lowercase().contains("freerdp") {
            // A certificate is kept as HOST_PORT.pem.
            found.iter().filter_map(|name| name.rsplit_once('_')).for_each(|(host, _)| names.host(host));
        }
    }
    let owners = answers.files.values().flat_map(|file| [&file.owner, &file.group]);
    owners.flatten().for_each(|owner| names.user(owner));
    for output in answers.commands.values() {
        lines(names, &output.text);
        scan::text(names, &output.text);
    }
    answers.events.values().flatten().for_each(|one| event(names, one));
}

/// A key that is called after a server.
fn server(names: &mut Names, key: &str) {
    let lower = key.to_ascii_lowercase();
    for part in [r"\terminal server client\servers\", r"\terminal server client\localdevices\"] {
        if let Some(at) = lower.find(part) {
            let name = &key[at + part.len()..];
            names.host(name.split('\\').next().unwrap_or_default());
        }
    }
}

fn text(names: &mut Names, path: &str, content: &str) {
    let path = path.replace('\\', "/").to_lowercase();
    let words = |line: &str| {
        let line = line.split('#').next().unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    match () {
        () if path.ends_with("/hosts") => {
            content
                .lines()
                .flat_map(|line| words(line).into_iter().skip(1))
                .for_each(|name| names.host(&name));
        }
        () if path.ends_with("resolv.conf") => {
            let lines = content
                .lines()
                .map(words)
                .filter(|line| line.first().is_some_and(|first| first == "search" || first == "domain"));
            lines.flat_map(|line| line.into_iter().skip(1)).for_each(|name| names.domain(&name));
        }
        () if path.contains("known_hosts") => {
            content
                .lines()
                .filter_map(|line| words(line).into_iter().next())
                .for_each(|name| names.host(&name));
        }
        () => lines(names, content),
    }
    if path.contains("krb5") || path.contains("kerberos") {
        scan::realms(names, content);
    }
    scan::text(names, content);
}

/// Lines such as `User: CORP\jdoe` and `default_realm = CORP.EXAMPLE`.
fn lines(names: &mut Names, content: &str) {
    for line in content.lines() {
        let parts = line.split_once(": ").or_else(|| line.split_once('='));
        if let Some((name, value)) = parts
            && name.len() <= LONGEST_LABEL
            && !line.trim_start().starts_with(['#', ';'])
        {
            label(names, name, value);
        }
    }
}

fn event(names: &mut Names, event: &Event) {
    // The client's own log has the pair of `Name` and `Value`.
    let told = event.data.get("Name").or_else(|| event.data.get("Info"));
    if let (Some(name), Some(value)) = (told, event.data.get("Value")) {
        label(names, name, value);
    }
    for (name, value) in &event.data {
        label(names, name, value);
        scan::text(names, value);
    }
}

/// What has a telling name; a list of names has commas, semicolons or blanks between them.
fn label(names: &mut Names, name: &str, value: &str) {
    let name = name.trim().to_lowercase();
    let Some((_, kind)) = LABELS.iter().find(|(known, _)| name.contains(known)) else { return };
    let value = value.trim().trim_matches('"');
    match kind {
        Kind::User => put(names, *kind, value),
        _ => value.split([',', ';', ' ']).take(50).for_each(|one| put(names, *kind, one)),
    }
}

fn put(names: &mut Names, kind: Kind, value: &str) {
    match kind {
        Kind::User => names.user(value),
        Kind::Host => {
            let host = value.rsplit('/').next().unwrap_or_default();
            let (host, realm) = host.split_once('@').unwrap_or((host, ""));
            names.domain(realm);
            names.host(host);
        }
        Kind::Domain => names.domain(value),
        Kind::Proxy => {
            for address in value.split([',', ';', ' ', '=', '<', '>']) {
                let address = address.split_once("://").map_or(address, |(_, rest)| rest);
                names.host(address.split('/').next().unwrap_or_default());
            }
        }
        Kind::Path => names.user(value.rsplit(['/', '\\']).next().unwrap_or_default()),
    }
}
