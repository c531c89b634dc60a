//! Bytes that are not in the capture: lost by it, cut off by its snaplen, sent before it began, or of a side that it does not see.

use rdptrace::internal::flow::{Gap, Side};

use super::{
    flow, flows, read,
    talk::{DATA, FIN, Frame, RST, SECOND, SYN, Talk, cut_pcap, pcap},
};

#[test]
fn what_was_acknowledged_and_not_captured_is_a_gap() {
    let mut talk = Talk::open();
    talk.tells(Side::Server, b"first");
    talk.sends(Side::Server, DATA, b"lost");
    talk.frames.pop();
    talk.tells(Side::Server, b"third");
    talk.at += 2 * SECOND;
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"fourth");
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_server.bytes, b"firstthirdfourth");
    assert_eq!(flow.from_server.gaps, [Gap { offset: 5, length: 4 }]);
    assert_eq!(flow.from_server.total, 20);
    assert!(!flow.from_client.has_gaps());
}

#[test]
fn a_gap_at_the_end_is_told_by_the_acknowledgement() {
    let mut talk = Talk::open();
    talk.tells(Side::Server, b"first");
    talk.sends(Side::Server, DATA, b"lost");
    talk.frames.pop();
    talk.sends(Side::Client, DATA, b"");
    let flow = flow(&talk.pcap());
    assert_eq!(
        (flow.from_server.total, &flow.from_server.gaps[..]),
        (9, &[Gap { offset: 5, length: 4 }][..])
    );
}

#[test]
fn what_only_the_last_packet_acknowledges_is_a_gap() {
    for flags in [FIN, RST] {
        let mut talk = Talk::open();
        talk.tells(Side::Client, b"request");
        talk.sends(Side::Server, DATA, b"lost");
        talk.frames.pop();
        talk.sends(Side::Client, flags, b"");
        let flow = flow(&talk.pcap());
        assert_eq!(flow.from_server.gaps, [Gap { offset: 0, length: 4 }]);
    }
    // A RST that another sends may acknowledge anything.
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.client.ttl = 3;
    let (next, ack) = (talk.client.next, talk.server.next.wrapping_add(5000));
    talk.says(Side::Client, RST, next, ack, b"");
    assert!(!flow(&talk.pcap()).from_server.has_gaps());
}

#[test]
fn bytes_may_be_captured_after_their_acknowledgement() {
    let mut talk = Talk::open();
    for index in 0..50_u8 {
        talk.tells(Side::Server, &[index; 9]);
        let last = talk.frames.len() - 1;
        talk.frames.swap(last, last - 1);
    }
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_server.total, 450);
    assert!(!flow.from_server.has_gaps());
    assert_eq!((flow.from_server.packets.longest_acknowledged, flow.from_server.packets.lost), (9, None));
}

#[test]
fn what_the_snaplen_cut_off_is_a_gap() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, &[b'a'; 100]);
    talk.tells(Side::Client, &[b'b'; 100]);
    talk.tells(Side::Server, &[b'c'; 30]);
    // Ethernet, IP and TCP have 54 bytes.
    let flow = flow(&cut_pcap(1, &talk.frames, 54 + 40));
    assert_eq!(flow.from_client.bytes, [[b'a'; 40], [b'b'; 40]].concat());
    assert_eq!(flow.from_client.gaps, [Gap { offset: 40, length: 60 }, Gap { offset: 80, length: 60 }]);
    assert_eq!(flow.from_client.total, 200);
    assert_eq!(flow.from_server.bytes, [b'c'; 30]);

    let flow = super::flow(&cut_pcap(1, &talk.frames, 54));
    assert_eq!(flow.from_client.gaps, [Gap { offset: 0, length: 200 }]);
    assert_eq!(flow.from_client.packets.mss, None);

    let (flows, seen, _) = read(&cut_pcap(1, &talk.frames, 40)[..]);
    assert_eq!((flows.len(), seen.cut), (0, 9));
}

#[test]
fn a_capture_may_begin_in_the_middle() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"before");
    talk.frames.clear();
    talk.tells(Side::Server, b"answer");
    talk.tells(Side::Client, b"request");
    let flow = flow(&talk.pcap());
    assert_eq!((flow.client.port(), flow.server.port()), (50_000, 3389));
    assert_eq!((flow.from_client.bytes, flow.from_server.bytes), (b"request".to_vec(), b"answer".to_vec()));
    assert_eq!((flow.opening.syn, flow.packet, flow.cut), (None, 1, true));
    assert!(flow.from_client.gaps.is_empty() && flow.from_server.gaps.is_empty());
}

#[test]
fn without_a_beginning_ports_tell_the_server_and_else_who_speaks_first() {
    for (client, server, by, expected) in [
        (50_000, 3389, Side::Server, 3389),
        (443, 3389, Side::Server, 3389),
        (3389, 3390, Side::Client, 3389),
        (50_000, 443, Side::Server, 443),
        (50_000, 25, Side::Server, 25),
        (50_000, 40_000, Side::Client, 40_000),
        (50_000, 40_000, Side::Server, 50_000),
    ] {
        let mut talk = Talk::default();
        (talk.client.port, talk.server.port) = (client, server);
        talk.tells(by, b"bytes");
        assert_eq!(flow(&talk.pcap()).server.port(), expected, "{client} {server} {by:?}");
    }
}

#[test]
fn one_side_may_be_missing() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    talk.sends(Side::Client, DATA, b"more");
    let of_client = |(_, frame): &&Frame| frame[6..12] == talk.client.mac;
    let frames: Vec<Frame> = talk.frames.iter().filter(of_client).cloned().collect();
    let flow = flow(&pcap(1, &frames));
    assert_eq!((flow.from_client.bytes, flow.from_server.packets.count), (b"requestmore".to_vec(), 0));
    assert_eq!(flow.from_server.gaps, [Gap { offset: 0, length: 6 }]);
    // Who does not see the acknowledgements knows of no loss.
    assert_eq!((flow.from_client.packets.unacknowledged, flow.from_client.packets.lost), (0, None));
}

#[test]
fn acknowledgements_alone_are_no_connection() {
    let mut talk = Talk::default();
    talk.sends(Side::Client, DATA, b"");
    talk.sends(Side::Server, DATA, b"");
    assert!(flows(&talk.pcap()).is_empty());
    talk.sends(Side::Client, SYN, b"");
    assert_eq!(flows(&talk.pcap()).len(), 1);
}

/// What was acknowledged is waited for a second, or for a hundred packets; what comes later stays a gap.
#[test]
fn bytes_that_are_captured_too_late_stay_a_gap() {
    for (wait, is_late) in [(SECOND / 2, false), (2 * SECOND, true)] {
        let mut talk = Talk::open();
        talk.tells(Side::Server, b"first");
        talk.sends(Side::Server, DATA, b"lost");
        let (_, lost) = talk.frames.pop().expect("a packet");
        talk.tells(Side::Server, b"third");
        talk.at += wait;
        talk.tells(Side::Client, b"request");
        talk.frames.push((talk.at, lost));
        let flow = flow(&talk.pcap());
        let expected: &[u8] = if is_late { b"firstthird" } else { b"firstlostthird" };
        assert_eq!(flow.from_server.bytes, expected);
        assert_eq!((flow.from_server.total, flow.from_server.has_gaps()), (14, is_late));
    }
}
