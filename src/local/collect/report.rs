//! Reports with pseudonyms in place of names and addresses, the same in every report of a run.

use std::{cmp::Reverse, collections::BTreeSet};

use serde::de::Error as _;
use serde_json::{Map, Value};

use super::{
    addresses::Addresses,
    names::{Names, is_common, scan},
    odd::OddNames,
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
    "target_fqdn",
    "target_netbios_name",
    "target_address",
    "target_addresses",
    "unusable_name",
    "full_address",
    "alternate_full_address",
    "kdc_proxy",
    "asked_for",
    "hosts_entry",
    "client_server",
    "location",
];
/// Fields that hold names of domains.
const DOMAINS: &[&str] = &[
    "netbios_domain",
    "dns_domain",
    "dns_tree",
    "domain",
    "realm",
    "error_realm",
    "referral",
    "search_domains",
];
/// Fields that hold names of users.
const USERS: &[&str] = &["user", "user_name", "username", "account", "cookie", "principal"];
/// Fields with the parts of a distinguished name.
const DISTINGUISHED: &[&str] = &["subject", "issuer"];
/// Fields that repeat what was sent; nobody can tell what names are in them.
const RAW: &[&str] = &[
    "head",
    "received",
    "other_head",
    "token",
    "token_hex",
    "load_balance_info",
    "load_balance_text",
    "tsv_url",
];
/// What is made of the rest and of its names, and is left out.
const MADE: &str = "working";
/// Fields of free text that may be a name and nothing else.
const REPEATING: &[&str] = &[
    "input",
    "observed",
    "service_principal",
    "interface",
    "cookies",
    "path",
    "server",
    "via",
    "seen",
    "wanted",
];
/// Promises whose values are names.
const NAMING: &[&str] = &["host.name", "host.domain", "certificate.name", "certificate.issuer"];
/// More names that no text can be searched for are not replaced.
const MOST_ODD: usize = 2000;
/// What stands in a sentence for what a field of raw text holds.
const HIDDEN: &str = "(hidden)";

/// What has been replaced so far.
#[derive(Debug, Default)]
pub struct Redaction {
    names: Names,
    odd: OddNames,
    addresses: Addresses,
    /// What fields of raw text hold, the longest first.
    raw: BTreeSet<(Reverse<usize>, String)>,
}

impl Redaction {
    /// The report without names and addresses.
    ///
    /// # Errors
    /// It cannot be read any more because a name is a word of the format, or there are more names than can be replaced.
    pub fn report(&mut self, report: &Report) -> Result<Report, serde_json::Error> {
        serde_json::from_value(self.value(serde_json::to_value(report)?)?)
    }

    /// The same for a report as JSON.
    ///
    /// # Errors
    /// There are more names than can be replaced.
    pub fn value(&mut self, mut report: Value) -> Result<Value, serde_json::Error> {
        self.learn("", &report);
        if self.names.is_full() || self.odd.len() >= MOST_ODD {
            return Err(serde_json::Error::custom("there are too many"));
        }
        self.replace("", &mut report);
        Ok(report)
    }

    /// Takes the names out of the fields that hold them, and those of hosts out of every text.
    fn learn(&mut self, field: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| self.learn(inside(field, name), value));
                if fields.get("name").and_then(Value::as_str).is_some_and(|name| NAMING.contains(&name)) {
                    promised(fields).for_each(|name| self.learn_odd(name));
                }
            }
            Value::Array(list) => list.iter().for_each(|value| self.learn(field, value)),
            Value::String(text) => self.learn_text(field, text),
            _ => {}
        }
    }

    fn learn_text(&mut self, field: &str, text: &str) {
        let names = &mut self.names;
        match () {
            () if HOSTS.contains(&field) => names.host(host(text)),
            () if DOMAINS.contains(&field) => names.domain(text),
            () if USERS.contains(&field) => names.user(text.rsplit('=').next().unwrap_or_default()),
            () if DISTINGUISHED.contains(&field) => distinguished(names, text),
            () if field == "via" => {
                // The protocol, the proxy, a comment (RFC 9110 7.6.3).
                text.split(',')
                    .filter_map(|one| one.split_whitespace().nth(1))
                    .for_each(|one| names.host(one));
            }
            // Shorter ones are in every text.
            () if RAW.contains(&field) && text.len() > 3 => {
                self.raw.insert((Reverse(text.len()), text.to_owned()));
            }
            () if !is_word(text) => scan::text(names, text),
            () => {}
        }
        match () {
            () if DISTINGUISHED.contains(&field) => values(text).for_each(|(_, value)| self.learn_odd(value)),
            () if is_name(field) => parts(text).for_each(|part| self.learn_odd(part)),
            () => {}
        }
    }

    /// A name that none of the ways above took.
    fn learn_odd(&mut self, name: &str) {
        if self.names.replaced(name) == name && !is_common(host(name)) {
            self.odd.add(name);
        }
    }

    fn replace(&mut self, field: &str, value: &mut Value) {
        match value {
            _ if field == MADE => *value = Value::Null,
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, value)| self.replace(inside(field, name), value));
            }
            Value::Array(list) => list.iter_mut().for_each(|value| self.replace(field, value)),
            Value::String(_) if RAW.contains(&field) => *value = Value::Null,
            Value::String(text) if DISTINGUISHED.contains(&field) => {
                *text = self.replaced_distinguished(text)
            }
            Value::String(text) if is_name(field) => *text = self.replaced_name(text),
            Value::String(text) if !is_word(text) || REPEATING.contains(&field) => {
                *text = self.replaced(text)
            }
            _ => {}
        }
    }

    fn replaced(&mut self, text: &str) -> String {
        let raw = self.raw.iter().fold(text.to_owned(), |text, (_, raw)| text.replace(raw, HIDDEN));
        let odd = self.odd.replaced(&raw);
        self.addresses.replaced(&self.names.replaced(&odd))
    }

    /// A field that is a name, whatever it looks like.
    fn replaced_name(&mut self, text: &str) -> String {
        let parts: String =
            text.split_inclusive(SEPARATORS).map(|part| self.swapped(part, part, &SEPARATORS)).collect();
        self.replaced(&parts)
    }

    fn replaced_distinguished(&mut self, text: &str) -> String {
        let value = |part: &str| part.split_once('=').map_or(part, |(_, value)| value).to_owned();
        let parts: String =
            text.split_inclusive(BETWEEN).map(|part| self.swapped(part, &value(part), &BETWEEN)).collect();
        self.replaced(&parts)
    }

    /// The part with the pseudonym of the name at its end.
    fn swapped(&self, part: &str, name: &str, separators: &[char]) -> String {
        let name = name.trim_end_matches(separators).trim();
        self.odd.pseudonym(name).map_or_else(|| part.to_owned(), |new| part.replace(name, new))
    }
}

/// What is between the parts of a distinguished name.
const BETWEEN: [char; 2] = [',', '+'];
/// What is between the parts of an account's name.
const SEPARATORS: [char; 2] = ['\\', '@'];

/// The parts of a name of a user, such as `CORP\jdoe`.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(SEPARATORS)
}

/// A field by its name, and by what it is in.
fn inside<'n>(outer: &str, name: &'n str) -> &'n str {
    match (outer, name) {
        ("settings", "name") => "client_name",
        ("unusable", "name") => "unusable_name",
        ("hosts_entries", "name") => "hosts_entry",
        ("attempts", "server") => "client_server",
        _ => name,
    }
}

/// The names that a promise wants.
fn promised(promise: &Map<String, Value>) -> impl Iterator<Item = &str> {
    promise.get("wanted").and_then(Value::as_str).into_iter().flat_map(|wanted| wanted.split(" or "))
}

/// A word of the format, such as a status or a code.
fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

fn is_name(field: &str) -> bool {
    [HOSTS, DOMAINS, USERS, DISTINGUISHED].iter().any(|fields| fields.contains(&field))
}

/// The host of an address such as `https://gw.corp.example/path`.
fn host(text: &str) -> &str {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    text.split('/').next().unwrap_or_default()
}

/// The parts of a distinguished name whose values may be names; a part without a kind may be one, too.
fn values(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = text.split(BETWEEN).map(|part| part.split_once('=').unwrap_or(("", part)));
    parts.map(|(kind, value)| (kind.trim(), value.trim())).filter(|(kind, _)| !kind.eq_ignore_ascii_case("C"))
}

/// The values of a distinguished name, such as `CN=rdsh01.corp.example, O=Corp` (RFC 4514).
fn distinguished(names: &mut Names, text: &str) {
    for (kind, value) in values(text) {
        match kind.eq_ignore_ascii_case("CN") {
            true => names.host(value),
            false => names.domain(value),
        }
    }
}
