//! What both ends of a connection did, by what is kept of it.

use crate::flow::{At, Flow, How, Mark, Side, Stream, Tail};

/// The longest payload, with which a packet over IPv6 and Ethernet has 1500 bytes.
pub(super) const LONGEST: usize = 1440;

/// When, and in which packet of what was recorded.
pub(super) type When = (At, u64);

/// Something that an end does.
pub(super) enum Act<'f> {
    /// Sends bytes, after so many others.
    Bytes(u64, &'f [u8]),
    /// What follows are the last bytes, before which others were not kept, with so many records of TLS.
    LeftOut(Option<u64>),
    /// Ends what it sends.
    End(How),
}

/// Bytes that came together.
struct Part<'b> {
    offset: usize,
    bytes: &'b [u8],
    mark: Option<Mark>,
}

impl<'b> Part<'b> {
    /// As segments, by their offsets.
    fn segments(&self) -> impl Iterator<Item = (usize, &'b [u8])> + use<'b> {
        (self.offset..).step_by(LONGEST).zip(self.bytes.chunks(LONGEST))
    }
}

/// What one end does, in order.
pub(super) fn of(flow: &Flow, side: Side) -> Vec<(When, Act<'_>)> {
    let stream = flow.stream(side);
    let gaps = stream.gaps.iter().map(|gap| gap.offset);
    let mut acts = Vec::new();
    for part in parts(&stream.bytes, &stream.marks, 0, gaps) {
        let when = part.mark.map_or((flow.began, 0), Mark::order);
        let bytes = part.segments().map(|(offset, bytes)| Act::Bytes(sent_before(stream, offset), bytes));
        acts.extend(bytes.map(|act| (when, act)));
    }
    if let Some(tail) = &stream.tail {
        last(stream, tail, &mut acts);
    }
    if let Some(end) = stream.end {
        acts.push(((end.at, end.packet), Act::End(end.how)));
    }
    // What comes later in a stream does not come earlier in time.
    let mut last = (flow.began, 0);
    for (when, _) in &mut acts {
        last = last.max(*when);
        *when = last;
    }
    acts
}

/// What one end does last, after more than is kept.
fn last<'f>(stream: &'f Stream, tail: &'f Tail, acts: &mut Vec<(When, Act<'f>)>) {
    let first = stream.total - tail.bytes.len() as u64;
    let begin = match (tail.follows, tail.record) {
        (Some(offset), _) => stream.bytes.len().saturating_sub(offset),
        (None, Some(record)) => record.offset,
        (None, None) => 0,
    };
    for part in parts(&tail.bytes, &tail.marks, begin, []) {
        let Some(when) = part.mark.map(Mark::order) else { continue };
        if part.offset == begin && tail.follows.is_none() {
            acts.push((when, Act::LeftOut(tail.record.map(|record| record.before))));
        }
        let bytes = part.segments().map(|(offset, bytes)| Act::Bytes(first + offset as u64, bytes));
        acts.extend(bytes.map(|act| (when, act)));
    }
}

/// Bytes from an offset on, parted where others came and at these offsets.
fn parts<'b>(
    bytes: &'b [u8],
    marks: &'b [Mark],
    begin: usize,
    cuts: impl IntoIterator<Item = usize>,
) -> Vec<Part<'b>> {
    let mut cuts: Vec<_> = marks.iter().map(|mark| mark.offset).chain(cuts).collect();
    cuts.retain(|cut| (begin + 1..bytes.len()).contains(cut));
    cuts.extend([begin, bytes.len()]);
    cuts.sort_unstable();
    let part = |cut: &[usize]| {
        let part = bytes.get(cut[0]..cut[1]).filter(|part| !part.is_empty())?;
        let after = marks.partition_point(|mark| mark.offset <= cut[0]);
        let mark = after.checked_sub(1).and_then(|index| marks.get(index)).copied();
        Some(Part { offset: cut[0], bytes: part, mark })
    };
    cuts.windows(2).filter_map(part).collect()
}

/// How much was sent before the byte at this offset of what is kept.
fn sent_before(stream: &Stream, offset: usize) -> u64 {
    let missing = stream.gaps.iter().filter(|gap| gap.offset <= offset).map(|gap| gap.length);
    offset as u64 + missing.sum::<u64>()
}
