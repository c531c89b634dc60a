//! The headers in front of TCP: links, VLAN tags, IPv6 with extensions, fragments, offloaded and padded packets.

use etherparse::{IpFragOffset, Ipv4Header, Ipv6RawExtHeader, PacketBuilder, ip_number};
use rdptrace::internal::flow::{Flow, Side};

use super::{
    flow, flows, read,
    talk::{DATA, Frame, MILLISECOND, START, Talk, pcap},
};

/// Bytes of Ethernet in front of IP.
const ETHERNET: usize = 14;

fn talk() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    talk
}

/// The conversation with another header in front of IP.
fn with(link: u32, header: impl Fn(&[u8]) -> Vec<u8>) -> Flow {
    let frames: Vec<Frame> = talk()
        .frames
        .into_iter()
        .map(|(at, frame)| (at, [header(&frame), frame[ETHERNET..].to_vec()].concat()))
        .collect();
    flow(&pcap(link, &frames))
}

fn assert_told(flow: &Flow) {
    assert_eq!(flow.from_client.bytes, b"request");
    assert_eq!(flow.from_server.bytes, b"answer");
    assert_eq!(
        (flow.client.to_string(), flow.server.to_string()),
        ("192.0.2.1:50000".into(), "192.0.2.2:3389".into())
    );
}

#[test]
fn every_link_is_looked_past() {
    let client = Some([2, 0, 0, 0, 0, 1]);
    let cooked = |frame: &[u8]| [&[0, 0, 0, 1, 0, 6], &frame[6..12], &[0, 0, 8, 0]].concat();
    let cooked_2 = |frame: &[u8]| [&[8, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 6], &frame[6..12], &[0, 0]].concat();
    for (link, header, mac) in [
        (1, (|frame: &[u8]| frame[..ETHERNET].to_vec()) as fn(&[u8]) -> Vec<u8>, client),
        (113, cooked, client),
        (276, cooked_2, client),
        (0, |_| vec![2, 0, 0, 0], None),
        (0, |_| vec![0, 0, 0, 2], None),
        (108, |_| vec![0, 0, 0, 2], None),
        (12, |_| Vec::new(), None),
        (14, |_| Vec::new(), None),
        (101, |_| Vec::new(), None),
        (228, |_| Vec::new(), None),
    ] {
        let flow = with(link, header);
        assert_told(&flow);
        assert_eq!(flow.from_client.packets.mac, mac, "{link}");
    }
}

#[test]
fn three_vlan_tags_are_looked_past() {
    let tagged = |tags: &'static [u8]| move |frame: &[u8]| [&frame[..12], tags, &[8, 0]].concat();
    assert_told(&with(1, tagged(&[0x81, 0, 0, 7])));
    assert_told(&with(1, tagged(&[0x88, 0xa8, 0, 7, 0x81, 0, 0, 8])));
    assert_told(&with(1, tagged(&[0x91, 0, 0, 7, 0x92, 0, 0, 8, 0x81, 0, 0, 9])));
}

#[test]
fn what_pads_a_short_frame_is_no_payload() {
    let mut talk = talk();
    for (_, frame) in &mut talk.frames {
        // The shortest frame, and a frame check sequence.
        frame.resize(frame.len().max(60) + 4, 0xee);
    }
    assert_told(&flow(&talk.pcap()));
}

/// The same segments over IPv6, with these headers in front of TCP.
fn over_ipv6(extension: Option<Ipv6RawExtHeader>) -> Vec<u8> {
    let (client, server) = ([0x20; 16], [0x21; 16]);
    let mut frames = Vec::new();
    let mut say = |by: Side, syn: bool, sequence: u32, ack: Option<u32>, payload: &[u8]| {
        let (from, to) = if by == Side::Client { (client, server) } else { (server, client) };
        let ports = if by == Side::Client { (50_000, 3389) } else { (3389, 50_000) };
        let headers =
            etherparse::Ipv6Extensions { destination_options: extension.clone(), ..Default::default() };
        let ip =
            etherparse::Ipv6Header { source: from, destination: to, hop_limit: 61, ..Default::default() };
        let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ip(etherparse::IpHeaders::Ipv6(ip, headers));
        let builder = builder.tcp(ports.0, ports.1, sequence, 1000);
        let builder = if syn { builder.syn() } else { builder };
        let builder = if let Some(ack) = ack { builder.ack(ack) } else { builder };
        let mut frame = Vec::new();
        builder.write(&mut frame, payload).expect("a packet");
        frames.push((START + frames.len() as i64 * MILLISECOND, frame));
    };
    say(Side::Client, true, 0, None, b"");
    say(Side::Server, true, 0, Some(1), b"");
    say(Side::Client, false, 1, Some(1), b"request");
    say(Side::Server, false, 1, Some(8), b"answer");
    pcap(1, &frames)
}

#[test]
fn ipv6_may_have_extension_headers() {
    let options = Ipv6RawExtHeader::new_raw(ip_number::TCP, &[1, 4, 0, 0, 0, 0]).expect("a header");
    for extension in [None, Some(options)] {
        let flow = flow(&over_ipv6(extension));
        assert_eq!(flow.from_client.bytes, b"request");
        assert_eq!(flow.from_server.bytes, b"answer");
        assert_eq!(flow.server.to_string(), "[2121:2121:2121:2121:2121:2121:2121:2121]:3389");
        assert_eq!((flow.from_server.packets.ttl, flow.from_server.packets.ip_id), (Some(61), None));
    }
}

#[test]
fn offloaded_packets_have_no_length_or_sixty_kilobytes() {
    let long: Vec<u8> = (0..60_000_u32).map(|index| index as u8).collect();
    let mut talk = talk();
    talk.sends(Side::Server, DATA, &long);
    talk.sends(Side::Server, DATA, &long);
    let frame = talk.last();
    frame[16..18].fill(0);
    // Longer than IPv4 can say.
    let longer = [&long[..], &long[..10_000]].concat();
    talk.sends(Side::Server, DATA, b"");
    talk.last()[16..18].fill(0);
    talk.last().extend(&longer);
    let flow = flow(&talk.pcap());
    assert_eq!(flow.from_server.total, 6 + 60_000 + 60_000 + 70_000);
    assert_eq!(flow.from_server.bytes[6 + 120_000..], longer);
    assert_eq!(flow.from_server.packets.longest, 70_000);
}

/// Splits the IP packet of a frame into fragments of so many bytes.
fn fragments(frame: &[u8], size: usize) -> Vec<Vec<u8>> {
    let (header, _) = Ipv4Header::from_slice(&frame[ETHERNET..]).expect("a header");
    let payload = &frame[ETHERNET + 20..];
    let parts = payload.chunks(size).enumerate().map(|(index, part)| {
        let mut header = header.clone();
        header.total_len = (20 + part.len()) as u16;
        header.fragment_offset = IpFragOffset::try_new((index * size / 8) as u16).expect("an offset");
        header.more_fragments = (index + 1) * size < payload.len();
        [&frame[..ETHERNET], &header.to_bytes(), part].concat()
    });
    parts.collect()
}

#[test]
fn fragments_are_put_together_in_any_order() {
    let mut talk = Talk::open();
    let long: Vec<u8> = (0..4000_u32).map(|index| (index * 7) as u8).collect();
    talk.sends(Side::Client, DATA, &long);
    let (at, frame) = talk.frames.pop().expect("a packet");
    let mut parts: Vec<Frame> = fragments(&frame, 1480).into_iter().map(|part| (at, part)).collect();
    parts.reverse();
    // One comes twice.
    parts.insert(1, parts[0].clone());
    let (all, missing) = ([&talk.frames[..], &parts].concat(), [&talk.frames[..], &parts[..3]].concat());
    let flow = flow(&pcap(1, &all));
    assert_eq!(flow.from_client.bytes, long);
    assert_eq!(flow.from_client.marks[0].packet, 7);

    let (flows, seen, _) = read(&pcap(1, &missing)[..]);
    assert_eq!((flows[0].from_client.total, seen.incomplete), (0, 1));
}

#[test]
fn a_flood_of_fragments_is_forgotten() {
    let mut talk = Talk::open();
    let mut frames = talk.frames.clone();
    for _ in 0..10_000 {
        talk.sends(Side::Client, DATA, &[0; 3000]);
        let (at, frame) = talk.frames.pop().expect("a packet");
        frames.push((at, fragments(&frame, 1480).swap_remove(0)));
    }
    let (_, seen, result) = read(&pcap(1, &frames)[..]);
    result.expect("a capture");
    assert_eq!((seen.incomplete, seen.segments), (10_000, 3));
}

#[test]
fn other_protocols_are_passed_over() {
    let mut talk = talk();
    let mut frame = Vec::new();
    let udp =
        PacketBuilder::ethernet2([1; 6], [2; 6]).ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64).udp(50_000, 3389);
    udp.write(&mut frame, b"datagram").expect("a packet");
    talk.frames.insert(4, (talk.at, frame));
    talk.frames.insert(4, (talk.at, [&[0xff; 12][..], &[8, 6], &[0; 46]].concat()));
    talk.frames.insert(4, (talk.at, Vec::new()));
    assert_told(&flows(&talk.pcap())[0]);
}
