//! The names of users, hosts and domains in a machine's answers, each with its pseudonym.

mod interfaces;
pub(super) mod scan;
mod sources;

use std::{collections::BTreeMap, net::IpAddr};

/// More names are not replaced.
const MOST_NAMES: usize = 2000;

/// Names that tell nothing about anybody, and without which the answers could not be read.
const COMMON: &[&str] = &[
    "admin",
    "administrator",
    "administrators",
    "all",
    "anonymous",
    "authority",
    "broadcasthost",
    "builtin",
    "client",
    "com",
    "config",
    "console",
    "default",
    "desktop",
    "dns",
    "domain",
    "etc",
    "everyone",
    "example",
    "files",
    "guest",
    "home",
    "host",
    "hosts",
    "kerberos",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "local service",
    "localservice",
    "microsoft",
    "net",
    "network",
    "network service",
    "networkservice",
    "none",
    "nobody",
    "null",
    "org",
    "private",
    "program",
    "public",
    "rdp",
    "rdptrace",
    "rdpwrap",
    "remote",
    "root",
    "security",
    "server",
    "service",
    "services",
    "software",
    "ssh",
    "ssl-cert",
    "staff",
    "system",
    "system32",
    "temp",
    "terminal",
    "termsrv",
    "test",
    "user",
    "username",
    "users",
    "var",
    "wheel",
    "windows",
    "workgroup",
    "xrdp",
    "yes",
    "no",
    "true",
    "false",
    "on",
    "off",
    "ask",
    "auto",
    "active",
    "enabled",
    "disabled",
    "unknown",
    "running",
    // Words of the questions, and of settings.
    "ca-certificates",
    "certs",
    "conf",
    "crypto",
    "direct",
    "drivers",
    "freerdp",
    "ftp",
    "gateway",
    "http",
    "https",
    "krb5",
    "pki",
    "proxy",
    "socks",
    "socks5",
    "ssl",
    "tls",
    "usr",
];

/// Whether a name, with or without a port, tells nothing about anybody.
pub(super) fn is_common(name: &str) -> bool {
    let bare = match name.rsplit_once(':') {
        Some((bare, port)) if port.parse::<u16>().is_ok() => bare,
        _ => name,
    };
    COMMON.contains(&bare.to_lowercase().as_str())
}

/// Names and their pseudonyms.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pseudonyms: BTreeMap<String, String>,
    users: usize,
    hosts: usize,
    domains: usize,
    interfaces: usize,
}

impl Names {
    /// A user, with or without the domain.
    pub(super) fn user(&mut self, name: &str) {
        if let Some((domain, user)) = name.split_once('\\') {
            self.domain(domain);
            return self.user(user);
        }
        if let Some((user, domain)) = name.split_once('@') {
            self.domain(domain);
            return self.user(user);
        }
        if self.is_new(name) {
            self.users += 1;
            self.keep(name, format!("user-{}", self.users));
        }
    }

    /// A host, with or without its domain and its port.
    pub(super) fn host(&mut self, name: &str) {
        let name = name.trim().trim_start_matches('\\');
        if name.starts_with(['*', '.']) {
            return self.domain(name.trim_start_matches('*'));
        }
        let name = name.trim_matches('.');
        let name = match name.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() => host,
            _ => name,
        };
        let name = name.trim_start_matches('[').trim_end_matches(']');
        if name.parse::<IpAddr>().is_ok() {
            return;
        }
        let (short, domain) = name.split_once('.').unwrap_or((name, ""));
        self.domain(domain);
        if self.is_new(short) {
            self.hosts += 1;
            self.keep(short, format!("host-{}", self.hosts));
        }
    }

    /// A domain; one below another stays below it.
    pub(super) fn domain(&mut self, name: &str) {
        let name = name.trim().trim_matches('.');
        // A short one without a dot is a country's.
        if !self.is_new(name) || name.len() < 3 || name.parse::<IpAddr>().is_ok() {
            return;
        }
        let above = match name.split_once('.') {
            None => String::new(),
            Some((_, above)) if above.contains('.') => {
                self.domain(above);
                format!(".{}", self.replaced(above).to_lowercase())
            }
            Some((first, _)) => {
                // Files and groups are called after it, too.
                self.domain(first);
                ".example".to_owned()
            }
        };
        self.domains += 1;
        self.keep(name, format!("domain-{}{above}", self.domains));
    }

    /// A network interface.
    pub(super) fn interface(&mut self, name: &str) {
        if self.is_new(name) {
            self.interfaces += 1;
            self.keep(name, format!("interface-{}", self.interfaces));
        }
    }

    /// Whether a further name would be left as it is.
    pub(super) fn is_full(&self) -> bool {
        self.pseudonyms.len() >= MOST_NAMES
    }

    fn is_new(&self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        let is_name = name.chars().any(char::is_alphabetic)
            && name.chars().all(|c| c.is_alphanumeric() || " .-_$".contains(c))
            && name.chars().next().is_some_and(char::is_alphanumeric);
        is_name
            && (2..=255).contains(&name.len())
            && !COMMON.contains(&name.as_str())
            && !self.pseudonyms.contains_key(&name)
            && !self.is_full()
    }

    fn keep(&mut self, name: &str, pseudonym: String) {
        self.pseudonyms.insert(name.trim().to_lowercase(), pseudonym);
    }

    /// The text with pseudonyms; of names that fit the longest one counts. What is in capitals stays so, because case counts
    /// in a realm.
    pub(super) fn replaced(&self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let (mut rest, mut before) = (text, None);
        while let Some(c) = rest.chars().next() {
            let is_start = c.is_alphanumeric() && !before.is_some_and(char::is_alphanumeric);
            if is_start && let Some((length, pseudonym)) = self.at(rest) {
                match rest[..length].chars().any(char::is_lowercase) {
                    true => replaced.push_str(pseudonym),
                    false => replaced.push_str(&pseudonym.to_uppercase()),
                }
                before = rest[..length].chars().next_back();
                rest = &rest[length..];
            } else {
                replaced.push(c);
                before = Some(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        replaced
    }

    /// The longest name that the text begins with, its length in the text, and its pseudonym.
    fn at(&self, text: &str) -> Option<(usize, &str)> {
        let first = text.chars().next()?.to_lowercase().to_string();
        let from = self.pseudonyms.range(first.clone()..).take_while(|(name, _)| name.starts_with(&first));
        let fits = from.filter_map(|(name, pseudonym)| Some((begins(text, name)?, pseudonym.as_str())));
        fits.max_by_key(|(length, _)| *length)
    }
}

/// How many bytes of the text are the name, if it begins with it as a word.
fn begins(text: &str, name: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for wanted in name.chars() {
        let (_, c) = chars.next()?;
        if c != wanted && !c.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
    }
    match chars.next() {
        None => Some(text.len()),
        Some((at, c)) => (!c.is_alphanumeric()).then_some(at),
    }
}
