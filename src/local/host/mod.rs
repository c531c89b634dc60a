//! What the checks ask a machine. The machine may be this one, files that another one sent, or invented.
//!
//! Asking can change too: the rules of the packet filter are listed only if the filter is already in the kernel, a
//! key is judged by its owner, group and mode alone, and no check looks up names. After a trace the checks of the way
//! are repeated with the address that it came to.

pub mod event_query;
pub mod event_xml;
pub mod files;
mod pem;
mod recorded;
mod recorder;
mod redact;
mod this;
mod types;

pub use pem::public_key;
pub use recorded::{About, Recorded};
pub use recorder::Recorder;
pub(crate) use redact::without_account;
pub use this::{ThisMachine, this_machine};
pub(crate) use this::{
    forbid_core_files, new_file, readable, regular_file, standard_input, writable, writable_in_private,
};
pub(crate) use types::NOT_READ;
pub use types::{
    Certificates, Event, File, Interface, Output, Owner, PrivateKey, Service, ServiceState, Source, Span,
    StartType, Unreadable, Value,
};

use std::net::IpAddr;

use time::OffsetDateTime;

use super::target::Target;
use crate::report::Os;

/// What was asked for; none where it does not exist.
pub type Answer<T> = Result<Option<T>, Unreadable>;

/// The largest file that is read as text, in bytes.
pub const LARGEST_TEXT: u64 = 1 << 20;
/// How far back an event log of this machine is read, in days, that takes too long to read whole.
pub const EVENT_DAYS: i64 = 7;
/// How many events of one query to this machine's log are read, the newest; of a file, how many of one number.
pub const MOST_EVENTS: usize = 500;

/// How a machine's answers call a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetName {
    /// By its name.
    Own,
    /// By this pseudonym.
    Pseudonym(String),
    /// By one that nobody knows.
    Unknown,
}

/// A machine that can be asked; nothing of it is ever changed. Every answer is bounded in size and time.
pub trait Host: Send + Sync {
    /// The kind of system.
    fn system(&self) -> Os;

    /// Its version, such as `10.0.26100` or `Debian GNU/Linux 13`; none where it is not known.
    fn version(&self) -> Option<String>;

    /// Whether the answers are given with an administrator's rights; none where it is not known.
    fn elevated(&self) -> Option<bool>;

    /// The files that it is read from; none where the machine itself is asked.
    fn source(&self) -> Option<Source> {
        None
    }

    /// How its answers call a target.
    fn name_of(&self, _: &Target) -> TargetName {
        TargetName::Own
    }

    /// Wall time of the machine.
    fn now(&self) -> OffsetDateTime;

    /// An environment variable.
    fn variable(&self, name: &str) -> Answer<String>;

    /// Facts of a file or folder. `%NAME%` and a leading `~` stand for the environment and the user's home.
    fn file(&self, path: &str) -> Answer<File>;

    /// The text of a file, [`LARGEST_TEXT`] at most.
    fn text(&self, path: &str) -> Answer<String>;

    /// What a file of certificates in PEM holds.
    fn certificates(&self, _path: &str) -> Answer<Certificates> {
        Err(Unreadable::NotHeld)
    }

    /// Whose private key a file in PEM holds, without the key.
    fn private_key(&self, _path: &str) -> Answer<PrivateKey> {
        Err(Unreadable::NotHeld)
    }

    /// The names in a folder, sorted.
    fn folder(&self, path: &str) -> Answer<Vec<String>>;

    /// The security descriptor of a file or a registry key in SDDL, without its audit part.
    fn descriptor(&self, path: &str) -> Answer<String>;

    /// A value of the registry; keys begin with `HKLM\` or `HKCU\`, the default value has no name.
    fn value(&self, key: &str, name: &str) -> Answer<Value>;

    /// The names of a key's subkeys.
    fn subkeys(&self, key: &str) -> Answer<Vec<String>>;

    /// Whether the current user may create a subkey; none where the key does not exist.
    fn may_create(&self, key: &str) -> Answer<bool>;

    /// The events of a channel that the table of events knows, newest first: of this machine [`MOST_EVENTS`] of each
    /// query, of files as many of each number.
    fn events(&self, channel: &str) -> Answer<Vec<Event>>;

    /// How much of a channel was read, once it was; none where nobody has noted it, as in what older versions
    /// collected: [`EVENT_DAYS`] and [`MOST_EVENTS`] of any kind.
    fn span(&self, _channel: &str) -> Option<Span> {
        None
    }

    /// A service.
    fn service(&self, name: &str) -> Answer<Service>;

    /// Who listens on a TCP port.
    fn listener(&self, port: u16) -> Answer<Owner>;

    /// Who takes datagrams on a UDP port.
    fn udp_listener(&self, port: u16) -> Answer<Owner>;

    /// The interface that packets to an address leave by, on Windows; elsewhere a command tells.
    fn interface(&self, _: IpAddr) -> Answer<Interface> {
        Err(Unreadable::NotHeld)
    }

    /// What a command prints that only reads; program and arguments are separated by single spaces.
    fn command(&self, line: &str) -> Answer<Output>;
}

/// Major and minor version, build and revision of Windows, by the values of `CurrentVersion`.
pub(crate) fn windows_version(number: impl Fn(&str) -> Option<String>) -> Option<String> {
    let build = number("CurrentBuildNumber")?;
    let numbers = [number("CurrentMajorVersionNumber"), number("CurrentMinorVersionNumber")];
    let version = match numbers {
        [Some(major), Some(minor)] => format!("{major}.{minor}"),
        // Before Windows 10 there is a text only, which has said 6.3 ever since.
        _ => number("CurrentVersion")?,
    };
    let revision = number("UBR").map(|revision| format!(".{revision}")).unwrap_or_default();
    Some(format!("{version}.{build}{revision}"))
}
