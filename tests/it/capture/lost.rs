//! What packets show of the path: retries, round trips, and segments that never arrive.

use rdptrace::internal::flow::{Side, Stream};

use super::{
    Chance, flow,
    talk::{DATA, MILLISECOND, SECOND, SYN, SYN_ACK, Talk, pcap},
};

#[test]
fn the_opening_is_timed() {
    let mut talk = Talk { step: 5 * MILLISECOND, ..Talk::default() };
    talk.opens();
    let flow = flow(&talk.pcap());
    let at = |packet: i64| Some(flow.began + packet * 5 * MILLISECOND);
    assert_eq!((flow.opening.syn, flow.opening.syn_ack, flow.opening.ack), (at(0), at(1), at(2)));
    assert_eq!(flow.from_client.packets.round_trip_ms, Some(5.0));
    assert_eq!(flow.from_server.packets.round_trip_ms, Some(5.0));
    assert_eq!((flow.from_client.packets.mss, flow.from_server.packets.mss), (Some(1460), Some(1460)));
}

#[test]
fn a_syn_that_is_sent_again_is_a_retry_and_no_round_trip() {
    let mut talk = Talk::default();
    for _ in 0..3 {
        talk.says(Side::Client, SYN, 1000, 0, b"");
        talk.at += SECOND;
    }
    assert_eq!(flow(&talk.pcap()).opening.syn_retries, 2);
    talk.client.next = 1001;
    talk.sends(Side::Server, SYN_ACK, b"");
    talk.sends(Side::Client, DATA, b"");
    let flow = flow(&talk.pcap());
    assert_eq!((flow.from_client.packets.round_trip_ms, flow.opening.syn), (None, Some(flow.began)));
}

/// A file that is out of order holds each byte once, however late it comes.
#[test]
fn what_comes_late_in_the_file_was_not_sent_again() {
    let mut talk = Talk::open();
    for index in 0..300_u32 {
        talk.tells(Side::Server, &index.to_be_bytes().repeat(100));
    }
    let mut chance = Chance(11);
    for window in [10, 1000] {
        let mut frames: Vec<_> = talk.frames.iter().cloned().enumerate().collect();
        frames.sort_by_cached_key(|(index, _)| index + chance.below(window));
        let frames: Vec<_> = frames.into_iter().map(|(_, frame)| frame).collect();
        let flow = flow(&pcap(1, &frames));
        let again = [&flow.from_client, &flow.from_server].map(|stream| stream.packets.retransmissions);
        assert_eq!(again, [0, 0], "{window}");
    }
    // What is sent again is told as before.
    let (first, ack) = (talk.server.next, talk.client.next);
    talk.tells(Side::Server, b"again");
    talk.at += SECOND;
    talk.says(Side::Server, DATA, first, ack, b"again");
    assert_eq!(flow(&talk.pcap()).from_server.packets.retransmissions, 1);
}

#[test]
fn the_shortest_round_trip_counts_and_not_that_of_a_segment_sent_twice() {
    let mut talk = Talk { step: 9 * MILLISECOND, ..Talk::default() };
    talk.opens();
    talk.sends(Side::Client, DATA, b"one");
    talk.at -= 5 * MILLISECOND;
    talk.sends(Side::Server, DATA, b"");
    let (first, ack) = (talk.client.next, talk.server.next);
    talk.sends(Side::Client, DATA, b"two");
    talk.says(Side::Client, DATA, first, ack, b"two");
    talk.at -= 8 * MILLISECOND;
    talk.sends(Side::Server, DATA, b"");
    assert_eq!(flow(&talk.pcap()).from_client.packets.round_trip_ms, Some(4.0));
}

#[test]
fn the_path_drops_large_packets() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, &[1; 100]);
    talk.tells(Side::Server, &[2; 300]);
    let (first, ack) = (talk.server.next, talk.client.next);
    for _ in 0..4 {
        talk.says(Side::Server, DATA, first, ack, &[3; 1460]);
        talk.at += SECOND;
    }
    talk.server.next += 1460;
    talk.sends(Side::Server, DATA, &[4; 40]);
    let flow = flow(&talk.pcap());
    let Stream { packets, total, .. } = flow.from_server;
    assert_eq!((packets.longest, packets.longest_acknowledged), (1460, 300));
    assert_eq!((packets.unacknowledged, packets.lost), (1500, Some((1460, 4))));
    assert_eq!((packets.retransmissions, total), (3, 1800));
    assert_eq!(flow.from_client.packets.lost, None);
}

#[test]
fn the_usual_ttl_is_that_of_most_data() {
    let mut talk = Talk::default();
    talk.server.ttl = 255;
    talk.opens();
    assert_eq!(flow(&talk.pcap()).from_server.packets.ttl, Some(255));
    for ttl in [57, 57, 60] {
        talk.server.ttl = ttl;
        talk.tells(Side::Server, b"data");
    }
    assert_eq!(flow(&talk.pcap()).from_server.packets.ttl, Some(57));
}

#[test]
fn of_two_servers_behind_one_address_the_one_that_goes_on_counts() {
    let mut talk = Talk::default();
    talk.sends(Side::Client, SYN, b"");
    talk.sends(Side::Server, SYN_ACK, b"");
    talk.server.next = 77_000;
    talk.says(Side::Client, SYN, 1000, 0, b"");
    talk.sends(Side::Server, SYN_ACK, b"");
    talk.sends(Side::Client, DATA, b"");
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    let flow = flow(&talk.pcap());
    assert_eq!((flow.from_client.bytes, flow.from_server.bytes), (b"request".to_vec(), b"answer".to_vec()));
    assert!(flow.from_server.gaps.is_empty());
}
