//! ICMP errors about a connection, from whoever sends them.

use etherparse::{IpHeaders, Ipv4Header, ip_number};
use rdptrace::internal::flow::{Icmp, Side};

use super::{
    flow,
    talk::{DATA, SYN, Talk},
};

/// An error of a router, which quotes the last packet as far as the ports and a little more.
pub(crate) fn error(talk: &mut Talk, kind: u8, code: u8, number: u32) {
    let quoted = talk.last()[14..14 + 28].to_vec();
    let payload = [&[kind, code, 0, 0], &number.to_be_bytes()[..], &quoted].concat();
    let length = payload.len() as u16;
    let header =
        Ipv4Header::new(length, 64, ip_number::ICMP, [198, 51, 100, 1], [192, 0, 2, 1]).expect("a header");
    let mut frame = talk.last()[..14].to_vec();
    IpHeaders::Ipv4(header, Default::default()).write(&mut frame).expect("memory");
    frame.extend(payload);
    talk.frames.push((talk.at, frame));
}

#[test]
fn errors_are_told_with_their_sender_and_mtu() {
    let mut talk = Talk::default();
    talk.sends(Side::Client, SYN, b"");
    error(&mut talk, 3, 13, 0);
    error(&mut talk, 11, 0, 0);
    let from = "198.51.100.1".parse().expect("an address");
    let icmp = |kind, code, mtu| Icmp { from, kind, code, mtu, at: talk.at };
    assert_eq!(flow(&talk.pcap()).icmp, [icmp(3, 13, None)]);
    // The second one quotes the first, which is no TCP.
    talk.sends(Side::Client, DATA, &[0; 1460]);
    error(&mut talk, 3, 4, 1400);
    let icmp = flow(&talk.pcap()).icmp;
    assert_eq!((icmp.len(), icmp[1].mtu), (2, Some(1400)));
}

#[test]
fn answers_to_pings_are_no_errors() {
    let mut talk = Talk::default();
    talk.sends(Side::Client, SYN, b"");
    error(&mut talk, 0, 0, 0);
    assert!(flow(&talk.pcap()).icmp.is_empty());
}
