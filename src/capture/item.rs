//! What a capture file holds, and why it cannot be read on.

use std::{fmt, io};

use crate::flow::At;

/// One thing that a reader of this tool cares about.
#[derive(Debug)]
pub enum Item<'a> {
    /// A packet.
    Packet(Packet<'a>),
    /// A key log of TLS (SSLKEYLOGFILE), as text.
    Secrets(&'a [u8]),
}

/// What this program says of a packet in its comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note<'a> {
    /// What the connection is that it begins.
    Connection(&'a str),
    /// Bytes of its direction that are before it were not kept, with so many records of TLS if it begins with one.
    LeftOut(Option<u64>),
}

const CONNECTION: &str = "rdptrace: ";
const LEFT_OUT: &str = "rdptrace left out what is before this packet";
const RECORDS: &str = ", records of TLS: ";
/// No note of this program is longer.
const LONGEST: usize = 64;

impl<'a> Note<'a> {
    /// The one in a comment, if it is of this program.
    pub fn read(comment: &'a str) -> Option<Self> {
        if let Some(records) = comment.strip_prefix(LEFT_OUT) {
            return Some(Self::LeftOut(records.strip_prefix(RECORDS).and_then(|count| count.parse().ok())));
        }
        let note = comment.strip_prefix(CONNECTION).filter(|note| note.len() <= LONGEST)?;
        Some(Self::Connection(note))
    }
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(note) => write!(f, "{CONNECTION}{note}"),
            Self::LeftOut(Some(records)) => write!(f, "{LEFT_OUT}{RECORDS}{records}"),
            Self::LeftOut(None) => f.write_str(LEFT_OUT),
        }
    }
}

/// A packet as it was captured.
#[derive(Debug)]
pub struct Packet<'a> {
    /// Its number in the file, from 1.
    pub number: u64,
    /// When it was captured.
    pub at: At,
    /// What its first header is (LINKTYPE).
    pub link: u32,
    /// Its bytes, as many as were captured.
    pub bytes: &'a [u8],
    /// How many bytes it had on the wire.
    pub length: usize,
    /// What this program noted.
    pub note: Option<Note<'a>>,
}

/// Why a file is read no further; everything before it counts.
#[derive(Debug)]
pub enum Error {
    /// It is neither pcap nor pcapng.
    NotCapture,
    /// It ends in the middle of a packet.
    Cut,
    /// What follows makes no sense.
    Damaged(&'static str),
    /// It cannot be read.
    Read(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCapture => f.write_str("not a capture: neither pcap nor pcapng"),
            Self::Cut => f.write_str("the capture is cut in the middle of a packet"),
            Self::Damaged(what) => write!(f, "the capture is damaged: {what}"),
            Self::Read(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            // What flate2 says of damaged gzip.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                Self::Damaged("its compression cannot be undone")
            }
            _ => Self::Read(error),
        }
    }
}
