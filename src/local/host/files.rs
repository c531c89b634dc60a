//! A machine that was taken along in files: event logs, registry exports, registry hives, and what `--collect` wrote.
//!
//! An export covers the keys below those that it begins with, a hive its whole key; what lies outside is `NotHeld`,
//! never absent. Among several files, what is there wins over what is absent, and that over what could not be read.
//! `Host::source` says that there are files and what of them is damaged, in the check that comes last, because files
//! show damage while they are read.

pub mod archive;
#[cfg(feature = "event-logs")]
pub mod evtx;
mod given;
pub mod hive;
mod keys;
#[cfg(not(feature = "event-logs"))]
mod no_event_logs;
pub mod reg;

use std::{fs::File as Handle, net::IpAddr};

use time::OffsetDateTime;

use super::{
    Answer, Certificates, Event, File, Host, Interface, Output, Owner, PrivateKey, Recorded, Service,
    ServiceState, Source, Span, StartType, TargetName, Unreadable, Value,
};
use crate::{
    local::{
        registry_keys::{CURRENT_VERSION, SERVICES},
        target::Target,
    },
    report::Os,
};
use archive::Asked;
pub use given::Given;
pub use keys::Keys;
#[cfg(not(feature = "event-logs"))]
use no_event_logs as evtx;

/// The files of one machine. An answer comes from whichever file holds it.
pub struct Files {
    keys: Vec<(String, Box<dyn Keys>)>,
    keys_left: usize,
    logs: Vec<(String, evtx::Log<Handle>)>,
    collected: Option<Recorded>,
    asked: Asked,
    read: Vec<String>,
    damage: Vec<String>,
    is_windows: bool,
    now: OffsetDateTime,
}

impl Files {
    /// Which target the answers were collected for.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// What the collected answers say.
    fn collected<T>(&self, ask: impl FnOnce(&Recorded) -> Answer<T>) -> Answer<T> {
        self.collected.as_ref().map_or(Err(Unreadable::NotHeld), ask)
    }

    /// What the registry files say, and the collected answers.
    fn registry<T>(
        &self,
        ask: impl Fn(&dyn Keys) -> Answer<T>,
        collected: impl FnOnce(&Recorded) -> Answer<T>,
    ) -> Answer<T> {
        let answers = self.keys.iter().map(|(_, keys)| ask(keys.as_ref()));
        best(answers.chain([self.collected(collected)]))
    }

    /// How a service starts, which the registry tells.
    fn start(&self, name: &str) -> Answer<Service> {
        let start = match self.value(&format!("{SERVICES}\\{name}"), "Start")? {
            None => return Ok(None),
            Some(Value::Number(0..=2)) => Some(StartType::Automatic),
            Some(Value::Number(3)) => Some(StartType::Manual),
            Some(Value::Number(4)) => Some(StartType::Disabled),
            Some(_) => None,
        };
        Ok(Some(Service { state: ServiceState::Unknown, start, process: None }))
    }
}

impl Host for Files {
    fn system(&self) -> Os {
        match &self.collected {
            Some(collected) if !self.is_windows => collected.system(),
            _ => Os::Windows,
        }
    }

    fn version(&self) -> Option<String> {
        let number =
            |name: &str| self.value(CURRENT_VERSION, name).ok().flatten().map(|value| value.to_string());
        let collected = || self.collected.as_ref().and_then(Host::version);
        super::windows_version(number).or_else(collected)
    }

    fn elevated(&self) -> Option<bool> {
        self.collected.as_ref().and_then(Host::elevated)
    }

    fn source(&self) -> Option<Source> {
        let notes = |name: &str, notes: Vec<String>| {
            notes.into_iter().map(|note| format!("{name}: {note}")).collect::<Vec<_>>()
        };
        let keys = self.keys.iter().flat_map(|(name, keys)| notes(name, keys.notes()));
        let logs = self.logs.iter().flat_map(|(name, log)| notes(name, log.notes()));
        let damage = self.damage.iter().cloned().chain(keys).chain(logs).collect();
        Some(Source { read: self.read.clone(), damage })
    }

    fn name_of(&self, target: &Target) -> TargetName {
        // Addresses are not replaced.
        let is_address = |host: &str| host.parse::<IpAddr>().is_ok();
        let other_files = !self.keys.is_empty() || !self.logs.is_empty();
        match self.asked.host.as_deref() {
            _ if !self.asked.is_redacted => TargetName::Own,
            made if is_address(&target.host) && made.is_none_or(is_address) => TargetName::Own,
            // The other files know it by its name, so that neither name finds everything.
            _ if other_files => TargetName::Unknown,
            None => TargetName::Unknown,
            Some(host) if host.eq_ignore_ascii_case(&target.host) => TargetName::Own,
            Some(host) => TargetName::Pseudonym(host.to_owned()),
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.now
    }

    fn variable(&self, name: &str) -> Answer<String> {
        self.collected(|collected| collected.variable(name))
    }

    fn file(&self, path: &str) -> Answer<File> {
        self.collected(|collected| collected.file(path))
    }

    fn text(&self, path: &str) -> Answer<String> {
        self.collected(|collected| collected.text(path))
    }

    fn certificates(&self, path: &str) -> Answer<Certificates> {
        self.collected(|collected| collected.certificates(path))
    }

    fn private_key(&self, path: &str) -> Answer<PrivateKey> {
        self.collected(|collected| collected.private_key(path))
    }

    fn folder(&self, path: &str) -> Answer<Vec<String>> {
        self.collected(|collected| collected.folder(path))
    }

    fn descriptor(&self, path: &str) -> Answer<String> {
        self.collected(|collected| collected.descriptor(path))
    }

    fn value(&self, key: &str, name: &str) -> Answer<Value> {
        self.registry(|keys| keys.value(key, name), |collected| collected.value(key, name))
    }

    fn subkeys(&self, key: &str) -> Answer<Vec<String>> {
        self.registry(|keys| keys.subkeys(key), |collected| collected.subkeys(key))
    }

    fn may_create(&self, key: &str) -> Answer<bool> {
        let told = |keys: &dyn Keys| match keys.subkeys(key) {
            Ok(None) => Ok(None),
            // A file does not tell who may write.
            Ok(Some(_)) => Err(Unreadable::NotHeld),
            Err(why) => Err(why),
        };
        self.registry(told, |collected| collected.may_create(key))
    }

    fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        let collected = self.collected(|collected| collected.events(channel));
        let (mut found, mut others) = (Vec::new(), Vec::new());
        let log = |log: &evtx::Log<Handle>| match log.events(channel) {
            Ok(Some(_)) if log.span(channel).is_none() => Err(Unreadable::Empty),
            answer => answer,
        };
        for answer in self.logs.iter().map(|(_, one)| log(one)).chain([collected]) {
            match answer {
                Ok(Some(events)) => {
                    found.extend(events);
                    others.push(Ok(Some(())));
                }
                Ok(None) => others.push(Ok(None)),
                Err(why) => others.push(Err(why)),
            }
        }
        Event::sort_newest_first(&mut found);
        Ok(best(others.into_iter())?.map(|()| found))
    }

    fn span(&self, channel: &str) -> Option<Span> {
        let logs = self.logs.iter().filter_map(|(_, log)| log.span(channel));
        logs.chain(self.collected.as_ref().and_then(|collected| collected.span(channel))).reduce(Span::and)
    }

    fn service(&self, name: &str) -> Answer<Service> {
        best([self.collected(|collected| collected.service(name)), self.start(name)].into_iter())
    }

    fn listener(&self, port: u16) -> Answer<Owner> {
        self.collected(|collected| collected.listener(port))
    }

    fn udp_listener(&self, port: u16) -> Answer<Owner> {
        self.collected(|collected| collected.udp_listener(port))
    }

    fn interface(&self, to: IpAddr) -> Answer<Interface> {
        self.collected(|collected| collected.interface(to))
    }

    fn command(&self, line: &str) -> Answer<Output> {
        self.collected(|collected| collected.command(line))
    }
}

/// What is there before what is absent, and that before what could not be read.
fn best<T>(answers: impl Iterator<Item = Answer<T>>) -> Answer<T> {
    let mut best = Err(Unreadable::NotHeld);
    for answer in answers {
        match (&answer, &best) {
            (Ok(Some(_)), _) => return answer,
            (Ok(None), _) => best = answer,
            (Err(why), Err(Unreadable::NotHeld)) if *why != Unreadable::NotHeld => best = answer,
            _ => {}
        }
    }
    best
}
