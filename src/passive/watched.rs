//! What the packets of a connection show, as evidence.

use crate::{
    flow::{Flow, Stream, millis},
    report::{Millis, Tcp, Watched, WatchedSide},
};

/// What was watched; `opened` says whether TLS was, if there is any.
pub(super) fn watched(flow: &Flow, opened: Option<bool>, passed_over: u64) -> Watched {
    Watched {
        packet: Some(flow.packet).filter(|packet| *packet > 0),
        client: side(&flow.from_client),
        server: side(&flow.from_server),
        client_tcp: None,
        begins_late: flow.begins_late(),
        cut: flow.cut,
        opened,
        passed_over,
    }
}

fn side(stream: &Stream) -> WatchedSide {
    let packets = &stream.packets;
    WatchedSide {
        packets: packets.count,
        bytes: stream.total,
        missing_bytes: stream.gaps.iter().map(|gap| gap.length).sum(),
        retransmissions: packets.retransmissions,
        duplicates: packets.duplicates,
        mss: packets.mss,
        longest_segment: packets.longest,
        longest_acknowledged: packets.longest_acknowledged,
        unacknowledged: packets.unacknowledged,
        lost_segment: packets.lost.map(|(length, _)| length),
        lost_sent: packets.lost.map(|(_, times)| times),
        closed_windows: packets.closed_windows,
        ttl: packets.ttl,
    }
}

/// The same as the client's system would count it.
pub(super) fn tcp(flow: &Flow) -> Tcp {
    let opening = &flow.opening;
    let handshake = opening.syn.zip(opening.syn_ack).map(|(syn, answer)| millis(syn, answer));
    let round_trip = flow.from_client.packets.round_trip_ms.or(handshake);
    Tcp {
        round_trip_ms: round_trip.map(Millis::rounded),
        retransmissions: Some(flow.from_client.packets.retransmissions),
        syn_retries: Some(opening.syn_retries),
        unacknowledged: u32::try_from(flow.from_client.packets.unacknowledged).ok(),
        sent_bytes: Some(flow.from_client.total),
        received_bytes: Some(flow.from_server.total),
        ..Tcp::default()
    }
}
