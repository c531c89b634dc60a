//! What is never taken along: keys, ticket caches, passwords and other credentials, by the names of what holds them.

use std::collections::BTreeMap;

use super::{
    super::{Recorded, Unreadable, Value},
    proxies,
};
use crate::codes::EVENT;

/// Parts of the paths of files whose content is not taken.
const PATHS: &[&str] = &[
    "/.ssh/",
    "/.gnupg/",
    "/keyrings/",
    "/keychains/",
    "/krb5/user/",
    "/sssd/",
    "/etc/shadow",
    "/etc/gshadow",
    "krb5cc",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "key.pem",
    ".netrc",
    ".pgpass",
    ".git-credentials",
    "/crypto/rsa/",
    "/crypto/keys/",
    "/microsoft/credentials/",
    "/microsoft/protect/",
    "/microsoft/vault/",
    "/config/sam",
    "/config/security",
];
/// How the names of files end whose content is not taken.
const ENDINGS: &[&str] =
    &[".key", ".pfx", ".p12", ".keytab", ".ccache", ".jks", ".ppk", ".kdbx", ".remmina", ".credentials"];
/// Keys of the registry whose values are not taken.
const KEYS: &[&str] =
    &[r"hklm\sam", r"hklm\security", r"\lsa\secrets", r"\vault\", r"\terminal server\rcm\secrets"];
/// Parts of the names of values, variables and event data that are not taken.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "private",
    "credentialblob",
    "clientlicense",
    "clienthwid",
];
/// Parts of commands whose output is not taken.
const COMMANDS: &[&str] = &[
    "find-generic-password",
    "find-internet-password",
    "dump-keychain",
    "vaultcmd",
    "secret-tool",
    "klist -k",
];
/// What stands in place of a secret.
const NOT_TAKEN: &str = "(not taken)";

/// Takes the secrets out.
pub(super) fn remove(machine: &mut Recorded) {
    // The same logs tell what was started, and with which arguments.
    for (channel, events) in &mut machine.events {
        events.retain(|event| EVENT.find_all(event.id).any(|row| row.channel.eq_ignore_ascii_case(channel)));
    }
    let is_secret = |name: &str| has(name, NAMES);
    for (name, value) in &mut machine.variables {
        if is_secret(name) {
            NOT_TAKEN.clone_into(value);
        }
    }
    for (key, values) in &mut machine.registry {
        let denied = has(&format!("{key}\\"), KEYS);
        values.iter_mut().filter(|(name, _)| denied || is_secret(name)).for_each(|(_, value)| blank(value));
    }
    for data in machine.events.values_mut().flatten().map(|event| &mut event.data) {
        data.iter_mut()
            .filter(|(name, _)| is_secret(name))
            .for_each(|(_, value)| NOT_TAKEN.clone_into(value));
    }
    let is_text = |path: &str, text: &String| is_key_file(path) || has_key(text);
    refuse("text", &mut machine.texts, &mut machine.unreadable, is_text);
    let is_output = |line: &str, text: &String| has(line, COMMANDS) || has_key(text);
    let mut outputs: BTreeMap<_, _> =
        machine.commands.iter().map(|(line, output)| (line.clone(), output.text.clone())).collect();
    refuse("command", &mut outputs, &mut machine.unreadable, is_output);
    machine.commands.retain(|line, _| outputs.contains_key(line));
    for (name, value) in machine.registry.values_mut().flatten() {
        match value {
            Value::Text(text) if proxies::is_named(name) => *text = proxies::without_accounts(text),
            Value::Binary { binary } if proxies::is_winhttp(name) => {
                *binary = proxies::with_texts(binary, proxies::without_accounts);
            }
            _ => {}
        }
    }
    let texts = machine.texts.values_mut().chain(machine.variables.values_mut());
    let texts = texts.chain(machine.commands.values_mut().map(|output| &mut output.text));
    let values = machine.registry.values_mut().flat_map(BTreeMap::values_mut);
    texts.chain(values.filter_map(as_text)).for_each(|text| *text = without_accounts(text));
}

fn refuse(
    question: &str,
    from: &mut BTreeMap<String, String>,
    unreadable: &mut BTreeMap<String, Unreadable>,
    is_secret: impl Fn(&str, &String) -> bool,
) {
    from.retain(|name, text| {
        let refused = is_secret(name, text);
        if refused {
            let why = Unreadable::Failed("it may hold a secret, so it was not taken along".to_owned());
            unreadable.insert(format!("{question} {name}"), why);
        }
        !refused
    });
}

fn is_key_file(path: &str) -> bool {
    let path = path.replace('\\', "/").to_lowercase();
    has(&path, PATHS) || ENDINGS.iter().any(|end| path.ends_with(end))
}

fn has_key(text: &str) -> bool {
    text.contains("PRIVATE KEY-----")
}

fn has(name: &str, parts: &[&str]) -> bool {
    let name = name.to_lowercase();
    parts.iter().any(|part| name.contains(part))
}

/// It is still told that the value exists, and how long it is.
fn blank(value: &mut Value) {
    *value = match value {
        Value::Number(_) => Value::Number(0),
        Value::Text(_) => Value::Text(NOT_TAKEN.to_owned()),
        Value::List(_) => Value::List(vec![NOT_TAKEN.to_owned()]),
        Value::Binary { binary } => Value::Binary { binary: "0".repeat(binary.len()) },
    };
}

fn as_text(value: &mut Value) -> Option<&mut String> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Without the account in an address such as a proxy's, and without the password of an .rdp file.
fn without_accounts(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for (index, part) in text.split("://").enumerate() {
        if index > 0 {
            kept.push_str("://");
        }
        let end = part.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(part.len());
        match part[..end].rfind('@') {
            Some(at) if index > 0 => kept.push_str(&part[at + 1..]),
            _ => kept.push_str(part),
        }
    }
    match kept.to_lowercase().contains("password 51:b:") {
        true => kept
            .lines()
            .filter(|line| !line.to_lowercase().starts_with("password 51:b:"))
            .fold(String::new(), |text, line| text + line + "\n"),
        false => kept,
    }
}
