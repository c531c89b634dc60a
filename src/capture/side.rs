//! One direction of a TCP connection, put together from its segments (RFC 9293): in any order, more than once, or not at all.

mod end;
mod resets;

use super::{
    assembly::Assembly, copies::Copies, flight::Flight, item::Note, lacks::Lacks, packet::Segment,
    tally::Tally,
};
use crate::flow::{At, End, How, Packets, Vain};

/// How long, and for how many packets, bytes may be captured after their acknowledgement.
const LATE: At = 1_000_000_000;
const LATE_PACKETS: u64 = 100;

/// How far behind its SYN a segment may be that was captured before it.
const NEAR: i64 = 1 << 20;

/// No window is larger (RFC 7323), so a number that is farther away is not of this connection.
const WINDOW: i64 = 1 << 30;

/// What one end sent, so far. Offsets count from the first byte after the SYN.
#[derive(Debug, Default)]
pub(super) struct Side {
    assembly: Assembly,
    pub(super) packets: Packets,
    end: Option<End>,
    /// The sequence number of offset 0.
    base: Option<u32>,
    /// Whether a SYN said so.
    opened: bool,
    /// The end of everything that was sent.
    sent: i64,
    /// Where the FIN is, and whether the other side has it.
    fin: Option<i64>,
    finished: bool,
    /// How much had been sent when the other side first acknowledged one more, which is a FIN, and when that was.
    fin_acknowledged: Option<(i64, At, u64)>,
    /// Where the first RST is, what was due then, and how often the other side has acknowledged more since.
    reset: Option<i64>,
    reset_due: i64,
    reset_acks: u32,
    pub(super) flight: Flight,
    lacks: Lacks,
    /// Keep-alives that nothing has answered.
    keep_alives: Option<Vain>,
    /// Since when, and since how many packets, acknowledged bytes are missing.
    late: Option<(At, u64)>,
    copies: Copies,
    ttl: Tally<u8>,
    mac: Tally<[u8; 6]>,
    window_closed: bool,
}

impl Side {
    /// Counts a packet; whether it is more than a copy that a mirror port made.
    pub(super) fn count(&mut self, segment: &Segment<'_>) -> bool {
        let copy = self.copies.has(segment);
        self.packets.count += 1;
        self.packets.resets += u64::from(segment.rst);
        self.packets.duplicates += u32::from(copy);
        !copy
    }

    /// Notes what a packet shows beside its bytes.
    pub(super) fn note(&mut self, segment: &Segment<'_>) {
        let packets = &mut self.packets;
        if segment.rst {
            return;
        }
        if self.reset.is_none() {
            packets.ip_id = segment.ip_id.or(packets.ip_id);
        }
        packets.ttl = packets.ttl.or(Some(segment.ttl));
        if !segment.payload.is_empty() {
            self.ttl.add(segment.ttl);
        }
        if let Some(mac) = segment.met.mac {
            self.mac.add(mac);
        }
        let closed = segment.window == 0 && segment.ack.is_some();
        packets.closed_windows += u32::from(closed && !self.window_closed);
        self.window_closed = closed;
        packets.mss = packets.mss.or(segment.mss);
    }

    /// Learns from the other side what is due next, if nothing is known yet.
    pub(super) fn learn(&mut self, sequence: u32) {
        self.base.get_or_insert(sequence);
    }

    /// Whether this SYN opens another connection than the one that is known.
    pub(super) fn contradicts(&self, segment: &Segment<'_>) -> bool {
        let Some(begin) = self.offset(segment.sequence.wrapping_add(1)) else { return false };
        match self.assembly.begin() {
            Some(known) => begin != known,
            // It may be captured after what it opens.
            None => !(-NEAR..=self.sent).contains(&begin),
        }
    }

    /// Begins with a SYN; whether it is the first one.
    pub(super) fn open(&mut self, segment: &Segment<'_>) -> bool {
        let first = segment.sequence.wrapping_add(1);
        // As long as nothing was sent, the last SYN counts: that of another server behind one address.
        if self.sent == 0 && self.assembly.is_empty() && self.contradicts(segment) {
            (self.base, self.assembly, self.flight) = (Some(first), Assembly::default(), Flight::default());
        }
        self.begin(first);
        !std::mem::replace(&mut self.opened, true)
    }

    /// Begins with this sequence number, as the other side says that has just opened the connection.
    pub(super) fn begin(&mut self, first: u32) {
        self.learn(first);
        let begin = self.offset(first).unwrap_or(0);
        self.assembly.begin_at(begin);
    }

    /// How far a sequence number is from offset 0: of all that are possible the one that is nearest to what came last.
    fn offset(&self, sequence: u32) -> Option<i64> {
        let last = self.base?.wrapping_add(self.sent as u32);
        Some(self.sent + i64::from(sequence.wrapping_sub(last).cast_signed()))
    }

    /// Adds the bytes of a segment and its FIN.
    pub(super) fn add(&mut self, segment: &Segment<'_>) {
        let length = segment.payload.len() as i64 + i64::from(segment.missing);
        let first = segment.sequence.wrapping_add(u32::from(segment.syn));
        if length > 0 {
            self.learn(first);
        }
        let Some(start) = self.offset(first).filter(|start| (start - self.sent).abs() < WINDOW) else {
            return;
        };
        let end = start + length;
        let mut goes_on = self.reset.is_some_and(|reset| end + i64::from(segment.fin) > reset);
        if self.keeps_alive(start, length, segment) {
            Vain::count(&mut self.keep_alives, segment.met.at, segment.met.packet);
        } else if length > 0 {
            if let Some(Note::LeftOut(records)) = segment.met.note {
                self.assembly.leave_out_to(start, records);
            }
            self.packets.longest = self.packets.longest.max(length as u32);
            self.flight.send(start, end, segment.met);
            let again = self.assembly.add(
                start,
                segment.payload,
                segment.missing,
                segment.met.at,
                segment.met.packet,
            );
            self.packets.retransmissions += u32::from(again);
            if again {
                // Whoever resets a connection sends nothing of it again.
                goes_on = true;
                self.flight.repeat(end);
            }
            self.sent = self.sent.max(end);
        }
        if let Some(reset) = self.packets.reset.as_mut().filter(|_| goes_on) {
            reset.followed |= reset.ttl != segment.ttl;
        }
        // One more than was sent is a FIN that was not captured.
        if self.opened && length == 0 && !segment.syn && start > self.due() + 1 {
            self.lacks.claim(start, &self.assembly, segment.met);
        }
        if segment.fin {
            let fin = *self.fin.get_or_insert(end);
            self.finished |= self.flight.acknowledged.is_some_and(|to| to > fin);
            let (at, packet) = (segment.met.at, segment.met.packet);
            self.end.get_or_insert(End { how: How::Fin, at, packet });
        }
    }

    /// A probe whether the other end is there still repeats the number of a byte that was acknowledged, with or without the byte
    /// (RFC 9293 section 3.8.4).
    fn keeps_alive(&self, start: i64, length: i64, segment: &Segment<'_>) -> bool {
        let is_bare = length <= 1 && !segment.syn && !segment.fin;
        is_bare && start + 1 == self.sent && self.flight.acknowledged.is_some_and(|to| to >= self.sent)
    }

    /// The other side is there: it sent something.
    pub(super) fn is_answered(&mut self) {
        self.keep_alives = None;
    }

    /// Whether any byte of it is known.
    pub(super) fn has_spoken(&self) -> bool {
        self.sent > 0
    }

    /// Whether a sequence number is one that it can have used, or be asked for: at most so far from what came last, and not before
    /// what its SYN names.
    pub(super) fn is_within(&self, sequence: u32, window: i64) -> bool {
        let first = if self.opened { -1 } else { i64::MIN };
        let due = self.due().max(self.flight.acknowledged.unwrap_or(0));
        self.offset(sequence).is_none_or(|offset| {
            offset >= first && offset - due <= window && due - offset <= window.max(WINDOW)
        })
    }

    /// Whether so much was sent.
    pub(super) fn has_sent(&self, sequence: u32) -> bool {
        self.offset(sequence).is_some_and(|offset| offset <= self.due())
    }

    /// The other side has everything in front of this sequence number, as this segment of it says.
    pub(super) fn acknowledge(&mut self, sequence: u32, segment: &Segment<'_>) {
        self.learn(sequence);
        let Some(to) = self.offset(sequence) else { return };
        self.finished |= self.fin.is_some_and(|fin| to > fin);
        if to == self.sent + 1
            && !segment.rst
            && self.fin_acknowledged.is_none_or(|(end, ..)| end < self.sent)
        {
            self.fin_acknowledged = Some((self.sent, segment.met.at, segment.met.packet));
        }
        let to = if self.fin.is_some_and(|fin| to == fin + 1) { to - 1 } else { to };
        if to >= 0 && to - self.sent < WINDOW {
            let more = self.flight.acknowledged.is_none_or(|known| known < to) && to > self.reset_due;
            self.reset_acks += u32::from(more && self.reset.is_some());
            self.flight.acknowledge(to, segment.met.at);
            let beyond = segment.sack.and_then(|sack| self.offset(sack));
            self.lacks.acknowledged(to, beyond, &self.assembly, segment.met);
        }
    }

    /// Settles what did not come for long: where the stream begins, and gaps of bytes that the other side has.
    pub(super) fn check(&mut self, at: At, packets: u64) {
        let to = self.known_to();
        if to <= self.assembly.next() && self.assembly.begin().is_some() {
            self.late = None;
            return;
        }
        let (since, count) = *self.late.get_or_insert((at, packets));
        if at.saturating_sub(since) > LATE || packets - count > LATE_PACKETS {
            self.assembly.give_up_to(to);
            self.sent = self.sent.max(to);
            self.late = None;
        }
    }

    /// Up to where the other side has everything. One more than was sent is a FIN that was not captured.
    fn known_to(&self) -> i64 {
        let to = self.flight.acknowledged.unwrap_or(0);
        if to == self.sent + 1 && self.fin.is_none_or(|fin| fin == self.sent) { self.sent } else { to }
    }

    /// How much it sent.
    pub(super) fn total(&self) -> u64 {
        self.assembly.stream.total
    }

    /// What it sent first.
    pub(super) fn first_bytes(&self) -> &[u8] {
        &self.assembly.stream.bytes
    }

    /// Whether it ended with a FIN that the other side has.
    pub(super) fn finished(&self) -> bool {
        self.finished
    }

    /// Lets go of most of what waits for bytes in front of it.
    pub(super) fn relieve(&mut self) {
        self.assembly.relieve();
    }

    /// How many bytes of memory it takes beside its own.
    pub(super) fn held(&self) -> usize {
        self.assembly.held() + self.copies.held() + self.flight.held()
    }
}
