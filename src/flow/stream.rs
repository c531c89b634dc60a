//! One direction: its bytes in order.

use super::{At, End, MOST_BYTES, Mark, Packets, Tail};

/// Bytes that were sent and are not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where in the kept bytes they belong.
    pub offset: usize,
    /// How many, as far as sequence numbers tell.
    pub length: u64,
}

/// What one end sent.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The bytes that are kept, at most [`MOST_BYTES`].
    pub bytes: Vec<u8>,
    /// When they came, by ascending offset.
    pub marks: Vec<Mark>,
    /// What is missing between them, by ascending offset.
    pub gaps: Vec<Gap>,
    /// The last bytes, if more were sent than are kept of the first.
    pub tail: Option<Box<Tail>>,
    /// How many bytes were sent in all.
    pub total: u64,
    /// How it ended; none while it did not.
    pub end: Option<End>,
    /// What its packets show.
    pub packets: Packets,
}

impl Stream {
    /// Adds bytes that came now; those beyond the bound are counted, and kept as long as they are the last.
    pub fn push(&mut self, bytes: &[u8], at: At, packet: u64) {
        let room = MOST_BYTES.saturating_sub(self.bytes.len()).min(bytes.len());
        if room > 0 {
            self.marks.push(Mark { offset: self.bytes.len(), at, packet });
            self.bytes.extend_from_slice(&bytes[..room]);
        }
        if room < bytes.len() {
            self.tail().push(&bytes[room..], at, packet);
        }
        self.total += bytes.len() as u64;
    }

    /// Says that so many bytes are missing here; gaps that nothing parts are one.
    pub fn miss(&mut self, length: u64) {
        let offset = self.bytes.len();
        match self.gaps.last_mut().filter(|gap| gap.offset == offset) {
            Some(gap) => gap.length += length,
            None => self.gaps.push(Gap { offset, length }),
        }
        self.pass(length);
    }

    /// Counts bytes that are not kept because they are beyond the bound, or missing.
    pub fn pass(&mut self, length: u64) {
        if self.bytes.len() >= MOST_BYTES {
            self.tail().miss(length);
        }
        self.total += length;
    }

    /// Counts bytes beyond the bound that nobody kept, with so many records of TLS up to one that begins here.
    pub fn leave_out(&mut self, length: u64, records: Option<u64>) {
        self.tail().leave_out(length, records);
        self.total += length;
    }

    fn tail(&mut self) -> &mut Tail {
        let Self { bytes, marks, tail, .. } = self;
        tail.get_or_insert_with(|| Box::new(Tail::of(bytes, marks)))
    }

    /// When the last byte came that is kept.
    pub fn last(&self) -> Option<Mark> {
        self.tail.as_ref().and_then(|tail| tail.marks.last()).or(self.marks.last()).copied()
    }

    /// How many bytes are kept.
    pub fn kept(&self) -> u64 {
        let tail = self.tail.as_ref().map_or(0, |tail| {
            let again = tail.follows.map_or(0, |offset| self.bytes.len().saturating_sub(offset));
            tail.bytes.len() - again.min(tail.bytes.len())
        });
        (self.bytes.len() + tail) as u64
    }

    /// When the byte at this offset came; the last one if there is none.
    pub fn mark(&self, offset: usize) -> Option<Mark> {
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        after.checked_sub(1).and_then(|index| self.marks.get(index)).copied()
    }

    /// Whether any byte that was sent is missing.
    pub fn has_gaps(&self) -> bool {
        !self.gaps.is_empty()
    }
}
