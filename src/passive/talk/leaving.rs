//! What whoever leaves knew by then.

use super::Talk;
use crate::flow::{At, millis};

/// So soon after a message whoever reads it has judged it, in milliseconds; a user needs longer.
const AT_ONCE: f64 = 250.0;

impl Talk<'_> {
    /// Whether the client confirmed what was read last. A relay counts no packets, and its own system takes what is sent.
    pub(in crate::passive) fn has_client_heard(&self) -> bool {
        let server = &self.flow.from_server;
        let heard = server.marks.partition_point(|mark| mark.order() <= self.heard.order());
        let end = server.marks.get(heard).map_or(server.total, |mark| mark.offset as u64);
        // A FIN counts as one.
        server.packets.unacknowledged <= server.total.saturating_sub(end) + 1
    }

    /// When the server ended the connection.
    pub(in crate::passive) fn end_of_server(&self) -> Option<(At, u64)> {
        self.flow.from_server.end.map(|end| (end.at, end.packet))
    }

    /// Whether the client left as soon as a message can be read and its answer be back.
    pub(in crate::passive) fn leaves_at_once(&self) -> bool {
        let way = self.flow.from_server.packets.round_trip_ms.unwrap_or_default();
        self.client_left().is_some_and(|left| millis(self.heard.at, left.at) <= AT_ONCE + way)
    }
}
