//! TLS records (RFC 8446 section 5.1).

use super::super::track::{LeftOut, Message, Next, Track};
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

/// All records that are kept of a direction, and how many are left out between them.
pub(super) fn all(track: &mut Track<'_>) -> (Vec<Record>, LeftOut) {
    let (mut records, missing) = rest(track);
    if !missing {
        return (records, LeftOut::Records(0));
    }
    let Some(left_out) = track.resume_records() else { return (records, LeftOut::Unknown) };
    let (last, missing) = rest(track);
    records.extend(last);
    (records, if missing { LeftOut::Unknown } else { left_out })
}
