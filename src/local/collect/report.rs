//! Reports with pseudonyms in place of names and addresses, the same in every report of a run.

use serde::de::Error as _;
use serde_json::Value;

use super::{
    addresses::Addresses,
    names::{Names, scan},
};
use crate::report::Report;

/// Fields that hold names of hosts, alone or in lists.
const HOSTS: &[&str] = &[
    "host",
    "server_name",
    "sni",
    "netbios_computer",
    "dns_computer",
    "names",
    "resource",
    "client_name",
    "proxy",
];
/// Fields that hold names of domains.
const DOMAINS: &[&str] = &["netbios_domain", "dns_domain", "dns_tree", "domain", "realm", "search_domains"];
/// Fields that hold names of users.
const USERS: &[&str] = &["user", "user_name", "username", "account", "cookie", "principal"];
/// Fields with the parts of a distinguished name.
const DISTINGUISHED: &[&str] = &["subject", "issuer"];
/// Fields that repeat what was sent; nobody can tell what names are in them.
const RAW: &[&str] = &["head", "received", "other_head", "token", "token_hex", "load_balance_info"];

/// What has been replaced so far.
#[derive(Debug, Default)]
pub struct Redaction {
    names: Names,
    addresses: Addresses,
}

impl Redaction {
    /// The report without names and addresses.
    ///
    /// # Errors
    /// It cannot be read any more because a name is a word of the format, or there are more names than can be replaced.
    pub fn report(&mut self, report: &Report) -> Result<Report, serde_json::Error> {
        let mut value = serde_json::to_value(report)?;
        self.learn("", &value);
        if self.names.is_full() {
            return Err(serde_json::Error::custom("there are too many"));
        }
        self.replace("", &mut value);
        serde_json::from_value(value)
    }

    /// Takes the names out of the fields that hold them, and those of hosts out of every text.
    fn learn(&mut self, field: &str, value: &Value) {
        let names = &mut self.names;
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| self.learn(inside(field, name), value));
            }
            Value::Array(list) => list.iter().for_each(|value| self.learn(field, value)),
            Value::String(text) if HOSTS.contains(&field) => names.host(text),
            Value::String(text) if DOMAINS.contains(&field) => names.domain(text),
            Value::String(text) if USERS.contains(&field) => {
                names.user(text.rsplit('=').next().unwrap_or_default());
            }
            Value::String(text) if DISTINGUISHED.contains(&field) => distinguished(names, text),
            Value::String(text) if !is_word(text) => scan::text(names, text),
            _ => {}
        }
    }

    fn replace(&mut self, field: &str, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, value)| self.replace(inside(field, name), value));
            }
            Value::Array(list) => list.iter_mut().for_each(|value| self.replace(field, value)),
            Value::String(_) if RAW.contains(&field) => *value = Value::Null,
            Value::String(text) if !is_word(text) || is_name(field) => {
                *text = self.addresses.replaced(&self.names.replaced(text));
            }
            _ => {}
        }
    }
}

/// A field by its name, and by what it is in: a client's settings hold the name of its machine.
fn inside<'n>(outer: &str, name: &'n str) -> &'n str {
    if (outer, name) == ("settings", "name") { "client_name" } else { name }
}

/// A word of the format, such as a status or a code.
fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

fn is_name(field: &str) -> bool {
    [HOSTS, DOMAINS, USERS, DISTINGUISHED].iter().any(|fields| fields.contains(&field))
}

/// The values of a distinguished name, such as `CN=rdsh01.corp.example, O=Corp` (RFC 4514).
fn distinguished(names: &mut Names, text: &str) {
    for (kind, value) in text.split([',', '+']).filter_map(|part| part.trim().split_once('=')) {
        match kind.trim().to_ascii_uppercase().as_str() {
            "CN" => names.host(value),
            "C" => {}
            _ => names.domain(value),
        }
    }
}
