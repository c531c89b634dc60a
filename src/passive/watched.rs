//! What the packets of a connection show, as evidence.

use std::net::IpAddr;

use crate::{
    codes::icmp::{FRAGMENTATION_NEEDED, UNREACHABLE, V6_UNREACHABLE},
    flow::{Flow, Icmp, Stream, Vain, millis},
    net::icmp_name,
    report::{IcmpError, InVain, Millis, Tcp, Watched, WatchedIcmp, WatchedSide},
};

/// What was watched; `opened` says whether TLS was, if there is any.
pub(super) fn watched(flow: &Flow, opened: Option<bool>, passed_over: u64) -> Watched {
    Watched {
        packet: Some(flow.packet).filter(|packet| *packet > 0),
        client: side(&flow.from_client),
        server: side(&flow.from_server),
        icmp: flow.icmp.iter().map(|icmp| told(flow, icmp)).collect(),
        client_tcp: None,
        begins_late: flow.begins_late(),
        cut: flow.cut,
        opened,
        passed_over,
    }
}

fn told(flow: &Flow, icmp: &Icmp) -> WatchedIcmp {
    let at_ms = Millis::rounded(millis(flow.began, icmp.at));
    WatchedIcmp { error: error(icmp), mtu: icmp.mtu, at_ms }
}

/// The last message that what was sent on the open connection cannot be delivered. That a packet was too long says so of that one.
fn unreachable(flow: &Flow) -> Option<&Icmp> {
    let says = |icmp: &&Icmp| match icmp.from {
        IpAddr::V4(_) => icmp.kind == UNREACHABLE && icmp.code != FRAGMENTATION_NEEDED,
        IpAddr::V6(_) => icmp.kind == V6_UNREACHABLE,
    };
    flow.icmp.iter().rfind(says).filter(|_| flow.opening.syn_ack.is_some())
}

/// With the name of its code.
pub(super) fn error(icmp: &Icmp) -> IcmpError {
    let Icmp { from, kind, code, .. } = *icmp;
    IcmpError { kind, code, name: icmp_name(from.is_ipv6(), kind, code), from: Some(from) }
}

fn in_vain(vain: Vain) -> InVain {
    let packet = |number: u64| Some(number).filter(|number| *number > 0);
    InVain {
        bytes: vain.bytes,
        times: vain.times,
        first_packet: packet(vain.first.1),
        last_packet: packet(vain.last.1),
        over_ms: Millis::rounded(millis(vain.first.0, vain.last.0)),
        denied: vain.denied,
    }
}

fn side(stream: &Stream) -> WatchedSide {
    let packets = &stream.packets;
    WatchedSide {
        packets: packets.count,
        bytes: stream.total,
        missing_bytes: stream.gaps.iter().map(|gap| gap.length).sum(),
        retransmissions: packets.retransmissions,
        mended: Some(packets.mended).filter(|_| packets.count > 0),
        repeated: Some(packets.repeated).filter(|_| packets.count > 0),
        duplicates: packets.duplicates,
        mss: packets.mss,
        longest_segment: packets.longest,
        longest_acknowledged: packets.longest_acknowledged,
        unacknowledged: packets.unacknowledged,
        lost_segment: packets.lost.map(|(length, _)| length),
        lost_sent: packets.lost.map(|(_, times)| times),
        in_vain: packets.in_vain.map(in_vain),
        never_arrived: packets.never_arrived.map(in_vain),
        keep_alives: packets.keep_alives.map(in_vain),
        unsettled_bytes: packets.unsettled,
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
        icmp_error: unreachable(flow).map(|icmp| error(icmp).to_string()),
        ..Tcp::default()
    }
}
