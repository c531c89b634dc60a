//! The values that a machine answers with.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::report::{NOT_HELD, Timestamp};

/// What is said of what is there and is damaged or fails.
pub(crate) const NOT_READ: &str = "it could not be read";

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The current user may not read it.
    Denied,
    /// The files at hand do not hold it, or this kind of system has no such thing.
    NotHeld,
    /// It is a log that was exported without any event.
    Empty,
    /// Reading failed; the system's words.
    Failed(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => f.write_str("reading it needs an administrator's rights"),
            Self::NotHeld => f.write_str(NOT_HELD),
            Self::Empty => f.write_str("it was exported without any event, so it tells nothing"),
            Self::Failed(why) => write!(f, "{NOT_READ}: {why}"),
        }
    }
}

/// The files that a machine is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Each with what it holds.
    #[serde(default)]
    pub read: Vec<String>,
    /// What could not be read of them, each with the file's name.
    #[serde(default)]
    pub damage: Vec<String>,
}

/// A value of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// `REG_DWORD` and `REG_QWORD`.
    Number(u64),
    /// `REG_SZ` and `REG_EXPAND_SZ`, not expanded.
    Text(String),
    /// `REG_MULTI_SZ`.
    List(Vec<String>),
    /// Every other type, lower-case hexadecimal digits.
    Binary {
        /// The bytes.
        binary: String,
    },
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::List(list) => f.write_str(&list.join(", ")),
            Self::Binary { binary } => f.write_str(binary),
        }
    }
}

/// Facts of a file or folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    /// Bytes.
    pub size: u64,
    /// The last change.
    pub modified: Option<Timestamp>,
    /// The current user may read it.
    pub readable: bool,
    /// The current user may write it.
    pub writable: bool,
    /// Permission bits; on Unix only.
    pub mode: Option<u32>,
    /// Name of the owner, or its number; on Unix only.
    pub owner: Option<String>,
    /// Name of the group, or its number; on Unix only.
    pub group: Option<String>,
    /// Attributes such as `read-only`; on Windows only.
    pub attributes: Vec<String>,
    /// The file version of a program, such as `10.0.26100.1742`; on Windows only.
    pub version: Option<String>,
}

/// An entry of an event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The event's number.
    pub id: u32,
    /// Who wrote it.
    pub provider: String,
    /// When.
    pub at: Timestamp,
    /// 1 critical, 2 error, 3 warning, 4 information.
    #[serde(default)]
    pub level: Option<u8>,
    /// The named values; those without a name are called 1, 2 and so on, and what is no text `Binary`.
    #[serde(default)]
    pub data: BTreeMap<String, String>,
}

impl Event {
    /// Puts events in order.
    pub fn sort_newest_first(events: &mut [Self]) {
        events.sort_by_key(|event| std::cmp::Reverse(OffsetDateTime::from(event.at)));
    }
}

/// How much of an event log was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// When its oldest event of any kind was written.
    pub since: Timestamp,
    /// When its newest one was.
    pub until: Timestamp,
    /// How many events of a number there are beside those that are listed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<u32, usize>,
}

impl Span {
    /// What two logs of one channel cover together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (id, count) in other.left_out {
            *self.left_out.entry(id).or_default() += count;
        }
        Self { since: self.since.min(other.since), until: self.until.max(other.until), ..self }
    }
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// What it does now.
    pub state: ServiceState,
    /// How it starts; none where that is not known.
    #[serde(default)]
    pub start: Option<StartType>,
    /// Its process.
    #[serde(default)]
    pub process: Option<u32>,
}

/// What a service does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// It runs.
    Running,
    /// It does not run.
    Stopped,
    /// It starts, stops or pauses.
    Changing,
    /// Registry files say how it starts, not whether it runs.
    Unknown,
}

/// How a service starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartType {
    /// With the system.
    Automatic,
    /// When something asks for it.
    Manual,
    /// Never.
    Disabled,
}

/// Who listens on a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The process; none where only an administrator may know.
    #[serde(default)]
    pub process: Option<u32>,
    /// Name of the program.
    #[serde(default)]
    pub program: Option<String>,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// As its user calls it.
    pub name: String,
    /// As its driver calls it.
    pub description: String,
    /// IANA ifType, such as 6 for Ethernet.
    pub kind: u32,
    /// The largest packet in bytes.
    pub mtu: u32,
}

/// What a command printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its exit code.
    pub code: i32,
    /// Standard output, 256 KiB at most.
    pub text: String,
}

/// What a file of certificates holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    /// Those that can be decoded.
    pub held: usize,
    /// Of these, those that are within their dates now.
    pub valid: usize,
    /// Those that cannot be decoded.
    #[serde(default)]
    pub damaged: usize,
}

/// What a file holds where a private key is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivateKey {
    /// A key with this public half, as SHA-256 of its modulus or its point.
    Of {
        /// Hexadecimal digits.
        public: String,
    },
    /// A key whose public half is not told.
    Other,
    /// A key that a password protects.
    Encrypted,
    /// No key.
    Missing,
}
