//! Streams stay the same however their segments come: in any order, twice, overlapping, from anywhere in the numbers.

use rdptrace::internal::flow::{Flow, Side};

use super::{
    flow,
    talk::{DATA, Frame, MILLISECOND, Talk, pcap},
};

/// xorshift64.
pub(crate) struct Chance(pub u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    pub(crate) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

/// The segments of what a host says: cut anywhere, each once or twice, some reaching into their neighbours.
fn segments(talk: &mut Talk, by: Side, bytes: &[u8], chance: &mut Chance) -> Vec<Vec<u8>> {
    let first = talk.host(by).next;
    let ack = talk.host(by.other()).next;
    let mut segments = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let end = bytes.len().min(start + 1 + chance.below(90));
        let (from, to) = (start.saturating_sub(chance.below(40)), bytes.len().min(end + chance.below(40)));
        for _ in 0..1 + chance.below(2) {
            let sequence = first.wrapping_add(from as u32);
            segments.push(talk.frame(by, DATA, sequence, ack, &bytes[from..to]));
        }
        start = end;
    }
    segments
}

#[test]
fn any_order_of_any_segments_gives_the_same_streams() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for round in 0..300 {
        let (request, answer) = (chance.below(2000), chance.below(2000));
        let (request, answer) = (chance.bytes(request), chance.bytes(answer));
        let mut talk = Talk::default();
        // Numbers begin again at 0 in some.
        talk.client.next = u32::MAX - chance.below(1500) as u32;
        talk.server.next = chance.next() as u32;
        talk.opens();
        let mut all = segments(&mut talk, Side::Client, &request, &mut chance);
        all.extend(segments(&mut talk, Side::Server, &answer, &mut chance));
        chance.shuffle(&mut all);
        talk.frames.extend(all.into_iter().map(|frame| (talk.at, frame)));
        let flow = flow(&talk.pcap());
        assert_eq!(flow.from_client.bytes, request, "round {round}");
        assert_eq!(flow.from_server.bytes, answer, "round {round}");
        for stream in [&flow.from_client, &flow.from_server] {
            assert!(stream.gaps.is_empty(), "round {round}");
            assert_eq!(stream.total, stream.bytes.len() as u64);
            assert!(stream.marks.is_sorted_by_key(|mark| mark.offset));
            assert!(stream.marks.is_sorted_by_key(|mark| mark.at));
        }
    }
}

#[test]
fn the_opening_may_be_captured_after_the_first_bytes() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    talk.tells(Side::Client, b"more");
    for seed in 1..200 {
        let mut shuffled = talk.clone();
        Chance(seed * 0x9e37_79b9).shuffle(&mut shuffled.frames[..7]);
        let times: Vec<_> = talk.frames.iter().map(|(at, _)| *at).collect();
        shuffled.frames.iter_mut().zip(times).for_each(|(frame, at)| frame.0 = at);
        let flow = flow(&shuffled.pcap());
        assert_eq!(flow.server.port(), 3389);
        assert_eq!(flow.from_client.bytes, b"requestmore", "{seed}");
        assert_eq!(flow.from_server.bytes, b"answer", "{seed}");
        assert!(!flow.from_client.has_gaps() && !flow.from_server.has_gaps());
    }
}

#[test]
fn the_first_of_two_that_overlap_wins() {
    let mut talk = Talk::open();
    let (first, ack) = (talk.client.next, talk.server.next);
    talk.says(Side::Client, DATA, first + 2, ack, b"22");
    talk.says(Side::Client, DATA, first + 6, ack, b"66");
    talk.says(Side::Client, DATA, first + 1, ack, b"aaaaaaaaa");
    talk.says(Side::Client, DATA, first, ack, b"bbbb");
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_client.bytes, b"ba22aa66aa");
    assert_eq!(flow.from_client.packets.retransmissions, 2);
    assert!(flow.from_client.gaps.is_empty());
}

#[test]
fn bytes_have_the_time_at_which_they_were_of_use() {
    let mut talk = Talk::open();
    let (first, ack) = (talk.client.next, talk.server.next);
    talk.says(Side::Client, DATA, first, ack, b"one");
    talk.says(Side::Client, DATA, first + 6, ack, b"three");
    talk.says(Side::Client, DATA, first + 3, ack, b"two");
    let flow = flow(&talk.pcap());
    let marks: Vec<_> =
        flow.from_client.marks.iter().map(|mark| (mark.offset, mark.at, mark.packet)).collect();
    let at = |packet: usize| talk.frames[packet - 1].0;
    assert_eq!(marks, [(0, at(4), 4), (3, at(6), 6), (6, at(6), 5)]);
}

#[test]
fn a_mirror_port_makes_copies_and_a_host_sends_again() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    let mut twice: Vec<Frame> = Vec::new();
    for (at, frame) in &talk.frames {
        let mut copy = frame.clone();
        // The other port is one hop farther.
        copy[22] -= 1;
        twice.extend([(*at, frame.clone()), (at + MILLISECOND / 10, copy)]);
    }
    let flow = flow(&pcap(1, &twice));
    let packets = |flow: &Flow, side| {
        let packets = &flow.stream(side).packets;
        (packets.count, packets.duplicates, packets.retransmissions)
    };
    assert_eq!(packets(&flow, Side::Client), (8, 4, 0));
    assert_eq!(packets(&flow, Side::Server), (6, 3, 0));
    assert_eq!((flow.opening.syn_retries, flow.from_client.packets.ttl), (0, Some(128)));

    let (first, ack) = (talk.client.next - 7, talk.server.next);
    talk.says(Side::Client, DATA, first, ack, b"request");
    let flow = super::flow(&talk.pcap());
    assert_eq!(packets(&flow, Side::Client), (5, 0, 1));
    assert_eq!(flow.from_client.bytes, b"request");
}

#[test]
fn keep_alives_are_no_bytes() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    for _ in 0..3 {
        let (last, ack) = (talk.client.next - 1, talk.server.next);
        talk.says(Side::Client, DATA, last, ack, b"\0");
        talk.sends(Side::Server, DATA, b"");
    }
    talk.tells(Side::Client, b"more");
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_client.bytes, b"requestmore");
    assert_eq!(flow.from_client.packets.retransmissions, 0);
}

#[test]
fn windows_that_close_are_counted_once_each() {
    let mut talk = Talk::open();
    for window in [0, 0, 500, 0, 500] {
        talk.client.window = window;
        talk.tells(Side::Server, b"data");
    }
    assert_eq!(flow(&talk.pcap()).from_client.packets.closed_windows, 2);
}
