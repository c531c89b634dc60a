//! RDP-UDP beside connections over TCP, and alone.

use etherparse::{IpHeaders, Ipv4Header, PacketBuilder, ip_number};
use rdptrace::{
    Report,
    internal::{
        flow::{At, Datagram, Side},
        passive::Attempts,
        pdu::rdpudp::{self, SYNLOSSY, Setup},
    },
    report::{FindingCode, Status, UdpOutcome},
};

use super::talk::{MILLISECOND, SECOND, START, Talk};
use crate::program::{file, rdptrace, text};

/// A Connection Request that asks for TLS, and the answer that NLA is required (MS-RDPBCGR 2.2.1.2.2).
const REQUEST: &str = "030000130ee000000000000100080001000000";
const REFUSED: &str = "030000130ed000001234000300080005000000";
const NUMBER: u32 = 0x0B12_7F15;
const PORT: u16 = 61_291;

/// A client's ClientHello in a record, behind the headers of RDP-UDP.
fn hello(record: &[u8]) -> Vec<u8> {
    [&[0; 20], record, &[0; 100]].concat()
}

const TLS: [u8; 6] = [22, 3, 3, 0, 0xB2, 1];
const DTLS: [u8; 14] = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xB2, 1];

/// A datagram between the two hosts of a talk, after this time.
fn datagram(talk: &mut Talk, by: Side, after: At, payload: &[u8]) {
    let (from, to) = (talk.host(by).clone(), talk.host(by.other()).clone());
    let ports = if by == Side::Client { (PORT, 3389) } else { (3389, PORT) };
    let header = Ipv4Header::new(0, from.ttl, ip_number::UDP, from.address, to.address).expect("a header");
    let builder = PacketBuilder::ethernet2(from.mac, to.mac)
        .ip(IpHeaders::Ipv4(header, Default::default()))
        .udp(ports.0, ports.1);
    let mut frame = Vec::new();
    builder.write(&mut frame, payload).expect("a packet");
    talk.at += after;
    talk.frames.push((talk.at, frame));
}

/// An error of a router about the last packet.
fn undelivered(talk: &mut Talk) {
    let quoted = talk.last()[14..14 + 28].to_vec();
    let payload = [&[3, 13, 0, 0, 0, 0, 0, 0], &quoted[..]].concat();
    let header =
        Ipv4Header::new(payload.len() as u16, 64, ip_number::ICMP, [198, 51, 100, 1], [192, 0, 2, 1]);
    let mut frame = talk.last()[..14].to_vec();
    IpHeaders::Ipv4(header.expect("a header"), Default::default()).write(&mut frame).expect("memory");
    frame.extend(payload);
    talk.frames.push((talk.at, frame));
}

fn syn() -> Vec<u8> {
    rdpudp::syn(NUMBER, &rdpudp::correlation_id([7; 16]))
}

/// What a server answers to it.
fn answer() -> Vec<u8> {
    Setup::parse(&syn()).expect("a SYN").answer(0x0F94_EA0B)
}

/// A connection over TCP that the server refuses.
fn refused() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, &hex::decode(REQUEST).expect("hexadecimal"));
    talk.tells(Side::Server, &hex::decode(REFUSED).expect("hexadecimal"));
    talk
}

/// What the program says of a talk, as reports.
fn reports(name: &str, talk: &Talk) -> Vec<Report> {
    let path = file(name);
    std::fs::write(&path, talk.pcap()).expect("a file");
    let output = rdptrace(&["read", path.to_str().expect("UTF-8"), "--format", "ndjson"]);
    let lines = text(&output.stdout);
    lines.lines().map(|line| serde_json::from_str(line).expect("a report")).collect()
}

fn has(report: &Report, code: FindingCode) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

#[test]
fn what_answers_is_told_beside_the_connection_that_it_belongs_to() {
    for (name, record) in [("tls", &TLS[..]), ("dtls", &DTLS[..])] {
        let mut talk = refused();
        let mut asks = syn();
        if name == "dtls" {
            let flags = Setup::parse(&asks).expect("a SYN").flags | SYNLOSSY;
            asks[6..8].copy_from_slice(&flags.to_be_bytes());
        }
        datagram(&mut talk, Side::Client, SECOND, &asks);
        datagram(&mut talk, Side::Server, 3 * MILLISECOND, &answer());
        datagram(&mut talk, Side::Client, MILLISECOND, &hello(record));
        talk.closes(Side::Client);
        let told = reports(&format!("udp-{name}.pcap"), &talk);
        assert_eq!(told.len(), 1);
        let udp = told[0].trace.udp.as_ref().expect("UDP");
        assert_eq!((udp.outcome, udp.version, udp.tries), (UdpOutcome::Reachable, Some(2), 1));
        assert_eq!(udp.round_trip_ms.map(|time| time.0), Some(3.0));
        let watched = udp.watched.as_ref().expect("what the client offered");
        assert_eq!((watched.inside.as_deref(), watched.lossy), (Some(name), name == "dtls"));
        assert_eq!((watched.offered_version, watched.cookie_hash), (2, false));
        assert!(has(&told[0], FindingCode::UdpReachable));
    }
}

/// mstsc goes on over TCP, so UDP that fails is evidence and no failure.
#[test]
fn what_fails_changes_nothing_of_the_verdict() {
    let mut alone = refused();
    alone.closes(Side::Client);
    let (mut silent, mut rejected) = (refused(), refused());
    for after in [SECOND, 3_400 * MILLISECOND, 2_700 * MILLISECOND] {
        datagram(&mut silent, Side::Client, after, &syn());
        // A mirror port makes two of one packet.
        datagram(&mut silent, Side::Client, 0, &syn());
    }
    silent.closes(Side::Client);
    datagram(&mut rejected, Side::Client, SECOND, &syn());
    undelivered(&mut rejected);
    rejected.closes(Side::Client);
    let without = reports("udp-none.pcap", &alone).remove(0);
    assert!(without.trace.udp.is_none());
    for (name, talk, outcome, tries) in [
        ("udp-silent.pcap", silent, UdpOutcome::Inconclusive, 3),
        ("udp-rejected.pcap", rejected, UdpOutcome::Closed, 1),
    ] {
        let with = reports(name, &talk).remove(0);
        let udp = with.trace.udp.as_ref().expect("UDP");
        assert_eq!((udp.outcome, udp.tries), (outcome, tries), "{name}");
        assert!(udp.why.is_some());
        let failure = |report: &Report| report.verdict.failure.as_ref().and_then(|failure| failure.code);
        assert_eq!((with.verdict.outcome, failure(&with)), (without.verdict.outcome, Some(5)), "{name}");
        let causes =
            |report: &Report| report.causes.iter().map(|cause| cause.code.to_string()).collect::<Vec<_>>();
        assert_eq!(causes(&with), causes(&without), "{name}");
    }
    let rejected = reports("udp-rejected.pcap", &{
        let mut talk = refused();
        datagram(&mut talk, Side::Client, SECOND, &syn());
        undelivered(&mut talk);
        talk
    });
    let why = rejected[0].trace.udp.as_ref().and_then(|udp| udp.why.clone()).expect("who said so");
    assert!(why.contains("198.51.100.1") && why.contains("type 3, code 13"), "{why}");
}

#[test]
fn without_a_connection_of_its_hosts_it_is_a_conversation_of_its_own() {
    let mut alone = Talk::default();
    datagram(&mut alone, Side::Client, SECOND, &syn());
    let told = reports("udp-alone.pcap", &alone);
    assert_eq!(told.len(), 1);
    let connect = told[0].trace.connections[0].phases.connect.as_ref().expect("its place");
    assert_eq!(connect.status, Status::Unseen);
    assert!(told[0].causes.is_empty(), "{:?}", told[0].causes);
    assert_eq!(told[0].trace.udp.as_ref().map(|udp| udp.outcome), Some(UdpOutcome::Inconclusive));

    // Another client's, beside a connection.
    let mut beside = refused();
    beside.closes(Side::Client);
    beside.client.address = [192, 0, 2, 99];
    datagram(&mut beside, Side::Client, 0, &syn());
    let told = reports("udp-other.pcap", &beside);
    let with_udp = |told: &[Report]| told.iter().filter(|told| told.trace.udp.is_some()).count();
    assert_eq!((told.len(), with_udp(&told)), (2, 1));
    let path = file("udp-other.pcap");
    let table = rdptrace(&["read", path.to_str().expect("a name")]);
    let table = text(&table.stdout);
    assert!(table.contains("connect: RDP-UDP is in the capture"), "{table}");
    assert!(!table.contains("passed"), "nothing has passed: {table}");
}

#[test]
fn other_datagrams_are_none() {
    let mut talk = Talk::default();
    let answered = answer();
    let short = &syn()[..200];
    let mut strange = syn();
    strange[7] |= 0x02;
    let quic = [&[0xC3, 0, 0, 0, 1][..], &[7; 1195]].concat();
    for payload in [&answered[..], short, &strange, &quic, &TLS, &[], &[0xFF; 1232]] {
        datagram(&mut talk, Side::Client, SECOND, payload);
    }
    assert!(reports("udp-others.pcap", &talk).is_empty());
}

/// A datagram of a client, or of the server, without a capture around it.
fn seen(client: u32, by: Side, at: At, payload: &[u8]) -> Datagram<'_> {
    let client = ((0x0A00_0000 + client).to_be_bytes(), PORT).into();
    let server = ([192, 0, 2, 2], 3389).into();
    let (source, destination) = if by == Side::Client { (client, server) } else { (server, client) };
    Datagram { at, packet: 1, source, destination, payload, missing: 0 }
}

/// A capture may claim any times, in any order.
#[test]
fn no_times_are_too_far_apart() {
    let (syn, answer) = (syn(), answer());
    for (first, then) in [(At::MIN, At::MAX), (At::MAX, At::MIN)] {
        let mut attempts = Attempts::default();
        attempts.datagram(&seen(1, Side::Client, first, &syn));
        attempts.datagram(&seen(1, Side::Client, then, &syn));
        attempts.datagram(&seen(1, Side::Server, first, &answer));
        assert!(attempts.finish().is_empty());
        let told: Vec<_> = attempts.alone().collect();
        let udp = told[0].udp.as_ref().expect("UDP");
        assert_eq!((told.len(), udp.outcome), (1, UdpOutcome::Reachable));
        assert!(udp.round_trip_ms.is_some_and(|time| time.0 >= 0.0));
    }
}

/// Only the third version has one, and none is 32 zeros.
#[test]
fn the_hash_of_a_cookie_is_told() {
    for (version, hash, has_hash) in [(0x0101, 0xC0, true), (0x0101, 0, false), (2, 0xC0, false)] {
        let mut syn = syn();
        // Behind the header, the SYN data and the correlation id: flags, version, hash (MS-RDPEUDP 2.2.2.9).
        let synex = 16 + 32;
        syn[synex + 2..synex + 4].copy_from_slice(&u16::to_be_bytes(version));
        syn[synex + 4..synex + 36].fill(hash);
        let mut attempts = Attempts::default();
        attempts.datagram(&seen(1, Side::Client, START, &syn));
        let told: Vec<_> = attempts.alone().collect();
        let watched = told[0].udp.as_ref().and_then(|udp| udp.watched.as_ref()).expect("UDP");
        assert_eq!((watched.offered_version, watched.cookie_hash), (version, has_hash));
    }
}

/// Of many the last are known, and no more is held.
#[test]
fn many_clients_do_not_fill_the_memory() {
    let (mut attempts, payload) = (Attempts::default(), syn());
    for number in 0..40_000_u32 {
        attempts.datagram(&seen(number, Side::Client, START + At::from(number), &payload));
    }
    assert!(attempts.finish().is_empty());
    assert_eq!(attempts.alone().count(), 16_384);
}
