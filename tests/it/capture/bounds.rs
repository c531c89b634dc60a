//! What is not wanted costs little, and nothing that a capture holds costs more than its bound.

use std::{io::Read, net::IpAddr};

use rdptrace::internal::{
    capture::{Capture, Found, Seen, Wanted},
    flow::{At, Flow, KeyLog, LAST_BYTES, MOST_BYTES, Side, Stream},
};

use super::{
    Chance, flow,
    talk::{DATA, SYN, Talk, pcap},
};

fn wanted(file: impl Read, wanted: Wanted) -> (Vec<Flow>, Seen) {
    let mut flows = Vec::new();
    let mut capture = Capture::new(wanted, KeyLog::default());
    let mut out = |found: Found<'_>, _: &KeyLog| {
        if let Found::Flow(flow) = found {
            flows.push(*flow);
        }
    };
    capture.read(file, &mut out).expect("a capture");
    let (seen, _) = capture.end(&mut out);
    (flows, seen)
}

#[test]
fn what_is_not_wanted_is_counted() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"GET / HTTP/1.1");
    talk.tells(Side::Server, b"HTTP/1.1 200 OK");
    talk.closes(Side::Server);
    talk.client.port += 1;
    talk.opens();
    talk.tells(Side::Client, b"\x03\x00\x00\x13");
    let decide: Wanted = |client, server| match (client.first(), server.first()) {
        (Some(3), _) => Some(true),
        (_, Some(_)) => Some(false),
        _ => None,
    };
    let (flows, seen) = wanted(&talk.pcap()[..], decide);
    assert_eq!((flows.len(), flows[0].from_client.bytes.len()), (1, 4));
    assert_eq!((seen.connections, seen.ignored), (2, 1));
}

#[test]
fn the_first_bytes_of_a_direction_are_kept_and_all_are_counted() {
    let mut talk = Talk::open();
    let part: Vec<u8> = (0..30_000_u32).map(|index| index as u8).collect();
    for _ in 0..20 {
        talk.tells(Side::Server, &part);
    }
    let flow = flow(&talk.pcap());
    assert_eq!((flow.from_server.bytes.len(), flow.from_server.total), (MOST_BYTES, 600_000));
    assert!(flow.from_server.gaps.is_empty());
    let tail = flow.from_server.tail.expect("the last bytes");
    let all = part.repeat(20);
    assert!((LAST_BYTES..=2 * LAST_BYTES).contains(&tail.bytes.len()));
    assert!(all.ends_with(&tail.bytes));
    assert_eq!((tail.follows, tail.record), (None, None));
}

/// Records after a handshake, each a little longer than the one before.
fn records(count: usize) -> Vec<u8> {
    let mut bytes = b"what comes before".to_vec();
    for index in 0..count {
        let length = 100 + index;
        bytes.extend([if index == 0 { 22 } else { 23 }, 3, 3]);
        bytes.extend((length as u16).to_be_bytes());
        bytes.resize(bytes.len() + length, 22);
    }
    bytes
}

/// Where the records of the test begin.
fn begins(bytes: &[u8]) -> Vec<usize> {
    let mut at = b"what comes before".len();
    let mut begins = Vec::new();
    while at < bytes.len() {
        begins.push(at);
        at += 5 + usize::from(u16::from_be_bytes([bytes[at + 3], bytes[at + 4]]));
    }
    begins
}

#[test]
fn records_are_counted_while_their_bytes_are_forgotten() {
    let bytes = records(1000);
    let begins = begins(&bytes);
    for (length, order) in [(1460, [0, 1, 2]), (1460, [2, 0, 1]), (997, [1, 2, 0]), (40_000, [0, 1, 2])] {
        let mut talk = Talk::open();
        let (first, ack) = (talk.server.next, talk.client.next);
        let parts: Vec<_> = bytes.chunks(length).enumerate().collect();
        for parts in parts.chunks(3) {
            for (index, part) in order.iter().filter_map(|place| parts.get(*place)) {
                talk.says(Side::Server, DATA, first + (index * length) as u32, ack, part);
            }
        }
        let stream = flow(&talk.pcap()).from_server;
        assert_eq!((stream.total, stream.gaps.len()), (bytes.len() as u64, 0));
        let tail = stream.tail.expect("the last bytes");
        assert!(bytes.ends_with(&tail.bytes));
        let record = tail.record.expect("its place");
        let open = begins.iter().rposition(|begin| *begin <= MOST_BYTES).expect("one that is cut short");
        let place = bytes.len() - tail.bytes.len() + record.offset;
        assert_eq!(record.first, begins[open]);
        assert_eq!(place, begins[open + record.before as usize]);
    }
}

/// However it comes, the end is the end, each byte has the time at which it came, and a place is that of a record.
#[test]
fn the_last_bytes_are_the_same_in_whatever_parts_they_come() {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    for round in 0..60 {
        let bytes = records(700 + chance.below(300));
        let begins = begins(&bytes);
        let open = begins.iter().filter(|begin| **begin <= MOST_BYTES).count() - 1;
        let longest = [40, 1460, 9000, 70_000][round % 4];
        let (mut stream, mut at) = (Stream::default(), 0);
        while at < bytes.len() {
            let end = bytes.len().min(at + 1 + chance.below(longest));
            stream.push(&bytes[at..end], end as At, end as u64);
            at = end;
        }
        let Some(tail) = &stream.tail else {
            assert!(bytes.len() <= MOST_BYTES);
            continue;
        };
        let begin = bytes.len() - tail.bytes.len();
        assert!(bytes.ends_with(&tail.bytes) && tail.bytes.len() >= LAST_BYTES, "{round}");
        assert_eq!(tail.follows, Some(begin).filter(|begin| *begin <= MOST_BYTES), "{round}");
        assert_eq!(stream.kept(), (MOST_BYTES + bytes.len() - begin.max(MOST_BYTES)) as u64, "{round}");
        let record = tail.record.expect("its place");
        assert_eq!(begin + record.offset, begins[open + record.before as usize], "{round}");
        assert_eq!(tail.marks[0].offset, 0);
        assert!(tail.marks.is_sorted_by_key(|mark| mark.offset));
        for (index, mark) in tail.marks.iter().enumerate() {
            // Each part has the offset of its end for its time.
            let end = tail.marks.get(index + 1).map_or(tail.bytes.len(), |next| next.offset);
            assert!(begin + mark.offset < mark.at as usize && begin + end <= mark.at as usize, "{round}");
        }
    }
}

#[test]
fn what_is_missing_beyond_the_bound_is_left_out_of_the_end() {
    let bytes = records(1000);
    let begins = begins(&bytes);
    let (lost, open) = (begins[900], begins.iter().filter(|begin| **begin <= MOST_BYTES).count() - 1);
    // In the middle of a record nothing is lost that counts, in a header it is.
    for (skipped, found) in [(20..520, true), (0..520, false)] {
        let mut talk = Talk::open();
        bytes[..lost + skipped.start].chunks(1460).for_each(|part| talk.tells(Side::Server, part));
        talk.server.next += skipped.len() as u32;
        bytes[lost + skipped.end..].chunks(1460).for_each(|part| talk.tells(Side::Server, part));
        let stream = flow(&talk.pcap()).from_server;
        let tail = stream.tail.expect("the last bytes");
        assert_eq!(stream.gaps[0].length, 500 + 20 * u64::from(!found));
        assert!(bytes.ends_with(&tail.bytes) && tail.follows.is_none());
        assert_eq!(tail.record.is_some(), found);
        if let Some(record) = tail.record {
            let place = bytes.len() - tail.bytes.len() + record.offset;
            assert_eq!(place, begins[open + record.before as usize]);
        }
    }
}

#[test]
fn bytes_that_wait_for_others_are_bounded() {
    let mut talk = Talk::open();
    talk.server.next += 1000;
    for _ in 0..1000 {
        talk.sends(Side::Server, DATA, &[7; 4000]);
    }
    let flow = flow(&talk.pcap());
    assert_eq!((flow.from_server.total, flow.from_server.gaps[0].length), (4_001_000, 1000));
}

/// A capture that is made while it is read, so that it needs no memory.
struct Endless<F> {
    next: F,
    left: usize,
    ready: Vec<u8>,
}

impl<F: FnMut() -> Vec<u8>> Read for Endless<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.ready.is_empty() && self.left > 0 {
            self.left -= 1;
            self.ready = (self.next)();
        }
        let length = self.ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.ready[..length]);
        self.ready.drain(..length);
        Ok(length)
    }
}

/// Those that were quiet for longest go first: the first one of all, which still talks, is not among them.
#[test]
fn connections_beyond_the_bound_are_handed_out_and_none_is_lost() {
    const BUSY: [u8; 4] = [11, 0, 0, 1];
    let mut talk = Talk { step: 1000, ..Talk::default() };
    let mut busy = Talk { step: 1000, ..Talk::default() };
    busy.client.address = BUSY;
    busy.sends(Side::Client, SYN, b"");
    let header = busy.pcap();
    let mut index = 0_u32;
    let source = Endless {
        next: || {
            let [_, a, b, c] = index.to_be_bytes();
            talk.client.address = [10, a, b, c];
            index += 1;
            talk.frames.clear();
            if index.is_multiple_of(5_000) {
                busy.at = talk.at;
                busy.sends(Side::Client, DATA, &[0x16; 2000]);
                talk.frames.extend(busy.frames.pop());
            }
            talk.sends(Side::Client, SYN, b"");
            let ack = talk.server.next;
            let next = talk.client.next;
            talk.says(Side::Client, DATA, next, ack, &[0x16; 1000]);
            talk.pcap()[24..].to_vec()
        },
        left: 101_000,
        ready: header,
    };
    let mut flows = 0;
    let mut capture = Capture::new(|_, _| None, KeyLog::default());
    let mut out = |found: Found<'_>, _: &KeyLog| {
        let Found::Flow(flow) = found else { return };
        let total = if flow.client.ip() == IpAddr::from(BUSY) { 40_000 } else { 1000 };
        assert_eq!((flow.from_client.total, flow.cut), (total, true));
        flows += 1;
    };
    capture.read(source, &mut out).expect("a capture");
    let (seen, _) = capture.end(&mut out);
    assert_eq!((flows, seen.connections), (101_001, 101_001));
}

/// Each of a hundred connections lacks its first bytes, and what waits for them is more than all together may hold.
#[test]
fn connections_that_wait_for_bytes_stay_whole_where_memory_is_short() {
    const LANES: u32 = 100;
    const PART: u32 = 30_000;
    let mut talk = Talk { step: 1000, ..Talk::default() };
    let header = pcap(1, &[]);
    let mut index = 0_u32;
    let source = Endless {
        next: || {
            let (lane, turn) = (index % LANES, index / LANES);
            index += 1;
            talk.frames.clear();
            talk.client.port = 50_000 + lane as u16;
            if turn == 0 {
                (talk.client.next, talk.server.next) = (1_000, 9_000);
                talk.opens();
            } else {
                let first = 9_001 + 1_000 + (turn - 1) * PART;
                talk.says(Side::Server, DATA, first, 1_001, &[7; PART as usize]);
            }
            talk.pcap()[24..].to_vec()
        },
        left: (LANES * 26) as usize,
        ready: header,
    };
    let (flows, seen) = wanted(source, |_, _| Some(true));
    assert_eq!((flows.len(), seen.connections), (100, 100));
    for flow in flows {
        assert_eq!(
            (flow.from_server.total, flow.from_server.gaps[0].length),
            (u64::from(25 * PART + 1000), 1000)
        );
    }
}
