//! What never arrived, as the other side says, and what nothing is said of.

use rdptrace::internal::flow::{Gap, Side, Vain};

use super::{
    flow,
    talk::{DATA, MILLISECOND, RST, SECOND, Talk},
};

/// A server whose first segment of two is lost before it is captured.
fn lost() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.sends(Side::Server, DATA, &[1; 1460]);
    talk.frames.pop();
    talk.sends(Side::Server, DATA, &[2; 180]);
    talk
}

/// The client acknowledges what is before the hole alone.
fn asks(talk: &mut Talk, after: i64) {
    talk.at += after;
    let (next, hole) = (talk.client.next, talk.server.next - 1640);
    talk.says(Side::Client, DATA, next, hole, b"");
}

/// Adds to the last packet an option that says that the client has the bytes behind the hole (RFC 2018).
fn selects(talk: &mut Talk) {
    let (start, end) = (talk.server.next - 180, talk.server.next);
    let option = [&[1, 1, 5, 10][..], &start.to_be_bytes(), &end.to_be_bytes()].concat();
    let frame = talk.last();
    frame.extend(option);
    frame[14 + 2..14 + 4].copy_from_slice(&52_u16.to_be_bytes());
    frame[14 + 20 + 12] = 8 << 4;
}

#[test]
fn bytes_that_the_client_asks_for_until_the_end_never_arrived() {
    let mut asked_late = lost();
    asks(&mut asked_late, MILLISECOND);
    asks(&mut asked_late, 10 * SECOND);
    let mut selected = lost();
    asks(&mut selected, MILLISECOND);
    selects(&mut selected);
    for (mut talk, last) in [(asked_late, 8), (selected, 7)] {
        let (next, hole) = (talk.client.next, talk.server.next - 1640);
        talk.says(Side::Client, RST, next, hole, b"");
        let flow = flow(&talk.pcap());
        let server = flow.from_server;
        let never = server.packets.never_arrived.expect("it never arrived");
        assert_eq!((never.bytes, never.times, never.first.1), (1460, 0, 6));
        assert!(never.last.1 >= last, "{never:?}");
        // Nobody was told what follows them.
        assert!(server.bytes.is_empty() && server.gaps.is_empty());
        assert_eq!((server.total, server.packets.unsettled, server.packets.lost), (1640, 0, None));
    }
}

#[test]
fn bytes_that_the_client_confirms_at_last_are_lost_to_the_capture() {
    let mut talk = lost();
    asks(&mut talk, MILLISECOND);
    asks(&mut talk, 2 * SECOND);
    talk.sends(Side::Client, DATA, b"");
    let server = flow(&talk.pcap()).from_server;
    assert_eq!(server.gaps, [Gap { offset: 0, length: 1460 }]);
    assert_eq!((server.packets.never_arrived, server.packets.unsettled), (None, 0));
    assert_eq!(server.bytes, [2; 180]);
}

#[test]
fn of_bytes_that_nothing_is_said_of_nobody_knows() {
    for asked in [false, true] {
        let mut talk = lost();
        // This may have been sent before the bytes behind the hole came.
        if asked {
            asks(&mut talk, MILLISECOND);
        }
        let packets = flow(&talk.pcap()).from_server.packets;
        assert_eq!((packets.never_arrived, packets.unsettled), (None, 1460), "{asked}");
    }
}

/// A server that sends an answer so often, in vain.
fn again(times: usize) -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    let (first, ack) = (talk.server.next, talk.client.next);
    for _ in 0..times {
        talk.says(Side::Server, DATA, first, ack, b"answer");
        talk.at += SECOND;
    }
    talk.server.next += 6;
    talk
}

#[test]
fn what_is_sent_three_times_for_a_second_and_never_confirmed_is_in_vain() {
    let packets = flow(&again(4).pcap()).from_server.packets;
    let sent = packets.in_vain.expect("it was in vain");
    assert_eq!((sent.bytes, sent.times, sent.first.1, sent.last.1), (6, 4, 6, 9));
    assert_eq!(flow(&again(2).pcap()).from_server.packets.in_vain, None);
    let mut late = again(4);
    late.sends(Side::Client, DATA, b"");
    assert_eq!(flow(&late.pcap()).from_server.packets.in_vain, None);
    // Who has no room for it has it, and throws it away.
    let mut full = Talk::open();
    full.client.window = 0;
    full.tells(Side::Client, b"request");
    full.client.window = 0;
    let (first, ack) = (full.server.next, full.client.next);
    for _ in 0..4 {
        full.says(Side::Server, DATA, first, ack, b"a");
        full.at += SECOND;
    }
    assert_eq!(flow(&full.pcap()).from_server.packets.in_vain, None);
}

#[test]
fn keep_alives_count_until_the_other_side_says_anything() {
    // Windows repeats a byte, Linux only its number.
    for byte in [&b"t"[..], b""] {
        let mut talk = Talk::open();
        talk.tells(Side::Client, b"request");
        let (next, ack) = (talk.client.next - 1, talk.server.next);
        for _ in 0..5 {
            talk.says(Side::Client, DATA, next, ack, byte);
            talk.at += SECOND;
        }
        let sent: Option<Vain> = flow(&talk.pcap()).from_client.packets.keep_alives;
        assert_eq!(sent.map(|sent| (sent.times, sent.first.1, sent.last.1)), Some((5, 6, 10)));
        let mut answered = talk.clone();
        answered.sends(Side::Server, DATA, b"");
        assert_eq!(flow(&answered.pcap()).from_client.packets.keep_alives, None);
    }
}
