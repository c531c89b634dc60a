//! What a check sees: the machine, and the target that it is to reach.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::{
    host::{Answer, Event, Host, Output, Unreadable, Value},
    target::Target,
};
use crate::report::Os;

/// The values that are bytes.
const BINARY: &[&str] = &[
    "Blob",
    "CertHash",
    "Certificate",
    "ClientHWID",
    "ClientLicense",
    "DateCreated",
    "DateLastConnected",
    "DefaultConnectionSettings",
    "SSLCertificateSHA1Hash",
    "SSLCertificateSHA1HashValue",
    "SelfSignedCertificate",
    "WinHttpSettings",
];
/// The certificates and secrets of licensing.
const OF_LICENSES: [&str; 2] = ["X509 ", "L$"];

fn is_binary(name: &str) -> bool {
    BINARY.iter().any(|known| known.eq_ignore_ascii_case(name))
        || OF_LICENSES.iter().any(|begin| name.starts_with(begin))
}

/// The machine and the target; each event log is read once, and each command is run once.
pub struct Survey<'a> {
    /// The machine.
    pub machine: &'a dyn Host,
    /// The target, where there is one.
    pub target: Option<&'a Target>,
    logs: Mutex<BTreeMap<String, Answer<Vec<Event>>>>,
    printed: Mutex<BTreeMap<String, Answer<Output>>>,
}

impl<'a> Survey<'a> {
    /// Nothing is asked yet.
    pub fn new(machine: &'a dyn Host, target: Option<&'a Target>) -> Self {
        Self { machine, target, logs: Mutex::default(), printed: Mutex::default() }
    }

    /// The kind of system.
    pub fn system(&self) -> Os {
        self.machine.system()
    }

    /// The events of a channel, newest first.
    pub fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.entry(channel.to_owned()).or_insert_with(|| self.machine.events(channel)).clone()
    }

    /// What a command prints that only reads.
    pub fn command(&self, line: &str) -> Answer<Output> {
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.entry(line.to_owned()).or_insert_with(|| self.machine.command(line)).clone()
    }

    /// A value of the registry. One of a type that Windows never gives it was damaged or written by hand, and means nothing that
    /// a check could know.
    pub fn value(&self, key: &str, name: &str) -> Answer<Value> {
        let strange = |value: &Value| matches!(value, Value::Binary { .. }) && !is_binary(name);
        match self.machine.value(key, name)? {
            Some(value) if strange(&value) => {
                Err(Unreadable::Failed("it is of a type that this value never has".to_owned()))
            }
            found => Ok(found),
        }
    }

    /// A number of the registry; none where it does not exist, cannot be read or is no number.
    pub fn number(&self, key: &str, name: &str) -> Option<u64> {
        match self.value(key, name) {
            Ok(Some(Value::Number(number))) => Some(number),
            _ => None,
        }
    }

    /// A text of the registry; none where it does not exist, cannot be read or is no text.
    pub fn words(&self, key: &str, name: &str) -> Option<String> {
        match self.machine.value(key, name) {
            Ok(Some(Value::Text(text))) => Some(text),
            _ => None,
        }
    }
}
