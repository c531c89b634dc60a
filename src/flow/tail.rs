//! The last bytes of a direction that is longer than what is kept from its beginning.

use super::{At, MOST_BYTES, Mark};

/// So many of the last bytes are kept.
pub const LAST_BYTES: usize = 16 * 1024;

const HEADER: usize = 5;
const HANDSHAKE: u8 = 22;
/// So many places are tried that may begin the first record.
const MOST_TRIED: usize = 8;
/// What a record may hold, and what protects it (RFC 5246 section 6.2.3).
const LONGEST: usize = 16 * 1024 + 2048;

/// The end of a direction, and where records of TLS are in it.
#[derive(Clone, Debug)]
pub struct Tail {
    /// The bytes: [`LAST_BYTES`] at least, unless some are missing between them and the end.
    pub bytes: Vec<u8>,
    /// When they came, by ascending offset in them.
    pub marks: Vec<Mark>,
    /// At which of the first bytes of the direction they begin; none if there are others between.
    pub follows: Option<usize>,
    /// Where a record begins, if headers of records could be followed up to here.
    pub record: Option<Place>,
}

/// The beginning of a record of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its offset in the last bytes; behind their end if it is still to come.
    pub offset: usize,
    /// Where in the first bytes of the direction the last record begins that is not whole there.
    pub first: usize,
    /// How many records begin there and before this one.
    pub before: u64,
}

impl Tail {
    /// The end of the first bytes, which others follow.
    pub(super) fn of(first: &[u8], marks: &[Mark]) -> Self {
        let begin = first.len().saturating_sub(LAST_BYTES + LONGEST);
        let record = open_record(first).filter(|open| *open >= begin);
        let record = record.map(|open| Place { offset: open - begin, first: open, before: 0 });
        let mut bytes = Vec::with_capacity(LAST_BYTES + LONGEST);
        bytes.extend_from_slice(&first[begin..]);
        let mut tail = Self { bytes, marks: Vec::new(), follows: Some(begin), record };
        let after = marks.partition_point(|mark| mark.offset <= begin);
        let before = after.saturating_sub(1);
        let shifted = |mark: &Mark| Mark { offset: mark.offset.saturating_sub(begin), ..*mark };
        tail.marks.extend(marks[before..].iter().map(shifted));
        tail
    }

    /// Adds bytes that came now.
    pub(super) fn push(&mut self, bytes: &[u8], at: At, packet: u64) {
        for part in bytes.chunks(LAST_BYTES) {
            if self.bytes.len() + part.len() > 2 * LAST_BYTES {
                self.shorten();
            }
            self.marks.push(Mark { offset: self.bytes.len(), at, packet });
            self.bytes.extend_from_slice(part);
        }
    }

    /// Says that so many bytes are missing at the end.
    pub(super) fn miss(&mut self, length: u64) {
        self.follow(self.bytes.len());
        let end = (self.bytes.len() as u64).saturating_add(length);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        self.record = self.record.and_then(|record| record.earlier(end));
        self.bytes.clear();
        self.marks.clear();
        self.follows = None;
    }

    /// Says the same of bytes that hold so many records, up to one that begins here.
    pub(super) fn leave_out(&mut self, length: u64, records: Option<u64>) {
        let open = self.record;
        self.miss(length);
        let place = open.zip(records).map(|(open, before)| Place { offset: 0, before, ..open });
        self.record = place.or(self.record);
    }

    /// How many bytes of memory it takes.
    pub(crate) fn held(&self) -> usize {
        size_of::<Self>() + self.bytes.capacity() + self.marks.capacity() * size_of::<Mark>()
    }

    /// Forgets what is no longer among the last bytes.
    fn shorten(&mut self) {
        let cut = self.bytes.len().saturating_sub(LAST_BYTES);
        self.follow(cut);
        self.record = self.record.and_then(|record| record.earlier(cut));
        self.bytes.drain(..cut);
        let before = self.marks.partition_point(|mark| mark.offset <= cut).saturating_sub(1);
        self.marks.drain(..before);
        self.marks.iter_mut().for_each(|mark| mark.offset = mark.offset.saturating_sub(cut));
        self.follows = self.follows.map(|offset| offset + cut).filter(|offset| *offset <= MOST_BYTES);
    }

    /// Goes to the first record that begins at this offset or later, as far as headers are here.
    fn follow(&mut self, offset: usize) {
        while let Some(record) = self.record.filter(|record| record.offset < offset) {
            let Some(header) = self.bytes.get(record.offset..record.offset + HEADER) else { return };
            self.record = record_length(header).map(|length| Place {
                offset: record.offset + length,
                before: record.before + 1,
                ..record
            });
        }
    }
}

impl Place {
    /// The same if so many bytes in front of it are gone; none if it was among them.
    fn earlier(self, bytes: usize) -> Option<Self> {
        Some(Self { offset: self.offset.checked_sub(bytes)?, ..self })
    }
}

/// The length of a record with this header.
fn record_length(header: &[u8]) -> Option<usize> {
    let [20..=24, 3, 0..=4, high, low] = *header else { return None };
    let length = usize::from(u16::from_be_bytes([high, low]));
    (1..=LONGEST).contains(&length).then_some(HEADER + length)
}

/// Where the last record begins that is not whole, if records follow a handshake up to the end. What comes before it is short.
fn open_record(bytes: &[u8]) -> Option<usize> {
    let begins = |offset: &usize| {
        let header = bytes.get(*offset..*offset + HEADER);
        header.is_some_and(|header| header[0] == HANDSHAKE && record_length(header).is_some())
    };
    (0..bytes.len().min(LAST_BYTES)).filter(begins).take(MOST_TRIED).find_map(|begin| {
        let mut at = begin;
        while let Some(header) = bytes.get(at..at + HEADER) {
            let next = at + record_length(header)?;
            if next > bytes.len() {
                break;
            }
            at = next;
        }
        Some(at).filter(|at| *at > begin)
    })
}
