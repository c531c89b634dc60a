//! The bytes of one direction in order, by their offsets: the first to come win, and what never comes is a gap.

use std::{collections::VecDeque, mem::size_of};

use super::waiting::{Piece, Waiting};
use crate::flow::{At, Gap, MOST_BYTES, Mark, Stream};

/// What may wait for bytes in front of it.
const MOST_WAITING: usize = 1 << 20;

/// The same where memory is short.
const FEW_WAITING: usize = 64 << 10;

/// How many of its gaps are remembered.
const MOST_GIVEN_UP: usize = 256;

/// A stream, so far.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    pub(super) stream: Stream,
    /// Whether it is known where the stream begins; until then all bytes wait.
    settled: bool,
    /// The offset of the first byte of the stream.
    begin: i64,
    /// The offset of the next one.
    next: i64,
    waiting: Waiting,
    /// What was declared a gap last, from one offset to another: it may still come, and then it comes for the first time.
    given_up: VecDeque<(i64, i64)>,
}

impl Assembly {
    /// The offset of the next byte of the stream.
    pub(super) fn next(&self) -> i64 {
        self.next
    }

    /// The offset of the first byte of the stream; none if that is not known.
    pub(super) fn begin(&self) -> Option<i64> {
        self.settled.then_some(self.begin)
    }

    /// Whether no byte of it is known.
    pub(super) fn is_empty(&self) -> bool {
        self.next == self.begin && self.waiting.first().is_none()
    }

    /// The stream begins here.
    pub(super) fn begin_at(&mut self, offset: i64) {
        if !self.settled {
            (self.settled, self.begin, self.next) = (true, offset, offset);
            self.drain();
        }
    }

    /// The stream begins with the first byte that is known, or with what is due next.
    pub(super) fn settle(&mut self) {
        self.begin_at(self.waiting.first().unwrap_or(0).min(0));
    }

    /// Adds bytes at an offset, which others that were not captured follow; whether any of them had come before.
    pub(super) fn add(&mut self, start: i64, bytes: &[u8], missing: u32, at: At, packet: u64) -> bool {
        if self.settled && start == self.next && self.waiting.first().is_none() {
            self.next += bytes.len() as i64 + i64::from(missing);
            self.deliver(bytes, missing, at, packet);
            return false;
        }
        let piece = Piece { bytes: bytes.to_vec(), missing, at, packet };
        let known = if self.settled { self.next - start } else { 0 };
        let came = start >= self.begin && !self.was_given_up(start, start + known.min(piece.length()));
        let again = if known >= piece.length() {
            came
        } else if known > 0 {
            self.waiting.insert(self.next, piece.from(known));
            came
        } else {
            self.waiting.insert(start, piece)
        };
        if self.waiting.held() > MOST_WAITING {
            self.settle();
        }
        if self.settled {
            self.drain();
            self.give_up_beyond(MOST_WAITING);
        }
        again
    }

    /// Lets go of most of what waits, because memory is short.
    pub(super) fn relieve(&mut self) {
        if self.is_full() {
            self.waiting.count_only();
        }
        self.give_up_beyond(FEW_WAITING);
    }

    /// Declares gaps until no more waits than this.
    fn give_up_beyond(&mut self, most: usize) {
        while self.waiting.held() > most
            && let Some(first) = self.waiting.first()
        {
            self.give_up_to(first);
        }
    }

    /// Declares as gaps what is missing up to an offset, and says how many bytes that is.
    pub(super) fn give_up_to(&mut self, offset: i64) -> u64 {
        self.settle();
        let mut missing = 0;
        while let Some(first) = self.waiting.first().filter(|first| *first <= offset) {
            missing += self.miss_to(first);
            self.drain();
        }
        missing + self.miss_to(offset)
    }

    /// The first bytes behind those that are missing: where, when and in which packet they came; none if nothing is missing.
    pub(super) fn beyond(&self) -> Option<(i64, At, u64)> {
        let (place, piece) = self.waiting.front()?;
        (self.settled && place > self.next).then_some((place, piece.at, piece.packet))
    }

    /// The stream ends with what is there: nobody was told what follows, up to an offset. It counts as sent.
    pub(super) fn end_before(&mut self, offset: i64) {
        self.stream.total += (offset - self.next).max(0) as u64;
        (self.waiting, self.next) = (Waiting::default(), self.next.max(offset));
    }

    /// How many bytes of memory it takes beside its own.
    pub(super) fn held(&self) -> usize {
        self.stream.bytes.capacity()
            + self.stream.marks.capacity() * size_of::<Mark>()
            + self.stream.gaps.capacity() * size_of::<Gap>()
            + self.given_up.capacity() * size_of::<(i64, i64)>()
            + self.stream.tail.as_ref().map_or(0, |tail| tail.held())
            + self.waiting.held()
    }

    /// Whether any of these bytes was declared missing.
    fn was_given_up(&self, from: i64, to: i64) -> bool {
        self.given_up.iter().any(|(begin, end)| from < *end && *begin < to)
    }

    fn is_full(&self) -> bool {
        self.stream.bytes.len() >= MOST_BYTES
    }

    /// Adds to the stream what belongs there next.
    fn deliver(&mut self, bytes: &[u8], missing: u32, at: At, packet: u64) {
        if !bytes.is_empty() {
            // What came early was of use only when what is in front of it was there.
            let at = self.stream.last().map_or(at, |mark| mark.at.max(at));
            self.stream.push(bytes, at, packet);
        }
        match missing {
            0 => {}
            _ if self.is_full() => self.stream.pass(missing.into()),
            _ => self.stream.miss(missing.into()),
        }
    }

    /// Moves into the stream what waited for what is there now.
    fn drain(&mut self) {
        while self.waiting.first().is_some_and(|first| first <= self.next) {
            let Some((place, piece)) = self.waiting.pop() else { return };
            self.next = place + piece.length();
            self.deliver(&piece.bytes, piece.missing, piece.at, piece.packet);
        }
    }

    /// What is missing in front of an offset behind the bytes that are kept from the beginning was left out by this program, with so
    /// many records of TLS.
    pub(super) fn leave_out_to(&mut self, offset: i64, records: Option<u64>) {
        self.settle();
        if let Ok(length) = u64::try_from(offset - self.next)
            && self.is_full()
            && self.waiting.first().is_none()
        {
            // A comment may say anything; no record is empty, and one may have begun before.
            self.stream.leave_out(length, records.filter(|records| *records <= length.saturating_add(1)));
            self.next = offset;
        }
    }

    fn miss_to(&mut self, offset: i64) -> u64 {
        let missing = (offset - self.next).max(0) as u64;
        if missing > 0 {
            self.stream.miss(missing);
            if self.given_up.len() == MOST_GIVEN_UP {
                self.given_up.pop_front();
            }
            self.given_up.push_back((self.next, offset));
            self.next = offset;
        }
        missing
    }
}
