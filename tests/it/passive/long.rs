//! The end of a session of which more crossed than is kept is told as that of a short one.

use rdptrace::{
    Report,
    internal::flow::{End, Flow, How, KeyLog, LAST_BYTES, MOST_BYTES, Mark, Stream, Vain},
    report::{FailureKind, FindingCode},
};
use ring::{
    aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, HKDF_SHA384, KeyType, Prk},
};

use super::{Recorded, captured, has, report};
use crate::capture::written;

/// A fast-path update that no client has to understand.
const UPDATE: &[u8] = &[0, 0x84, 0xb0];
const UPDATE_LENGTH: usize = 0x4b0;
/// So many of them are more than is kept.
const MANY: u64 = 400;

/// The records of one side of a session of TLS 1.3, as the side that has its secret sees them.
struct Sealer {
    key: LessSafeKey,
    iv: Vec<u8>,
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand(secret: &[u8], label: &str, length: usize) -> Vec<u8> {
    let hash = if secret.len() == 48 { HKDF_SHA384 } else { HKDF_SHA256 };
    let label = format!("tls13 {label}");
    let info = [&[0, length as u8, label.len() as u8][..], label.as_bytes(), &[0]].concat();
    let (prk, mut made) = (Prk::new_less_safe(hash, secret), vec![0; length]);
    prk.expand(&[&info], Length(length)).and_then(|key| key.fill(&mut made)).expect("a length");
    made
}

impl Sealer {
    fn of(secret: &[u8], algorithm: &'static Algorithm) -> Self {
        let key = UnboundKey::new(algorithm, &expand(secret, "key", algorithm.key_len())).expect("a key");
        Self { key: LessSafeKey::new(key), iv: expand(secret, "iv", 12) }
    }

    fn nonce(&self, sequence: u64) -> Nonce {
        let mut nonce: [u8; 12] = self.iv[..].try_into().expect("twelve bytes");
        nonce[4..].iter_mut().zip(sequence.to_be_bytes()).for_each(|(byte, count)| *byte ^= count);
        Nonce::assume_unique_for_key(nonce)
    }

    /// The content of a record with its type.
    fn open(&self, sequence: u64, record: &[u8]) -> Option<Vec<u8>> {
        let (header, body) = record.split_at(5);
        let mut body = body.to_vec();
        let opened = self.key.open_in_place(self.nonce(sequence), Aad::from(header), &mut body);
        opened.ok().map(|content| content.to_vec())
    }

    fn seal(&self, sequence: u64, content: &[u8]) -> Vec<u8> {
        let mut body = content.to_vec();
        let length = (content.len() + 16) as u16;
        let header = [&[23, 3, 3][..], &length.to_be_bytes()].concat();
        self.key
            .seal_in_place_append_tag(self.nonce(sequence), Aad::from(&header), &mut body)
            .expect("a record");
        [header, body].concat()
    }
}

/// Offsets of the records of the application, which come last.
fn records(bytes: &[u8]) -> Vec<usize> {
    let mut at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(&[22, 3])).expect("a handshake");
    let mut records = Vec::new();
    while at < bytes.len() {
        records.push(at);
        at += 5 + usize::from(u16::from_be_bytes([bytes[at + 3], bytes[at + 4]]));
    }
    records
}

/// What seals the records of the server, of which this one has this number.
fn sealer(recorded: &Recorded, record: &[u8]) -> (Sealer, u64) {
    let secrets = recorded.keys.secrets().filter(|(label, ..)| *label == "SERVER_TRAFFIC_SECRET_0");
    let algorithms = [&AES_128_GCM, &AES_256_GCM, &CHACHA20_POLY1305];
    let keys = secrets.flat_map(|(.., secret)| algorithms.map(|algorithm| Sealer::of(secret, algorithm)));
    let mut numbered = keys.filter_map(|key| {
        let sequence = (0..200).find(|sequence| key.open(*sequence, record).is_some())?;
        Some((key, sequence))
    });
    numbered.next().expect("its key")
}

/// A gateway's packet of this kind in a message of WebSocket.
fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() + 8) as u32;
    let packet = [&[kind, 0, 0, 0][..], &length.to_le_bytes(), body].concat();
    [&[0x82, 126][..], &(packet.len() as u16).to_be_bytes(), &packet].concat()
}

/// A session through a gateway, behind whose last data much was drawn until the gateway closed the channel.
pub(crate) fn closed_by_gateway(flow: &Flow, recorded: &Recorded, status: u32) -> Flow {
    let mut long = flow.clone();
    let records = records(&flow.from_server.bytes);
    let ends = records[1..].iter().copied().chain([flow.from_server.bytes.len()]);
    let pairs: Vec<_> = records.iter().copied().zip(ends).collect();
    let data = pairs.into_iter().rev().find_map(|(begin, end)| {
        let record = &flow.from_server.bytes[begin..end];
        // Data, and no answer to a goodbye.
        (record[0] == 23 && record.len() > 90).then_some((end, record))
    });
    let (end, record) = data.expect("data");
    let (key, sequence) = sealer(recorded, record);
    let last = flow.from_server.mark(end - 1).expect("a mark");
    let (client, server) = (&mut long.from_client, &mut long.from_server);
    (client.end, server.end) = (None, None);
    server.bytes.truncate(end);
    server.marks.retain(|mark| mark.offset < end);
    server.total = end as u64;
    let left = client.marks.iter().find(|mark| (mark.at, mark.packet) > (last.at, last.packet)).copied();
    client.bytes.truncate(left.map_or(client.bytes.len(), |mark| mark.offset));
    client.marks.retain(|mark| mark.offset < client.bytes.len());
    client.total = client.bytes.len() as u64;
    let size = UPDATE_LENGTH as u16;
    let drawn = [&size.to_le_bytes()[..], &[7; UPDATE_LENGTH]].concat();
    let content = [&framed(0x0A, &drawn)[..], &[23]].concat();
    for index in 1..=MANY {
        server.push(&key.seal(sequence + index, &content), last.at, last.packet);
    }
    let content = [&framed(0x10, &status.to_le_bytes())[..], &[23]].concat();
    server.push(&key.seal(sequence + MANY + 1, &content), last.at + 1, last.packet + 1);
    (long.last, long.watched) = (last.at + 1, last.at + 1);
    long
}

/// The same session, in which the server drew much before it said its last `last` records.
pub(super) fn lengthened(flow: &Flow, recorded: &Recorded, last: usize) -> Flow {
    with_farewell(flow, recorded, last, &|_| ())
}

/// The same, with other content in its last records.
fn with_farewell(flow: &Flow, recorded: &Recorded, last: usize, change: &dyn Fn(&mut Vec<u8>)) -> Flow {
    let bytes = &flow.from_server.bytes;
    let records = records(bytes);
    let farewell = records[records.len() - last];
    let end = records.get(records.len() - last + 1).copied().unwrap_or(bytes.len());
    let (key, sequence) = sealer(recorded, &bytes[farewell..end]);

    let mut long = flow.clone();
    let mut stream = Stream { end: flow.from_server.end, ..Stream::default() };
    stream.packets = flow.from_server.packets.clone();
    let mark = |offset| flow.from_server.mark(offset).expect("a mark");
    let mut push = |mark: Mark, bytes: &[u8]| stream.push(bytes, mark.at, mark.packet);
    push(mark(0), &bytes[..records[0]]);
    for pair in records.windows(2).filter(|pair| pair[1] <= farewell) {
        push(mark(pair[0]), &bytes[pair[0]..pair[1]]);
    }
    let before = Mark { at: mark(farewell).at - 1, ..mark(farewell) };
    let mut update = UPDATE.to_vec();
    update.resize(UPDATE_LENGTH, 7);
    update.push(23);
    for index in 0..MANY {
        push(before, &key.seal(sequence + index, &update));
    }
    let ends = records[1..].iter().copied().chain([bytes.len()]);
    let last = records.iter().zip(ends).filter(|(begin, _)| **begin >= farewell);
    for (index, (begin, end)) in last.enumerate() {
        let mut content = key.open(sequence + index as u64, &bytes[*begin..end]).expect("a record");
        change(&mut content);
        push(mark(*begin), &key.seal(sequence + MANY + index as u64, &content));
    }
    long.from_server = stream;
    assert!(long.from_server.total > (MOST_BYTES + LAST_BYTES) as u64);
    long
}

fn failure(report: &Report) -> Option<(FailureKind, Option<i64>)> {
    let session = report.trace.connections[0].session.as_ref()?;
    session.failure.as_ref().map(|failure| (failure.kind, failure.code))
}

/// Without the last record of the server, which says that TLS ends.
fn without_goodbye(mut flow: Flow) -> Flow {
    let stream = &mut flow.from_server;
    let bytes = stream.tail.as_mut().map_or(&mut stream.bytes, |tail| &mut tail.bytes);
    let alert = bytes.split_off(bytes.len() - 24);
    assert_eq!(alert[..5], [23, 3, 3, 0, 19]);
    stream.total -= 24;
    flow
}

#[tokio::test(start_paused = true)]
async fn what_the_server_says_last_is_told_however_much_it_drew() {
    let cases = [
        ("session-refused", 2, (FailureKind::ErrorInfo, Some(0xA))),
        ("session-ultimatum", 2, (FailureKind::Disconnect, Some(3))),
        ("session-closed", 1, (FailureKind::Closed, None)),
    ];
    for (name, last, expected) in cases {
        let (flow, recorded) = captured(name).await;
        let long = lengthened(&flow, &recorded, last);
        for (flow, what) in [(flow, "short"), (long, "long")] {
            let told = report(flow, &recorded);
            assert_eq!(failure(&told), Some(expected), "{name}, {what}");
            assert!(has(&told, FindingCode::SessionEnded), "{name}, {what}");
        }
    }
}

/// The number of records that were left out is written with what is kept, so that the keys open what follows.
#[tokio::test(start_paused = true)]
async fn a_long_session_is_read_from_a_capture_of_this_program_as_it_was_traced() {
    for (name, last) in [("session-refused", 2), ("session-ultimatum", 2), ("session-closed", 1)] {
        let (flow, recorded) = captured(name).await;
        let long = lengthened(&flow, &recorded, last);
        let read = crate::capture::flow(&written(std::slice::from_ref(&long)));
        let (traced, read) = (report(long, &recorded), report(read, &recorded));
        assert_eq!(failure(&read), failure(&traced), "{name}");
        let codes =
            |report: &Report| report.findings.iter().map(|finding| finding.code.clone()).collect::<Vec<_>>();
        assert_eq!(codes(&read), codes(&traced), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_session_that_is_cut_off_has_ended() {
    let (flow, recorded) = captured("session-closed").await;
    let mut long = without_goodbye(lengthened(&flow, &recorded, 1));
    let last = long.from_server.last().expect("a mark");
    long.from_server.end = Some(End { how: How::Rst, at: last.at, packet: last.packet });
    let told = report(long.clone(), &recorded);
    assert_eq!(failure(&told), Some((FailureKind::Reset, None)));

    // Silence is an end only if somebody asks and is not answered.
    (long.from_server.end, long.from_client.end) = (None, None);
    assert_eq!(failure(&report(long.clone(), &recorded)), None);
    let mut asked = Vain::once(0, long.last, 900);
    (1..9).for_each(|times| asked.again(long.last + times * 1_000_000_000, 900 + times as u64));
    long.from_client.packets.keep_alives = Some(asked);
    let told = report(long, &recorded);
    assert_eq!(failure(&told), Some((FailureKind::Timeout, None)));
    assert!(has(&told, FindingCode::PacketsNeverArrive));
}

#[tokio::test(start_paused = true)]
async fn a_long_session_is_left_open_if_its_end_cannot_be_opened() {
    let (flow, recorded) = captured("session-closed").await;
    let mut long = lengthened(&flow, &recorded, 1);
    // Bytes are missing, and with them the number of the records that follow.
    long.from_server.tail.as_mut().expect("a tail").record = None;
    assert_eq!(failure(&report(long, &recorded)), None);
}

#[tokio::test(start_paused = true)]
async fn without_keys_all_records_of_a_long_session_count_and_its_end_is_told() {
    let (flow, mut recorded) = captured("session-closed").await;
    let long = lengthened(&flow, &recorded, 1);
    recorded.keys = KeyLog::default();
    let mut lost = long.clone();
    lost.from_server.tail.as_mut().expect("a tail").record = None;
    let inferred = |flow: &Flow| {
        let told = report(flow.clone(), &recorded);
        let credssp =
            told.trace.connections[0].phases.credssp.as_ref().and_then(|phase| phase.inferred.clone());
        credssp.expect("what sizes and times say")
    };
    let count = |told: &str| {
        let (before, _) = told.split_once(" records from the server").expect("the server's");
        before.rsplit(' ').next().and_then(|count| count.parse::<u64>().ok()).expect("a number")
    };
    let (short, long, lost) = (inferred(&flow), inferred(&long), inferred(&lost));
    assert_eq!(count(&long), count(&short) + MANY, "{long}");
    assert!(lost.contains("more than") && count(&lost) < count(&long), "{lost}");
    let end = |told: &str| told.split_once("; ").map(|(_, end)| end.to_owned()).expect("an end");
    assert_eq!((end(&long), end(&lost)), (end(&short), end(&short)));
}

/// Who has worked in a session ends it so; a server that refuses somebody right after the activation says the same.
#[tokio::test(start_paused = true)]
async fn a_user_who_leaves_a_long_session_is_no_fault() {
    let (flow, recorded) = captured("session-refused").await;
    for (code, is_fault) in [(0x0A, true), (0x0B, false), (0x0C, false)] {
        let set = |content: &mut Vec<u8>| {
            if let Some(place) = content.windows(4).rposition(|part| part == [0x0A, 0, 0, 0]) {
                content[place] = code;
            }
        };
        let told = report(with_farewell(&flow, &recorded, 2, &set), &recorded);
        assert_eq!(has(&told, FindingCode::SessionEnded), is_fault, "{code}");
        let session = told.trace.connections[0].session.as_ref().expect("a session");
        assert_eq!((session.failure.is_some(), session.stopped.is_some()), (is_fault, !is_fault), "{code}");
    }
}
