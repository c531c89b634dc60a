//! What is not wanted costs little, and nothing that a capture holds costs more than its bound.

use std::{io::Read, net::IpAddr};

use rdptrace::internal::{
    capture::{Capture, Found, Seen, Wanted},
    flow::{Flow, KeyLog, MOST_BYTES, Side},
};

use super::{
    flow,
    talk::{DATA, SYN, Talk},
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
            talk.says(Side::Client, DATA, next, ack, &[0x16; 2000]);
            talk.pcap()[24..].to_vec()
        },
        left: 101_000,
        ready: header,
    };
    let mut flows = 0;
    let mut capture = Capture::new(|_, _| None, KeyLog::default());
    let mut out = |found: Found<'_>, _: &KeyLog| {
        let Found::Flow(flow) = found else { return };
        let total = if flow.client.ip() == IpAddr::from(BUSY) { 40_000 } else { 2000 };
        assert_eq!((flow.from_client.total, flow.cut), (total, true));
        flows += 1;
    };
    capture.read(source, &mut out).expect("a capture");
    let (seen, _) = capture.end(&mut out);
    assert_eq!((flows, seen.connections), (101_001, 101_001));
}
