//! Writes down every answer that the checks get, and nothing else: this is what `--collect` takes along.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use time::OffsetDateTime;

use super::{
    About, Answer, Certificates, Event, File, Host, Interface, Output, Owner, PrivateKey, Recorded, Service,
    Source, Span, Value,
    redact::{without_account, without_secrets},
};
use crate::report::Os;

/// A machine whose answers are kept.
pub struct Recorder<'a> {
    asked: &'a dyn Host,
    kept: Mutex<Recorded>,
}

impl<'a> Recorder<'a> {
    /// Begins with nothing.
    pub fn new(asked: &'a dyn Host) -> Self {
        let machine = About {
            system: asked.system(),
            version: asked.version(),
            elevated: asked.elevated(),
            now: asked.now().into(),
            complete: false,
        };
        Self { asked, kept: Mutex::new(Recorded::new(machine)) }
    }

    /// Every answer so far.
    pub fn finish(self) -> Recorded {
        self.kept.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Recorded> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep<T: Clone>(
        &self,
        question: String,
        answer: Answer<T>,
        put: impl FnOnce(&mut Recorded, T),
    ) -> Answer<T> {
        let mut kept = self.kept();
        match &answer {
            Ok(Some(found)) => put(&mut kept, found.clone()),
            Ok(None) => {
                kept.absent.insert(question);
            }
            Err(why) => {
                kept.unreadable.insert(question, why.clone());
            }
        }
        drop(kept);
        answer
    }
}

impl Host for Recorder<'_> {
    fn system(&self) -> Os {
        self.asked.system()
    }

    fn version(&self) -> Option<String> {
        self.asked.version()
    }

    fn elevated(&self) -> Option<bool> {
        self.asked.elevated()
    }

    fn source(&self) -> Option<Source> {
        self.asked.source()
    }

    fn now(&self) -> OffsetDateTime {
        self.asked.now()
    }

    fn variable(&self, name: &str) -> Answer<String> {
        self.keep(format!("variable {name}"), self.asked.variable(name), |kept, found| {
            let address = name.to_ascii_lowercase().ends_with("proxy");
            let found = if address { without_account(&found) } else { found };
            kept.variables.insert(name.to_owned(), found);
        })
    }

    fn file(&self, path: &str) -> Answer<File> {
        self.keep(format!("file {path}"), self.asked.file(path), |kept, found| {
            kept.files.insert(path.to_owned(), found);
        })
    }

    fn text(&self, path: &str) -> Answer<String> {
        self.keep(format!("text {path}"), self.asked.text(path), |kept, found| {
            kept.texts.insert(path.to_owned(), without_secrets(&found));
        })
    }

    fn certificates(&self, path: &str) -> Answer<Certificates> {
        self.keep(format!("certificates {path}"), self.asked.certificates(path), |kept, found| {
            kept.certificates.insert(path.to_owned(), found);
        })
    }

    fn private_key(&self, path: &str) -> Answer<PrivateKey> {
        self.keep(format!("private_key {path}"), self.asked.private_key(path), |kept, found| {
            kept.private_keys.insert(path.to_owned(), found);
        })
    }

    fn folder(&self, path: &str) -> Answer<Vec<String>> {
        self.keep(format!("folder {path}"), self.asked.folder(path), |kept, found| {
            kept.folders.insert(path.to_owned(), found);
        })
    }

    fn descriptor(&self, path: &str) -> Answer<String> {
        self.keep(format!("descriptor {path}"), self.asked.descriptor(path), |kept, found| {
            kept.descriptors.insert(path.to_owned(), found);
        })
    }

    fn value(&self, key: &str, name: &str) -> Answer<Value> {
        self.keep(format!("value {key}\\{name}"), self.asked.value(key, name), |kept, found| {
            kept.registry.entry(key.to_owned()).or_default().insert(name.to_owned(), found);
        })
    }

    fn subkeys(&self, key: &str) -> Answer<Vec<String>> {
        self.keep(format!("subkeys {key}"), self.asked.subkeys(key), |kept, found| {
            kept.subkeys.insert(key.to_owned(), found);
        })
    }

    fn may_create(&self, key: &str) -> Answer<bool> {
        self.keep(format!("create {key}"), self.asked.may_create(key), |kept, found| {
            kept.creatable.insert(key.to_owned(), found);
        })
    }

    fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        self.keep(format!("events {channel}"), self.asked.events(channel), |kept, found| {
            kept.events.insert(channel.to_owned(), found);
        })
    }

    fn span(&self, channel: &str) -> Option<Span> {
        let span = self.asked.span(channel);
        self.kept().spans.extend(span.iter().map(|span| (channel.to_owned(), span.clone())));
        span
    }

    fn service(&self, name: &str) -> Answer<Service> {
        self.keep(format!("service {name}"), self.asked.service(name), |kept, found| {
            kept.services.insert(name.to_owned(), found);
        })
    }

    fn listener(&self, port: u16) -> Answer<Owner> {
        self.keep(format!("listener {port}"), self.asked.listener(port), |kept, found| {
            kept.listeners.insert(port.to_string(), found);
        })
    }

    fn udp_listener(&self, port: u16) -> Answer<Owner> {
        self.keep(format!("udp_listener {port}"), self.asked.udp_listener(port), |kept, found| {
            kept.udp_listeners.insert(port.to_string(), found);
        })
    }

    fn interface(&self, to: IpAddr) -> Answer<Interface> {
        self.keep(format!("interface {to}"), self.asked.interface(to), |kept, found| {
            kept.interfaces.insert(to.to_string(), found);
        })
    }

    fn command(&self, line: &str) -> Answer<Output> {
        self.keep(format!("command {line}"), self.asked.command(line), |kept, found| {
            kept.commands.insert(line.to_owned(), found);
        })
    }
}
