//! A machine as a list of answers: what `--collect` writes, and the invented hosts of the tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    Answer, Certificates, Event, File, Host, Interface, Output, Owner, PrivateKey, Service, Source, Span,
    Unreadable, Value,
};
use crate::report::{Os, Timestamp};

/// What the machine is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The kind of system.
    pub system: Os,
    /// Its version.
    #[serde(default)]
    pub version: Option<String>,
    /// Whether the answers were given with an administrator's rights.
    #[serde(default)]
    pub elevated: Option<bool>,
    /// Its wall time.
    pub now: Timestamp,
    /// Whether what is not listed does not exist; else it was not asked for.
    #[serde(default)]
    pub complete: bool,
}

/// Answers by question. Registry keys are lower case in `registry` and its kind once read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// What the machine is.
    pub machine: About,
    /// The files that it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Environment variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Facts of files.
    #[serde(default)]
    pub files: BTreeMap<String, File>,
    /// Contents of files.
    #[serde(default)]
    pub texts: BTreeMap<String, String>,
    /// What files of certificates hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<String, Certificates>,
    /// Whose private keys files hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub private_keys: BTreeMap<String, PrivateKey>,
    /// Names in folders.
    #[serde(default)]
    pub folders: BTreeMap<String, Vec<String>>,
    /// Security descriptors.
    #[serde(default)]
    pub descriptors: BTreeMap<String, String>,
    /// Values by key and name.
    #[serde(default)]
    pub registry: BTreeMap<String, BTreeMap<String, Value>>,
    /// Subkeys by key, beside those that `registry` shows.
    #[serde(default)]
    pub subkeys: BTreeMap<String, Vec<String>>,
    /// Where subkeys may be created.
    #[serde(default)]
    pub creatable: BTreeMap<String, bool>,
    /// Events by channel, newest first.
    #[serde(default)]
    pub events: BTreeMap<String, Vec<Event>>,
    /// How much of a channel was read, where that was another machine's files.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spans: BTreeMap<String, Span>,
    /// Services by name.
    #[serde(default)]
    pub services: BTreeMap<String, Service>,
    /// Who listens, by port.
    #[serde(default)]
    pub listeners: BTreeMap<String, Owner>,
    /// Who takes datagrams, by port.
    #[serde(default)]
    pub udp_listeners: BTreeMap<String, Owner>,
    /// Where packets leave, by address.
    #[serde(default)]
    pub interfaces: BTreeMap<String, Interface>,
    /// What commands print.
    #[serde(default)]
    pub commands: BTreeMap<String, Output>,
    /// Questions that could not be answered, each a word and what follows, such as `events Security`.
    #[serde(default)]
    pub unreadable: BTreeMap<String, Unreadable>,
    /// Questions whose answer was that there is no such thing.
    #[serde(default)]
    pub absent: BTreeSet<String>,
}

impl Recorded {
    /// Nothing is known yet.
    pub fn new(machine: About) -> Self {
        Self {
            machine,
            source: None,
            variables: BTreeMap::new(),
            files: BTreeMap::new(),
            texts: BTreeMap::new(),
            certificates: BTreeMap::new(),
            private_keys: BTreeMap::new(),
            folders: BTreeMap::new(),
            descriptors: BTreeMap::new(),
            registry: BTreeMap::new(),
            subkeys: BTreeMap::new(),
            creatable: BTreeMap::new(),
            events: BTreeMap::new(),
            spans: BTreeMap::new(),
            services: BTreeMap::new(),
            listeners: BTreeMap::new(),
            udp_listeners: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            commands: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            absent: BTreeSet::new(),
        }
    }

    fn answer<T: Clone>(&self, question: &str, found: Option<&T>) -> Answer<T> {
        if let Some(why) = self.unreadable.iter().find(|(asked, _)| same(asked, question)).map(|(_, why)| why)
        {
            return Err(why.clone());
        }
        match found {
            Some(found) => Ok(Some(found.clone())),
            None if self.machine.complete || self.absent.iter().any(|asked| same(asked, question)) => {
                Ok(None)
            }
            None => Err(Unreadable::NotHeld),
        }
    }
}

/// Windows knows no case, and no Unix file differs by case alone among those that are asked for.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn find<'a, T>(map: &'a BTreeMap<String, T>, name: &str) -> Option<&'a T> {
    map.get(name).or_else(|| map.iter().find(|(known, _)| same(known, name)).map(|(_, found)| found))
}

impl Host for Recorded {
    fn system(&self) -> Os {
        self.machine.system
    }

    fn version(&self) -> Option<String> {
        self.machine.version.clone()
    }

    fn elevated(&self) -> Option<bool> {
        self.machine.elevated
    }

    fn source(&self) -> Option<Source> {
        self.source.clone()
    }

    fn now(&self) -> OffsetDateTime {
        self.machine.now.into()
    }

    fn variable(&self, name: &str) -> Answer<String> {
        self.answer(&format!("variable {name}"), find(&self.variables, name))
    }

    fn file(&self, path: &str) -> Answer<File> {
        self.answer(&format!("file {path}"), find(&self.files, path))
    }

    fn text(&self, path: &str) -> Answer<String> {
        self.answer(&format!("text {path}"), find(&self.texts, path))
    }

    fn certificates(&self, path: &str) -> Answer<Certificates> {
        self.answer(&format!("certificates {path}"), find(&self.certificates, path))
    }

    fn private_key(&self, path: &str) -> Answer<PrivateKey> {
        self.answer(&format!("private_key {path}"), find(&self.private_keys, path))
    }

    fn folder(&self, path: &str) -> Answer<Vec<String>> {
        self.answer(&format!("folder {path}"), find(&self.folders, path))
    }

    fn descriptor(&self, path: &str) -> Answer<String> {
        self.answer(&format!("descriptor {path}"), find(&self.descriptors, path))
    }

    fn value(&self, key: &str, name: &str) -> Answer<Value> {
        let found = find(&self.registry, key).and_then(|values| find(values, name));
        self.answer(&format!("value {key}\\{name}"), found)
    }

    fn subkeys(&self, key: &str) -> Answer<Vec<String>> {
        let below = format!("{}\\", key.to_ascii_lowercase());
        let keys = self.registry.keys().filter(|known| known.to_ascii_lowercase().starts_with(&below));
        let first = keys.filter_map(|known| known[below.len()..].split('\\').next()).map(str::to_owned);
        let listed = find(&self.subkeys, key);
        let names: BTreeSet<_> = listed.into_iter().flatten().cloned().chain(first).collect();
        let exists = listed.is_some() || !names.is_empty() || find(&self.registry, key).is_some();
        self.answer(&format!("subkeys {key}"), exists.then(|| names.into_iter().collect()).as_ref())
    }

    fn may_create(&self, key: &str) -> Answer<bool> {
        self.answer(&format!("create {key}"), find(&self.creatable, key))
    }

    fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        self.answer(&format!("events {channel}"), find(&self.events, channel))
    }

    fn span(&self, channel: &str) -> Option<Span> {
        find(&self.spans, channel).cloned()
    }

    fn service(&self, name: &str) -> Answer<Service> {
        self.answer(&format!("service {name}"), find(&self.services, name))
    }

    fn listener(&self, port: u16) -> Answer<Owner> {
        self.answer(&format!("listener {port}"), self.listeners.get(&port.to_string()))
    }

    fn udp_listener(&self, port: u16) -> Answer<Owner> {
        self.answer(&format!("udp_listener {port}"), self.udp_listeners.get(&port.to_string()))
    }

    fn interface(&self, to: IpAddr) -> Answer<Interface> {
        self.answer(&format!("interface {to}"), self.interfaces.get(&to.to_string()))
    }

    fn command(&self, line: &str) -> Answer<Output> {
        self.answer(&format!("command {line}"), find(&self.commands, line))
    }
}
