//! What a check sees: the machine, and the target that it is to reach.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use super::{Answer, Event, Host, Output, Unreadable, Value, beside::is_through_gateway};
use crate::report::{Os, Trace};

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

/// The target that the machine is to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// A name or an address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The address that was connected to, where a trace knows it.
    pub reached: Option<IpAddr>,
    /// Whether it is reached without an RD Gateway; false where that is not known.
    pub is_direct: bool,
}

impl Subject {
    /// A target that nothing was connected to.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, reached: None, is_direct: false }
    }

    /// The target of a trace that has ended; none of a report about a machine alone.
    pub fn of(trace: &Trace) -> Option<Self> {
        let target = trace.target.as_ref()?;
        let reached = trace.target_addresses().first().copied();
        Some(Self {
            host: target.host.clone(),
            port: target.port,
            reached,
            is_direct: !is_through_gateway(trace),
        })
    }

    /// The address, when the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

/// The machine and the target; each event log is read once, and each command is run once.
pub struct Scene<'a> {
    /// The machine.
    pub host: &'a dyn Host,
    /// The target, where there is one.
    pub subject: Option<&'a Subject>,
    logs: Mutex<BTreeMap<String, Answer<Vec<Event>>>>,
    printed: Mutex<BTreeMap<String, Answer<Output>>>,
}

impl<'a> Scene<'a> {
    /// Nothing is asked yet.
    pub fn new(host: &'a dyn Host, subject: Option<&'a Subject>) -> Self {
        Self { host, subject, logs: Mutex::default(), printed: Mutex::default() }
    }

    /// The kind of system.
    pub fn system(&self) -> Os {
        self.host.system()
    }

    /// The events of a channel, newest first.
    pub fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.entry(channel.to_owned()).or_insert_with(|| self.host.events(channel)).clone()
    }

    /// What a command prints that only reads.
    pub fn command(&self, line: &str) -> Answer<Output> {
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.entry(line.to_owned()).or_insert_with(|| self.host.command(line)).clone()
    }

    /// A value of the registry. One of a type that Windows never gives it was damaged or written by hand, and means nothing that
    /// a check could know.
    pub fn value(&self, key: &str, name: &str) -> Answer<Value> {
        let strange = |value: &Value| matches!(value, Value::Binary { .. }) && !is_binary(name);
        match self.host.value(key, name)? {
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
        match self.host.value(key, name) {
            Ok(Some(Value::Text(text))) => Some(text),
            _ => None,
        }
    }
}
