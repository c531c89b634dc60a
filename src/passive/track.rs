//! One direction, read message after message.

mod resume;

pub(super) use resume::LeftOut;

use std::borrow::Cow;

use crate::{
    flow::{Gap, Mark, Place, Stream, Tail},
    net::Framing,
    pdu::{Malformed, security::Unopened},
    phase::secured,
    report::Failure,
};

/// A message and the packet that it ended in.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub bytes: Vec<u8>,
    pub last: Mark,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// A whole message.
    Message(Message),
    /// So many bytes of one, and no more.
    Unfinished(usize),
    /// Bytes that the record lacks.
    Gap,
    /// More than is kept of a stream.
    Full,
    /// Bytes that cannot begin such a message.
    Malformed(Malformed),
}

impl Next {
    /// The message, if it is whole.
    pub(super) fn message(&self) -> Option<&Message> {
        if let Self::Message(message) = self { Some(message) } else { None }
    }
}

/// The end that a protocol inside a stream knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closing {
    pub word: Word,
    pub mark: Mark,
}

/// The last word of a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// An alert of TLS.
    Alert(u8),
    /// The status of a gateway's CLOSE_CHANNEL.
    Channel(u32),
    /// The last chunk of a body.
    End,
    /// The status with which a gateway answers a request whose body has not ended.
    Answer(u16),
    /// The end of the connection that carries the channel of a gateway, which did not close it.
    Lost,
    /// A packet in a channel that cannot be read.
    Unreadable,
}

/// A place in front of which bytes of a long stream are left out.
#[derive(Clone, Copy, Debug)]
struct Cut {
    offset: usize,
    /// Where a record of TLS begins behind it.
    record: Option<Place>,
}

/// The bytes of one direction, and how far they were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Track<'a> {
    bytes: Cow<'a, [u8]>,
    marks: Cow<'a, [Mark]>,
    gaps: Cow<'a, [Gap]>,
    at: usize,
    /// Where what was not kept of a long stream is left out.
    cut: Option<Cut>,
    /// The message at its end that the keys do not open.
    pub unopened: Option<(Unopened, Message)>,
    /// The first record that the keys do not open although they open what is before it.
    pub shut: Option<Mark>,
    /// The word that ended it.
    pub closing: Option<Closing>,
}

impl<'a> Track<'a> {
    /// All that was sent.
    pub(super) fn of(stream: &'a Stream) -> Self {
        let mut track = Self {
            bytes: Cow::Borrowed(&stream.bytes),
            marks: Cow::Borrowed(&stream.marks),
            gaps: Cow::Borrowed(&stream.gaps),
            ..Self::default()
        };
        if let Some(tail) = &stream.tail {
            track.end_with(tail);
        }
        track
    }

    /// Adds the last bytes of a long stream.
    fn end_with(&mut self, tail: &Tail) {
        let first = self.bytes.len();
        let (known, begin) = match tail.follows.filter(|offset| *offset <= first) {
            Some(offset) => (first - offset, offset),
            None => {
                self.leave_out(tail.record);
                (0, first)
            }
        };
        let marks = tail.marks.iter().filter(|mark| mark.offset >= known);
        self.marks.to_mut().extend(marks.map(|mark| Mark { offset: mark.offset + begin, ..*mark }));
        self.bytes.to_mut().extend_from_slice(tail.bytes.get(known..).unwrap_or_default());
    }

    /// Says that what follows is the end of a long stream.
    pub(super) fn leave_out(&mut self, record: Option<Place>) {
        self.cut = Some(Cut { offset: self.bytes.len(), record });
        self.miss();
    }

    /// An empty one for what is found inside another, which ends as that one does.
    pub(super) fn inside(outer: &Track<'_>) -> Self {
        Self { closing: outer.closing, shut: outer.shut, ..Self::default() }
    }

    /// Adds bytes that were found inside others.
    pub(super) fn push(&mut self, bytes: &[u8], mark: Mark) {
        if !bytes.is_empty() {
            self.marks.to_mut().push(Mark { offset: self.bytes.len(), ..mark });
            self.bytes.to_mut().extend_from_slice(bytes);
        }
    }

    /// Says that bytes are missing at its end.
    pub(super) fn miss(&mut self) {
        let offset = self.bytes.len();
        self.gaps.to_mut().push(Gap { offset, length: 0 });
    }

    /// Passes over bytes; the mark of the last of them.
    pub(super) fn advance(&mut self, length: usize) -> Option<Mark> {
        self.at += length;
        self.mark(self.at - 1)
    }

    /// The failure that a message which the keys do not open is to whoever receives it, and when it came.
    pub(super) fn unopened(&self) -> Option<(Failure, Mark)> {
        let (why, message) = self.unopened.as_ref()?;
        Some((secured::unopened(why, &message.bytes), message.last))
    }

    /// Whether bytes are missing at its end, or it was too long to be kept.
    pub(super) fn has_gap(&self) -> bool {
        self.at + self.rest().len() < self.bytes.len() || self.is_missing_here(self.rest().len())
    }

    /// What has not been read, up to what is missing.
    pub(super) fn rest(&self) -> &[u8] {
        let gap = self.gaps.iter().map(|gap| gap.offset).find(|offset| *offset >= self.at);
        &self.bytes[self.at..gap.unwrap_or(self.bytes.len())]
    }

    /// When the next byte came; none if there is none.
    pub(super) fn next(&self) -> Option<Mark> {
        (!self.rest().is_empty()).then(|| self.mark(self.at)).flatten()
    }

    /// How many of the bytes that have not been read came with the next one.
    pub(super) fn until_next_mark(&self) -> usize {
        let after = self.marks.partition_point(|mark| mark.offset <= self.at);
        let next = self.marks.get(after).map_or(usize::MAX, |mark| mark.offset - self.at);
        self.rest().len().min(next)
    }

    /// How many bytes have not been read.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// When the first of the messages came that have not been read and are such.
    pub(super) fn find(&self, framing: Framing, is_such: fn(&[u8]) -> bool) -> Option<Mark> {
        let (mut rest, mut at) = (self.rest(), self.at);
        while let Ok(Some(length)) = framing.length(rest) {
            let (message, after) =
                rest.split_at_checked(length).filter(|(message, _)| !message.is_empty())?;
            (rest, at) = (after, at + length);
            if is_such(message) {
                return self.mark(at - 1);
            }
        }
        None
    }

    fn mark(&self, offset: usize) -> Option<Mark> {
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        after.checked_sub(1).and_then(|index| self.marks.get(index)).copied()
    }

    /// The next message, which is read with it.
    pub(super) fn take(&mut self, framing: Framing) -> Next {
        let next = self.peek(framing);
        if let Next::Message(message) = &next {
            self.at += message.bytes.len();
        }
        next
    }

    /// The next message.
    pub(super) fn peek(&self, framing: Framing) -> Next {
        let rest = self.rest();
        match framing.length(rest) {
            Err(malformed) => Next::Malformed(malformed),
            Ok(Some(length)) if length <= rest.len() && length > 0 => self.message(length),
            Ok(_) if self.is_cut_here(rest.len()) => Next::Full,
            Ok(_) if self.at + rest.len() < self.bytes.len() || self.is_missing_here(rest.len()) => Next::Gap,
            Ok(_) => Next::Unfinished(rest.len()),
        }
    }

    fn is_cut_here(&self, after: usize) -> bool {
        self.cut.is_some_and(|cut| cut.offset == self.at + after)
    }

    fn is_missing_here(&self, after: usize) -> bool {
        self.gaps.iter().any(|gap| gap.offset == self.at + after)
    }

    fn message(&self, length: usize) -> Next {
        let Some(last) = self.mark(self.at + length - 1) else { return Next::Gap };
        Next::Message(Message { bytes: self.bytes[self.at..self.at + length].to_vec(), last })
    }
}
