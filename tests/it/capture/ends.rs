//! How connections end: FIN, RST, a RST that somebody else sent, silence, or the end of the capture.

use rdptrace::internal::flow::{End, How, Side};

use super::{
    flow, flows,
    talk::{DATA, FIN, MILLISECOND, RST, SECOND, SYN, Talk},
};

#[test]
fn each_direction_has_an_end() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.closes(Side::Server);
    let flow = flow(&talk.pcap());
    let at = |packet: usize| talk.frames[packet - 1].0;
    assert_eq!(flow.from_server.end, Some(End { how: How::Fin, at: at(6), packet: 6 }));
    assert_eq!(flow.from_client.end, Some(End { how: How::Fin, at: at(7), packet: 7 }));
    assert!(!flow.cut && flow.from_client.packets.reset.is_none());
    assert_eq!(flow.from_server.total, 0);
}

#[test]
fn a_half_that_stays_open_is_cut() {
    let mut talk = Talk::open();
    talk.sends(Side::Server, FIN, b"");
    talk.sends(Side::Client, DATA, b"");
    let flow = flow(&talk.pcap());
    assert!(flow.cut && flow.from_client.end.is_none() && flow.from_server.end.is_some());
}

#[test]
fn a_host_resets_where_its_numbers_are() {
    let mut talk = Talk::open();
    talk.tells(Side::Server, b"answer");
    let id = talk.server.id;
    talk.sends(Side::Server, RST, b"");
    let flow = flow(&talk.pcap());
    let packets = flow.from_server.packets;
    let reset = packets.reset.expect("a reset");
    assert_eq!((reset.off_sequence, reset.followed, reset.ttl, reset.mac), (0, false, 57, packets.mac));
    assert_eq!((packets.ip_id, reset.ip_id), (Some(id), Some(id + 1)));
    assert_eq!(flow.from_server.end, Some(End { how: How::Rst, at: flow.last, packet: 6 }));
    assert!(!flow.cut && flow.from_client.end.is_none());
}

#[test]
fn a_refusal_is_a_reset_that_fits() {
    let mut talk = Talk::default();
    talk.sends(Side::Client, SYN, b"");
    let ack = talk.client.next;
    talk.says(Side::Server, RST, 0, ack, b"");
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_server.packets.reset.expect("a reset").off_sequence, 0);
    assert_eq!((flow.from_server.end.expect("an end").how, flow.opening.syn_ack), (How::Rst, None));
}

#[test]
fn a_reset_after_fin_leaves_the_end_a_fin() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.sends(Side::Client, FIN, b"");
    talk.sends(Side::Client, RST, b"");
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_client.end.expect("an end").how, How::Fin);
    assert_eq!(flow.from_client.packets.reset.expect("a reset").off_sequence, 0);
}

/// A RST that a device between them sends in the server's name.
fn injected() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    let (server, ack) = (talk.server.clone(), talk.client.next);
    talk.server.ttl = 63;
    talk.server.mac = [9; 6];
    talk.server.id = 0;
    talk.says(Side::Server, RST, server.next, ack, b"");
    talk.server = server;
    talk
}

#[test]
fn a_reset_from_the_path_is_followed_by_data_of_the_host() {
    let mut talk = injected();
    let flow = flow(&talk.pcap());
    assert!(!flow.from_server.packets.reset.expect("a reset").followed);
    talk.sends(Side::Server, DATA, b"answer");
    let flow = super::flow(&talk.pcap());
    let packets = flow.from_server.packets;
    let reset = packets.reset.expect("a reset");
    assert_eq!((reset.ttl, reset.mac, reset.ip_id), (63, Some([9; 6]), Some(1)));
    assert_eq!((packets.mac, reset.followed), (Some([2, 0, 0, 0, 0, 2]), true));
    assert_eq!(flow.from_server.bytes, b"answer");
}

#[test]
fn a_second_reset_with_another_ttl_is_told() {
    for (ttl, followed) in [(63, false), (57, true)] {
        let mut talk = injected();
        talk.server.ttl = ttl;
        talk.at += 5 * MILLISECOND;
        talk.sends(Side::Server, RST, b"");
        let flow = flow(&talk.pcap());
        assert_eq!(flow.from_server.packets.reset.expect("a reset").followed, followed, "{ttl}");
    }
}

#[test]
fn numbers_that_do_not_fit_are_told() {
    let mut talk = Talk::open();
    talk.tells(Side::Server, b"answer");
    let (next, ack) = (talk.server.next, talk.client.next);
    talk.says(Side::Server, RST, next + 1460, ack, b"");
    let reset = flow(&talk.pcap()).from_server.packets.reset.expect("a reset");
    assert_eq!((reset.off_sequence, reset.followed), (1460, false));
}

/// Both ends throw such a RST away and go on.
#[test]
fn a_reset_outside_of_every_window_ends_nothing() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    let (next, ack) = (talk.server.next, talk.client.next);
    for off in [99_999_499, u32::MAX - 99_999_499] {
        talk.says(Side::Server, RST, next.wrapping_add(off), ack, b"");
    }
    talk.tells(Side::Server, b"answer");
    talk.closes(Side::Client);
    let flow = flow(&talk.pcap());
    let ends = [flow.from_client.end, flow.from_server.end].map(|end| end.map(|end| end.how));
    assert_eq!(ends, [Some(How::Fin), Some(How::Fin)]);
    assert!(!flow.cut && flow.from_server.bytes == b"answer" && flow.from_server.packets.reset.is_none());
}

/// A host takes no RST that is not where it waits for one, and then both go on.
#[test]
fn a_reset_that_its_host_throws_away_ends_nothing() {
    for off in [0, 1460, 1 << 20] {
        let mut talk = Talk::open();
        talk.tells(Side::Server, b"answer");
        let (next, ack) = (talk.server.next, talk.client.next);
        talk.says(Side::Server, RST, next + off, ack, b"");
        for _ in 0..3 {
            talk.tells(Side::Server, b" and more");
        }
        talk.at += 10 * SECOND;
        talk.tells(Side::Client, b"thanks");
        talk.closes(Side::Client);
        let flow = flow(&talk.pcap());
        let ends = [flow.from_client.end, flow.from_server.end].map(|end| end.map(|end| end.how));
        assert_eq!(ends, [Some(How::Fin), Some(How::Fin)], "{off}");
        assert_eq!((flow.from_server.total, flow.from_client.total), (6 + 27, 6), "{off}");
        assert!(flow.from_server.packets.reset.is_none() && !flow.cut, "{off}");
    }
}

/// A minute of silence after a RST says nothing as long as the record goes on: what comes then says that nobody took it.
#[test]
fn a_reset_is_judged_by_what_comes_a_minute_later() {
    let mut talk = Talk::open();
    talk.tells(Side::Server, b"answer");
    let (next, ack) = (talk.server.next, talk.client.next);
    talk.says(Side::Server, RST, next, ack, b"");
    let mut other = Talk { at: talk.at + 50 * SECOND, ..Talk::default() };
    other.client.port = 50_001;
    other.opens();
    talk.frames.extend(other.frames);
    let silent = talk.pcap();
    talk.at += 60 * SECOND;
    for _ in 0..3 {
        talk.tells(Side::Server, b" and more");
    }
    talk.closes(Side::Server);
    for (file, end, total) in [(silent, How::Rst, 6), (talk.pcap(), How::Fin, 33)] {
        let mut flows = flows(&file);
        flows.retain(|flow| flow.client.port() == 50_000);
        assert_eq!(flows.len(), 1);
        let stream = &flows[0].from_server;
        assert_eq!((stream.end.map(|end| end.how), stream.total), (Some(end), total));
        assert_eq!(stream.packets.reset.is_some(), end == How::Rst);
    }
}

/// What was on its way is acknowledged after it, and no more.
#[test]
fn a_reset_that_was_captured_early_is_an_end() {
    let mut talk = Talk::open();
    talk.tells(Side::Server, b"answer");
    let (next, ack) = (talk.server.next, talk.client.next);
    talk.says(Side::Server, RST, next + 18, ack, b"");
    talk.sends(Side::Server, DATA, b" and more");
    talk.sends(Side::Server, DATA, b" and more");
    let late = talk.server.next;
    talk.says(Side::Client, DATA, ack, late, b"");
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_server.end.map(|end| end.how), Some(How::Rst));
}

#[test]
fn what_is_sent_again_after_the_end_is_no_other_connection() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.sends(Side::Client, RST, b"");
    let (first, ack) = (talk.server.next, talk.client.next);
    for _ in 0..6 {
        talk.at += 2 * SECOND;
        talk.says(Side::Server, DATA, first, ack, b"answer");
    }
    assert_eq!(flows(&talk.pcap()).len(), 1);
}

#[test]
fn ten_minutes_of_silence_end_a_connection_and_one_wrong_time_does_not() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    let asked = talk.at - talk.step;
    let mut other = Talk { at: talk.at + 700 * SECOND, ..Talk::default() };
    other.client.port = 50_001;
    other.sends(Side::Client, SYN, b"");
    talk.frames.extend(other.frames.clone());
    let late = talk.frames.clone();
    other.sends(Side::Client, DATA, b"bytes");
    talk.frames.extend(other.frames.split_off(1));
    let flows = flows(&talk.pcap());
    assert_eq!((flows.len(), flows[0].cut, flows[0].last), (2, false, asked));
    assert_eq!((flows[0].watched, flows[1].cut), (other.at - other.step, true));

    talk.frames = late;
    talk.tells(Side::Server, b"answer");
    let flows = super::flows(&talk.pcap());
    assert!(flows.iter().any(|flow| flow.from_server.bytes == b"answer"));
}

/// What is acknowledged is counted without the FIN, which is no byte.
#[test]
fn a_fin_is_no_byte_that_was_lost() {
    for (back, unacknowledged) in [(0, 0), (1, 0), (2, 1), (4, 3)] {
        let mut talk = Talk::open();
        talk.sends(Side::Client, DATA, b"request");
        talk.sends(Side::Client, FIN, b"");
        let (next, ack) = (talk.server.next, talk.client.next - back);
        talk.says(Side::Server, DATA, next, ack, b"");
        assert_eq!(flow(&talk.pcap()).from_client.packets.unacknowledged, unacknowledged, "{back}");
    }
}

/// A RST of somebody else acknowledges what it says only if that was sent.
#[test]
fn a_reset_from_the_path_acknowledges_no_more_than_was_sent() {
    for (beyond, unacknowledged) in [(0, 0), (1000, 7)] {
        let mut talk = Talk::open();
        talk.tells(Side::Server, b"banner");
        talk.sends(Side::Client, DATA, b"request");
        let (next, ack) = (talk.server.next, talk.client.next + beyond);
        (talk.server.ttl, talk.server.mac, talk.server.id) = (63, [9; 6], 0);
        talk.says(Side::Server, RST, next, ack, b"");
        let packets = flow(&talk.pcap()).from_client.packets;
        assert_eq!(packets.unacknowledged, unacknowledged, "{beyond}");
    }
}

/// A FIN that acknowledges the other side's answers it, wherever that one is in the file, or if it is not there.
#[test]
fn a_fin_was_sent_before_it_was_acknowledged() {
    for is_there in [true, false] {
        let mut talk = Talk::open();
        talk.tells(Side::Client, b"request");
        talk.tells(Side::Server, b"answer");
        let (client, server) = (talk.client.next, talk.server.next);
        talk.says(Side::Server, FIN, server, client + 1, b"");
        if is_there {
            talk.says(Side::Client, FIN, client, server, b"");
        }
        talk.says(Side::Client, DATA, client + 1, server + 1, b"");
        let flow = flow(&talk.pcap());
        let [first, second] =
            [&flow.from_client, &flow.from_server].map(|stream| stream.end.expect("it ended"));
        assert_eq!((first.how, second.how), (How::Fin, How::Fin), "{is_there}");
        assert!(first.at < second.at, "{is_there}: {first:?} {second:?}");
        assert!(!flow.from_client.has_gaps(), "{is_there}");
    }
    // One byte more that came out of order is no FIN.
    let mut talk = Talk::open();
    let (client, server) = (talk.client.next, talk.server.next);
    talk.says(Side::Server, DATA, server, client + 1, b"");
    talk.says(Side::Client, DATA, client, server, b"x");
    talk.says(Side::Server, FIN, server, client + 1, b"");
    assert_eq!(flow(&talk.pcap()).from_client.end, None);
}
