//! Puts pseudonyms in place of names, everywhere in a machine's answers, so that they still fit together.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{Event, File, Interface, Output, Recorded, Value},
    names::Names,
    narrow, proxies,
};

/// Keys of the registry whose subkeys or values are called after hosts.
const CALLED_AFTER_HOSTS: &[&str] =
    &[r"\terminal server client\servers\", r"\terminal server client\localdevices\"];
/// What stands before a host in a command.
const ASKED_OF_HOST: &str = "TERMSRV/";

/// The machine with pseudonyms.
pub(super) fn machine(machine: Recorded, names: &Names) -> Recorded {
    let text = |text: String| names.replaced(&text);
    let renamed = narrow::renamed(&machine);
    let path = |path: &str| renamed.get(path).cloned().unwrap_or_else(|| names.replaced(path));
    let key = |path: &str| key(path, names);
    let same = |name: &str| name.to_owned();
    let folders = machine.folders.into_iter().map(|(folder, found)| {
        let inside = |name: String| {
            let whole = format!("{}/{name}", folder.trim_end_matches('/'));
            let other = renamed.get(&whole).and_then(|other| other.rsplit('/').next());
            other.map_or_else(|| names.replaced(&name), str::to_owned)
        };
        let found: BTreeSet<_> = found.into_iter().map(inside).collect();
        (path(&folder), found.into_iter().collect())
    });
    let keys = machine.subkeys.into_iter().map(|(above, found)| {
        let last = |name| key(&format!("{above}\\{name}")).rsplit('\\').next().unwrap_or_default().to_owned();
        (key(&above), found.into_iter().map(last).collect::<BTreeSet<_>>().into_iter().collect())
    });
    let unreadable = machine.unreadable.into_iter().map(|(asked, why)| (question(&asked, names, path), why));
    Recorded {
        variables: each(machine.variables, same, text),
        files: each(machine.files, path, |file| File {
            owner: file.owner.map(text),
            group: file.group.map(text),
            ..file
        }),
        texts: each(machine.texts, path, text),
        certificates: each(machine.certificates, path, |held| held),
        private_keys: each(machine.private_keys, path, |key| key),
        folders: folders.collect(),
        descriptors: each(machine.descriptors, |asked| key(&path(asked)), |rights| rights),
        registry: registry(machine.registry, names),
        subkeys: keys.collect(),
        creatable: each(machine.creatable, key, |may| may),
        events: each(machine.events, same, |events| {
            events.into_iter().map(|one| event(one, names)).collect()
        }),
        spans: machine.spans,
        services: machine.services,
        listeners: machine.listeners,
        udp_listeners: machine.udp_listeners,
        interfaces: each(machine.interfaces, same, |found| Interface {
            // Its user gave it the name; what it is stands in the description of its driver.
            name: format!("interface of type {}", found.kind),
            ..found
        }),
        commands: each(
            machine.commands,
            |line| command(line, names),
            |output| Output { text: text(output.text), ..output },
        ),
        unreadable: unreadable.collect(),
        absent: machine.absent.iter().map(|asked| question(asked, names, path)).collect(),
        ..Recorded::new(machine.machine)
    }
}

fn each<A, B>(
    answers: BTreeMap<String, A>,
    question: impl Fn(&str) -> String,
    answer: impl Fn(A) -> B,
) -> BTreeMap<String, B> {
    answers.into_iter().map(|(asked, found)| (question(&asked), answer(found))).collect()
}

fn registry(
    registry: BTreeMap<String, BTreeMap<String, Value>>,
    names: &Names,
) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut redacted: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (path, values) in registry {
        for (name, found) in values {
            let whole = key(&format!("{path}\\{name}"), names);
            let (path, name) = whole.rsplit_once('\\').unwrap_or((&whole, ""));
            let found = match found {
                Value::Binary { binary } if proxies::is_winhttp(name) => {
                    Value::Binary { binary: proxies::with_texts(&binary, |text| names.replaced(text)) }
                }
                other => value(other, names),
            };
            redacted.entry(path.to_owned()).or_default().insert(name.to_owned(), found);
        }
    }
    redacted
}

fn value(value: Value, names: &Names) -> Value {
    match value {
        Value::Text(text) => Value::Text(names.replaced(&text)),
        Value::List(list) => Value::List(list.iter().map(|text| names.replaced(text)).collect()),
        other => other,
    }
}

fn event(event: Event, names: &Names) -> Event {
    let data = event.data.into_iter().map(|(name, value)| (name, names.replaced(&value))).collect();
    Event { data, ..event }
}

/// A path in the registry: only what is called after a host has a name in it.
fn key(path: &str, names: &Names) -> String {
    let lower = path.to_ascii_lowercase();
    let after = CALLED_AFTER_HOSTS.iter().find_map(|part| Some(lower.find(part)? + part.len()));
    match after {
        Some(after) => format!("{}{}", &path[..after], names.replaced(&path[after..])),
        None => path.to_owned(),
    }
}

fn command(line: &str, names: &Names) -> String {
    match line.split_once(ASKED_OF_HOST) {
        Some((before, host)) => format!("{before}{ASKED_OF_HOST}{}", names.replaced(host)),
        None => line.to_owned(),
    }
}

/// A question that has no answer.
fn question(asked: &str, names: &Names, path: impl Fn(&str) -> String) -> String {
    match asked.split_once(' ') {
        Some((what @ ("value" | "subkeys" | "create"), asked)) => format!("{what} {}", key(asked, names)),
        Some((what @ "command", line)) => format!("{what} {}", command(line, names)),
        Some((what @ ("file" | "text" | "folder" | "certificates" | "private_key"), asked)) => {
            format!("{what} {}", path(asked))
        }
        _ => asked.to_owned(),
    }
}
