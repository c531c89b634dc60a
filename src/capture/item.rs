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

/// What the note of a connection begins with, as the comment of its first packet.
pub(super) const NOTE: &str = "rdptrace: ";

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
    /// What this program noted of the connection that it belongs to.
    pub note: Option<&'a str>,
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
