//! Which segments are of another connection with the same ports, an older one: their numbers do not fit this one (RFC 9293
//! section 3.4.1).

use super::{Connection, End};
use crate::capture::packet::Segment;

/// A window that a SYN names is not scaled (RFC 7323 section 2.2), so nobody sends more before the first acknowledgement.
const FIRST_WINDOW: i64 = 0xffff;

/// Systems open no larger window by themselves.
const WINDOW: i64 = 1 << 24;

impl Connection {
    /// Whether a segment is of an older connection.
    pub(super) fn is_strange(&self, segment: &Segment<'_>) -> bool {
        let sender = self.sender(segment);
        let is_first = |sequence| self.client.is_within(sequence, FIRST_WINDOW);
        match self.flow.opening.syn {
            // Of one that was open before nobody knows the numbers.
            None => false,
            Some(_) if self.is_asked_for() => match (sender, segment.syn) {
                (End::Client, true) => false,
                (End::Client, false) => !is_first(segment.sequence),
                // Whoever answers a SYN acknowledges it, with a RST too.
                (End::Server, _) => !segment.ack.is_some_and(is_first),
            },
            Some(_) => {
                let (own, other) = match sender {
                    End::Client => (&self.client, &self.server),
                    End::Server => (&self.server, &self.client),
                };
                // After many packets that were not captured one of the two numbers still fits.
                let acknowledges = |ack| other.is_within(ack, WINDOW);
                !segment.syn
                    && !own.is_within(segment.sequence, WINDOW)
                    && !segment.ack.is_some_and(acknowledges)
            }
        }
    }

    /// Whether a SYN is all that is known of it.
    fn is_asked_for(&self) -> bool {
        self.flow.opening.syn_ack.is_none() && self.server.packets.count == 0 && !self.client.has_spoken()
    }
}
