//! Where a RST ends what one side sends, and which RST does not.

use super::Side;
use crate::{
    capture::packet::Segment,
    flow::{End, How, Reset},
};

/// Systems open no larger window by themselves. A RST beyond it is thrown away (RFC 9293 section 3.10.7.4).
const FAR: i64 = 1 << 24;

/// So often nothing more is acknowledged that was only captured after a RST.
const OUTLIVED: u32 = 3;

impl Side {
    /// Forgets a RST after which the other side goes on acknowledging what this end sends: its host has thrown it away. Whether it
    /// did.
    pub(in crate::capture) fn outlives_reset(&mut self) -> bool {
        let beyond = self.reset.zip(self.flight.acknowledged).is_some_and(|(reset, to)| to > reset);
        let outlived = self.reset.is_some() && (beyond || self.reset_acks >= OUTLIVED);
        if outlived {
            (self.reset, self.packets.reset, self.reset_acks) = (None, None, 0);
            self.end = self.end.filter(|end| end.how != How::Rst);
        }
        outlived
    }

    /// Whether a RST comes as the host's packets do, and where its bytes end.
    pub(in crate::capture) fn is_own(&self, segment: &Segment<'_>) -> bool {
        let usual = self.ttl.usual().or(self.packets.ttl) == Some(segment.ttl);
        let same = self.mac.usual().is_none_or(|mac| segment.met.mac == Some(mac));
        usual && same && self.offset(segment.sequence) == Some(self.due())
    }

    /// What is due next.
    pub(super) fn due(&self) -> i64 {
        self.sent.max(self.fin.map_or(0, |fin| fin + 1)).max(self.lacks.claimed().unwrap_or(0))
    }

    /// Notes a RST; whether the other side can have taken it.
    pub(in crate::capture) fn reset(&mut self, segment: &Segment<'_>) -> bool {
        let (at, packet) = (segment.met.at, segment.met.packet);
        let (due, offset) = (self.due(), self.offset(segment.sequence));
        // A host that knows nothing of the connection repeats the acknowledgement that it was sent.
        let fits = [Some(due), Some(self.assembly.next()), self.flight.acknowledged];
        let fits = |offset: &i64| fits.contains(&Some(*offset));
        if offset.is_some_and(|offset| !fits(&offset) && (offset - due).abs() > FAR) {
            return false;
        }
        self.end.get_or_insert(End { how: How::Rst, at, packet });
        if let Some(reset) = &mut self.packets.reset {
            reset.followed |= reset.ttl != segment.ttl;
            return true;
        }
        let off_sequence = offset.filter(|offset| !fits(offset)).map_or(0, |offset| offset - due);
        (self.reset, self.reset_due) = (Some(offset.unwrap_or(0).max(due)), due);
        self.packets.reset = Some(Reset {
            ttl: segment.ttl,
            mac: segment.met.mac,
            ip_id: segment.ip_id,
            off_sequence,
            followed: false,
        });
        true
    }
}
