//! The stream of a side when nothing more comes, by what its reader is known to have.

use super::Side;
use crate::flow::{End, How, Stream, Vain};

/// What the record shows of the end to which a side sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::capture) enum Reader {
    /// None of its packets, so that nobody knows what it has.
    Unseen,
    /// It had no room for more when it was seen last.
    Full,
    /// It had.
    Ready,
}

impl Side {
    /// What the record shows of it as the reader of the other side.
    pub(in crate::capture) fn reader(&self) -> Reader {
        match (self.packets.count, self.window_closed) {
            (0, _) => Reader::Unseen,
            (_, true) => Reader::Full,
            (_, false) => Reader::Ready,
        }
    }

    /// The stream, when nothing more comes.
    pub(in crate::capture) fn finish(mut self, reader: Reader) -> Stream {
        self.assembly.give_up_to(self.known_to());
        let claimed = self.lacks.claimed().unwrap_or(0);
        let end = self.sent.max(self.known_to()).max(self.fin.unwrap_or(0)).max(claimed);
        let packets = &mut self.packets;
        packets.never_arrived = self.lacks.told(&self.assembly);
        match packets.never_arrived {
            Some(_) => self.assembly.end_before(end),
            None => packets.unsettled = self.assembly.give_up_to(end),
        }
        packets.ttl = self.ttl.usual().or(packets.ttl);
        packets.ttl_varies = self.ttl.varies();
        packets.mac = self.mac.usual();
        packets.longest_acknowledged = self.flight.longest_acknowledged;
        packets.round_trip_ms = self.flight.round_trip_ms;
        (packets.mended, packets.repeated) = (self.flight.mended, self.flight.repeated);
        if reader != Reader::Unseen {
            let acknowledged = self.flight.acknowledged.unwrap_or(0);
            packets.unacknowledged = (self.sent - acknowledged).max(0) as u64;
            let lost = self.flight.lost().filter(|_| packets.never_arrived.is_none());
            packets.lost = lost.map(|lost| (lost.bytes as u32, lost.times));
            packets.in_vain = lost.filter(|lost| reader == Reader::Ready && lost.is_lost());
            packets.keep_alives = self.keep_alives.filter(Vain::is_lost);
        }
        Stream { end: self.ended(), packets: self.packets, ..self.assembly.stream }
    }

    /// How it ended. A FIN was sent before it was acknowledged, wherever in the record it is, or if it is not there.
    fn ended(&self) -> Option<End> {
        let is_last = |end: i64| end == self.sent && self.fin.is_none_or(|fin| fin == end);
        let Some((_, at, packet)) = self.fin_acknowledged.filter(|(end, ..)| is_last(*end)) else {
            return self.end;
        };
        let before = at.saturating_sub(1);
        match self.end {
            None => Some(End { how: How::Fin, at: before, packet }),
            Some(end) if end.how == How::Fin && (at, packet) < (end.at, end.packet) => {
                Some(End { at: end.at.min(before), ..end })
            }
            end => end,
        }
    }
}
