//! TLS records (RFC 8446 section 5.1).

use super::super::track::{Message, Next, Track};
use crate::{flow::Mark, net::Framing};

const HEADER: usize = 5;

/// A record.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub kind: u8,
    header: [u8; HEADER],
    pub body: Vec<u8>,
    pub mark: Mark,
}

impl Record {
    /// The one in a message that was framed as a record.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let (header, body) = message.bytes.split_first_chunk::<HEADER>()?;
        Some(Self { kind: header[0], header: *header, body: body.to_vec(), mark: message.last })
    }

    /// Type, version and length.
    pub(super) fn header(&self) -> [u8; HEADER] {
        self.header
    }
}

/// All that are left of a direction, and whether something is missing after them.
pub(super) fn rest(track: &mut Track<'_>) -> (Vec<Record>, bool) {
    let mut records = Vec::new();
    loop {
        match track.take(Framing::TlsRecord) {
            Next::Message(message) => records.extend(Record::of(&message)),
            Next::Unfinished(_) => return (records, false),
            Next::Gap | Next::Full | Next::Malformed(_) => return (records, true),
        }
    }
}
