//! Packets inside packets, as mirror ports, clouds and providers deliver them, and what is told of those that are not read.

use etherparse::PacketBuilder;
use rdptrace::internal::flow::{Flow, Side};

use super::{
    Chance, flow, read,
    talk::{Frame, Talk, pcap},
};

/// Bytes of Ethernet in front of IP.
const ETHERNET: usize = 14;
/// The addresses of an outer frame.
const OUTER: [u8; 12] = [6, 0, 0, 0, 0, 1, 6, 0, 0, 0, 0, 2];

fn talk() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    talk
}

/// The conversation with every frame in this.
fn inside(carrier: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let frames: Vec<Frame> = talk().frames.into_iter().map(|(at, frame)| (at, carrier(&frame))).collect();
    pcap(1, &frames)
}

fn assert_told(flow: &Flow, what: &str) {
    assert_eq!(flow.from_client.bytes, b"request", "{what}");
    assert_eq!(flow.from_server.bytes, b"answer", "{what}");
    assert_eq!(flow.server.to_string(), "192.0.2.2:3389", "{what}");
}

/// A frame with this EtherType and header in front of these bytes.
fn framed(kind: u16, header: &[u8], rest: &[u8]) -> Vec<u8> {
    [&OUTER[..], &kind.to_be_bytes(), header, rest].concat()
}

/// The same in an IP packet of this protocol.
fn carried(protocol: u8, header: &[u8], rest: &[u8]) -> Vec<u8> {
    let payload = [header, rest].concat();
    let ip =
        etherparse::Ipv4Header::new(payload.len() as u16, 64, protocol.into(), [10, 0, 0, 1], [10, 0, 0, 2]);
    framed(0x0800, &ip.expect("it fits").to_bytes(), &payload)
}

/// The same in a datagram to this port.
fn sent_to(port: u16, header: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64);
    builder.udp(50_123, port).write(&mut frame, &[header, rest].concat()).expect("a packet");
    frame
}

/// What carries frames, by its name.
type Carrier = (&'static str, fn(&[u8]) -> Vec<u8>);

const VXLAN: &[u8] = &[8, 0, 0, 0, 0, 0, 7, 0];

const CARRIERS: &[Carrier] = &[
    ("PPPoE", |frame| framed(0x8864, &[0x11, 0, 0, 9, 0, 42, 0, 0x21], &frame[ETHERNET..])),
    ("MPLS", |frame| framed(0x8847, &[0, 1, 0x10, 64, 0, 2, 0x11, 64], &frame[ETHERNET..])),
    ("a pseudowire", |frame| framed(0x8847, &[0, 1, 0x11, 64, 0, 0, 0, 0], frame)),
    ("PPPoE in a VLAN", |frame| {
        framed(0x8100, &[0, 7, 0x88, 0x64, 0x11, 0, 0, 9, 0, 42, 0, 0x21], &frame[ETHERNET..])
    }),
    ("VN-Tag", |frame| framed(0x8926, &[0x80, 1, 0, 2, 8, 0], &frame[ETHERNET..])),
    ("802.1BR", |frame| framed(0x893f, &[0, 0, 0, 1, 0, 0, 8, 0], &frame[ETHERNET..])),
    ("Cisco MetaData", |frame| framed(0x8909, &[1, 1, 0, 1, 0, 9, 8, 0], &frame[ETHERNET..])),
    ("GRE", |frame| carried(47, &[0, 0, 8, 0], &frame[ETHERNET..])),
    ("GRE with a key and a checksum", |frame| {
        carried(47, &[0xa0, 0, 0x65, 0x58, 0, 0, 0, 0, 0, 0, 0, 7], frame)
    }),
    ("ERSPAN I", |frame| carried(47, &[0, 0, 0x88, 0xbe], frame)),
    ("ERSPAN II", |frame| carried(47, &[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 7, 0, 1, 0, 0, 0, 0], frame)),
    ("ERSPAN III", |frame| {
        carried(47, &[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], frame)
    }),
    ("ERSPAN III with its platform's header", |frame| {
        let header =
            [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        carried(47, &header, frame)
    }),
    ("IP in IP", |frame| carried(4, &[], &frame[ETHERNET..])),
    ("Ethernet in IP", |frame| carried(97, &[0x30, 0], frame)),
    ("VXLAN", |frame| sent_to(4789, VXLAN, frame)),
    ("VXLAN in VXLAN", |frame| sent_to(4789, VXLAN, &sent_to(4789, VXLAN, frame))),
    ("GENEVE", |frame| sent_to(6081, &[1, 0, 0x65, 0x58, 0, 0, 7, 0, 0, 1, 0, 0], frame)),
    ("GENEVE without Ethernet", |frame| sent_to(6081, &[0, 0, 8, 0, 0, 0, 7, 0], &frame[ETHERNET..])),
    ("TZSP", |frame| sent_to(37008, &[1, 0, 0, 1, 10, 1, 0, 0, 1], frame)),
];

#[test]
fn every_carrier_is_looked_into() {
    for (name, carrier) in CARRIERS {
        let flow = flow(&inside(carrier));
        assert_told(&flow, name);
        let hosts = [flow.from_client.packets.mac, flow.from_server.packets.mac];
        assert!(hosts[0].is_some(), "{name}");
    }
}

/// What a switch mirrors in VXLAN is split on its way if it is long.
#[test]
fn a_carrier_in_fragments_is_put_together() {
    let split = |frame: &[u8]| -> Vec<Vec<u8>> {
        let carried = sent_to(4789, VXLAN, frame);
        let payload = &carried[ETHERNET + 20..];
        let part = |begin: usize, end: usize| {
            let mut header = etherparse::Ipv4Header::from_slice(&carried[ETHERNET..]).expect("a header").0;
            header.total_len = (20 + end - begin) as u16;
            header.identification = 77;
            header.fragment_offset =
                etherparse::IpFragOffset::try_new((begin / 8) as u16).expect("an offset");
            header.more_fragments = end < payload.len();
            [&carried[..ETHERNET], &header.to_bytes(), &payload[begin..end]].concat()
        };
        vec![part(0, 64), part(64, payload.len())]
    };
    let frames = talk().frames.into_iter();
    let frames: Vec<Frame> =
        frames.flat_map(|(at, frame)| split(&frame).into_iter().map(move |part| (at, part))).collect();
    assert_told(&flow(&pcap(1, &frames)), "VXLAN");
}

/// What a frame is put into.
type Wrap = fn(&[u8]) -> Vec<u8>;

#[test]
fn what_may_hide_a_connection_is_counted_by_its_name() {
    let cases: [(Wrap, &str); 6] = [
        (|frame| framed(0x88e5, &[0; 8], frame), "EtherType 0x88e5 (MACsec)"),
        (|frame| framed(0x1234, &[], frame), "EtherType 0x1234"),
        (|frame| carried(50, &[0; 8], frame), "IP protocol 50 (ESP of IPsec)"),
        (|frame| carried(47, &[0x30, 1, 0x88, 0x0b], frame), "EtherType 0x880b (PPP of PPTP)"),
        (|frame| sent_to(4500, &[0; 8], frame), "UDP port 4500 (IPsec)"),
        (|frame| sent_to(4789, VXLAN, &framed(0x88e5, &[], frame)), "EtherType 0x88e5 (MACsec)"),
    ];
    for (carrier, name) in cases {
        let (flows, seen, result) = read(&inside(carrier)[..]);
        result.expect("a capture");
        let told: Vec<_> = seen.unread.iter().map(|(what, count)| (what.to_string(), *count)).collect();
        assert_eq!((flows.len(), told), (0, vec![(name.to_owned(), talk().frames.len() as u64)]));
    }
    // ARP, and what a length stands for.
    for kind in [0x0806, 0x88cc, 38] {
        let (_, seen, _) = read(&inside(|frame| framed(kind, &[], frame))[..]);
        assert!(seen.unread.is_empty(), "{:?}", seen.unread);
    }
}

/// Who nests without an end, or cuts a header, costs no more than a few steps.
#[test]
fn nested_and_damaged_carriers_are_bounded() {
    let mut chance = Chance(7);
    let (_, frame) = talk().frames.remove(0);
    let mut nested = frame.clone();
    for _ in 0..40 {
        nested = sent_to(4789, VXLAN, &nested);
    }
    let tags = framed(0x8100, &[0, 7, 0x81, 0].repeat(500), &frame[ETHERNET..]);
    let labels = framed(0x8847, &[0, 1, 0x10, 64].repeat(500), &frame[ETHERNET..]);
    let mut frames: Vec<Frame> = [nested, tags, labels].into_iter().map(|frame| (0, frame)).collect();
    for (_, carrier) in CARRIERS {
        let whole = carrier(&frame);
        for length in 0..whole.len() {
            frames.push((0, whole[..length].to_vec()));
            let mut damaged = whole.clone();
            damaged[length] = chance.next() as u8;
            frames.push((0, damaged));
        }
    }
    let (_, seen, result) = read(&pcap(1, &frames)[..]);
    result.expect("a capture");
    assert_eq!(seen.packets, frames.len() as u64);
}
