//! What is written as a capture is read again as the same connection.

use rdptrace::internal::{
    capture::{Capture, Found, Writer},
    flow::{End, Flow, How, KeyLog, LAST_BYTES, MOST_BYTES, Reset, Side, Stream},
};

use super::{
    streams::Chance,
    talk::{MILLISECOND, START},
};

pub(crate) fn written(flows: &[Flow]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file).expect("memory");
    flows.iter().try_for_each(|flow| writer.flow(flow)).expect("memory");
    file
}

fn flow(client: &str, server: &str) -> Flow {
    let address = |text: &str| text.parse().expect("an address");
    Flow::new(address(client), address(server), START)
}

/// A stream of these parts, each a while after the one before.
fn stream(parts: &[Vec<u8>], first: i64, end: How) -> Stream {
    let mut stream = Stream::default();
    let mut at = START + first * MILLISECOND;
    for part in parts {
        stream.push(part, at, 0);
        at += 2 * MILLISECOND;
    }
    stream.end = Some(End { how: end, at: START + 1000 * MILLISECOND + first, packet: 0 });
    stream
}

fn times(stream: &Stream) -> Vec<(usize, i64)> {
    // Long parts are several segments, all of one time.
    let mut times: Vec<_> = stream.marks.iter().map(|mark| (mark.offset, mark.at)).collect();
    times.dedup_by_key(|(_, at)| *at);
    times
}

#[test]
fn what_a_connection_is_for_is_read_again() {
    let noted = |note: Option<&str>| {
        let mut flow = flow("192.0.2.1:50000", "192.0.2.2:3389");
        flow.sends(Side::Client, START + MILLISECOND, 0, b"GET / HTTP/1.1\r\n\r\n");
        flow.note = note.map(Into::into);
        super::flow(&written(&[flow])).note
    };
    for note in ["experiment:no-sni", "experiment:next-address-12", "x"] {
        assert_eq!(noted(Some(note)).as_deref(), Some(note));
    }
    assert_eq!(noted(None), None);
    // What this program has not written is not kept.
    assert_eq!(noted(Some(&"long".repeat(100))), None);
}

#[test]
fn a_connection_is_read_as_it_was_written() {
    let mut chance = Chance(7);
    for (client, server) in [
        ("192.0.2.1:50000", "192.0.2.2:3389"),
        ("[2001:db8::1]:50000", "[2001:db8::2]:443"),
        ("[::ffff:192.0.2.1]:50000", "192.0.2.2:3389"),
    ] {
        for end in [How::Fin, How::Rst] {
            let mut parts = || {
                (0..10)
                    .map(|_| {
                        let length = 1 + chance.below(5000);
                        chance.bytes(length)
                    })
                    .collect::<Vec<_>>()
            };
            let mut written_flow = flow(client, server);
            written_flow.from_client = stream(&parts(), 2, end);
            written_flow.from_server = stream(&parts(), 3, How::Fin);
            let read = super::flow(&written(std::slice::from_ref(&written_flow)));
            assert_eq!(read.server.ip(), written_flow.server.ip());
            assert_eq!((read.began, read.cut), (START, false));
            for side in [Side::Client, Side::Server] {
                let (read, written) = (read.stream(side), written_flow.stream(side));
                assert!(read.bytes == written.bytes && read.gaps.is_empty());
                assert_eq!(times(read), times(written));
                assert_eq!(read.end.map(|end| (end.how, end.at)), written.end.map(|end| (end.how, end.at)));
                assert_eq!((read.packets.retransmissions, read.packets.unacknowledged), (0, 0));
            }
        }
    }
}

#[test]
fn gaps_stay_gaps() {
    let mut written_flow = flow("192.0.2.1:50000", "192.0.2.2:3389");
    written_flow.from_server.push(b"first", START, 0);
    written_flow.from_server.miss(1000);
    written_flow.from_server.push(b"second", START + MILLISECOND, 0);
    written_flow.from_client.push(b"request", START + 2 * MILLISECOND, 0);
    let read = super::flow(&written(&[written_flow.clone()]));
    assert_eq!(read.from_server.bytes, written_flow.from_server.bytes);
    assert_eq!(read.from_server.gaps, written_flow.from_server.gaps);
}

/// What was left out is this program's choice, and no loss of the capture.
#[test]
fn of_a_long_direction_the_last_bytes_are_written_too() {
    for length in [1, LAST_BYTES, 10 * LAST_BYTES, 11 * LAST_BYTES + 17] {
        let mut written_flow = flow("192.0.2.1:50000", "192.0.2.2:3389");
        written_flow.from_client.push(b"request", START, 0);
        let stream = &mut written_flow.from_server;
        for (index, part) in Chance(9).bytes(MOST_BYTES + length).chunks(9000).enumerate() {
            stream.push(part, START + index as i64 * MILLISECOND, 0);
        }
        stream.end = Some(End { how: How::Fin, at: START + 9000 * MILLISECOND, packet: 0 });
        let read = super::flow(&written(std::slice::from_ref(&written_flow)));
        let (read, written) = (&read.from_server, &written_flow.from_server);
        assert!(read.bytes == written.bytes && read.gaps.is_empty(), "{length}");
        assert_eq!((read.total, read.kept() > MOST_BYTES as u64), (written.total, true), "{length}");
        let last = |stream: &Stream| {
            let tail = stream.tail.as_ref().expect("the last bytes");
            tail.bytes[tail.bytes.len() - length.min(LAST_BYTES)..].to_vec()
        };
        assert!(last(read) == last(written), "{length}");
        assert_eq!(read.last().map(|mark| mark.at), written.last().map(|mark| mark.at), "{length}");
    }
}

#[test]
fn refused_and_unanswered_connections_are_openings_only() {
    let mut refused = flow("192.0.2.1:50000", "192.0.2.2:3389");
    refused.from_server.end = Some(End { how: How::Rst, at: START + MILLISECOND, packet: 0 });
    let unanswered = flow("192.0.2.1:50001", "192.0.2.2:3389");
    let flows = super::flows(&written(&[refused, unanswered]));
    let read = |port| flows.iter().find(|flow| flow.client.port() == port).expect("a connection");
    assert_eq!(read(50_000).from_server.end.expect("an end").how, How::Rst);
    assert!(matches!(read(50_000).from_server.packets.reset, Some(Reset { off_sequence: 0, .. })));
    assert_eq!((read(50_001).from_server.packets.count, read(50_001).from_client.packets.count), (0, 1));
}

#[test]
fn secrets_are_written_with_the_connection() {
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file).expect("memory");
    let log = format!("CLIENT_RANDOM {} {}\n", "ab".repeat(32), "cd".repeat(48));
    writer.secrets(log.as_bytes()).expect("memory");
    writer.flow(&flow("192.0.2.1:50000", "192.0.2.2:3389")).expect("memory");
    let mut known = false;
    let mut out = |found: Found<'_>, keys: &KeyLog| {
        known |= matches!(found, Found::Flow(_)) && keys.of(&[0xab; 32]).is_some();
    };
    let mut capture = Capture::new(|_, _| None, KeyLog::default());
    capture.read(&file[..], &mut out).expect("a capture");
    capture.end(&mut out);
    assert!(known);
}
