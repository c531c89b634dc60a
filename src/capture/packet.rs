//! What an IP packet carries: a TCP segment (RFC 9293), a UDP datagram, or an ICMP error about either.

use std::net::{IpAddr, SocketAddr};

use etherparse::{TcpOptionElement, TcpOptionsIterator, ip_number};

use super::{
    ip::{self, Ip},
    item::Note,
};
use crate::flow::{At, Datagram, Icmp};

/// Where a packet was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Met<'a> {
    /// When.
    pub at: At,
    /// Its number, from 1.
    pub packet: u64,
    /// The Ethernet address that it came from.
    pub mac: Option<[u8; 6]>,
    /// What was noted.
    pub note: Option<Note<'a>>,
}

/// What a packet carries.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// A part of a TCP connection.
    Tcp(Segment<'a>),
    /// A UDP datagram.
    Udp(Datagram<'a>),
    /// An error about a TCP connection, from one address to another.
    Icmp(SocketAddr, SocketAddr, Icmp),
    /// The same about a UDP datagram.
    Undelivered(SocketAddr, SocketAddr, Icmp),
    /// Nothing that matters here.
    Other,
    /// Too little of a TCP segment to know where it belongs.
    Cut,
}

/// A TCP segment.
#[derive(Clone, Debug)]
pub(super) struct Segment<'a> {
    /// Where it was met.
    pub met: Met<'a>,
    /// Who sent it.
    pub source: SocketAddr,
    /// To whom.
    pub destination: SocketAddr,
    /// Time to live, or the hop limit.
    pub ttl: u8,
    /// The identification of IPv4.
    pub ip_id: Option<u16>,
    /// The sequence number.
    pub sequence: u32,
    /// The acknowledgement number, if there is one.
    pub ack: Option<u32>,
    /// SYN.
    pub syn: bool,
    /// FIN.
    pub fin: bool,
    /// RST.
    pub rst: bool,
    /// The window, not scaled.
    pub window: u16,
    /// The maximum segment size that a SYN names.
    pub mss: Option<u16>,
    /// The end of bytes that the sender has beyond what it acknowledges (RFC 2018).
    pub sack: Option<u32>,
    /// The payload, as much as was captured.
    pub payload: &'a [u8],
    /// How many bytes of the payload were not captured.
    pub missing: u32,
}

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// Reads the payload of a whole IP packet.
pub(super) fn content<'a>(ip: &Ip<'a>, met: Met<'a>) -> Content<'a> {
    match ip.protocol {
        ip_number::TCP => segment(ip, met).map_or(Content::Cut, Content::Tcp),
        ip_number::UDP => datagram(ip, met).map_or(Content::Other, Content::Udp),
        ip_number::ICMP | ip_number::IPV6_ICMP => error(ip, met).unwrap_or(Content::Other),
        _ => Content::Other,
    }
}

/// Only the fixed header has to be there: options may be cut.
fn segment<'a>(ip: &Ip<'a>, met: Met<'a>) -> Option<Segment<'a>> {
    let header = ip.payload.first_chunk::<20>()?;
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let length = usize::from(header[12] >> 4) * 4;
    let flags = header[13];
    if length < header.len() || length > ip.length {
        return None;
    }
    let options = ip.payload.get(20..length).unwrap_or(&ip.payload[20..]);
    let payload = ip.payload.get(length..).unwrap_or_default();
    let (source, destination) = ports(ip, ip.payload)?;
    let syn = flags & SYN != 0;
    let ack = (flags & ACK != 0).then(|| number(8));
    Some(Segment {
        met,
        source,
        destination,
        ttl: ip.ttl,
        ip_id: ip.id,
        sequence: number(4),
        ack,
        syn,
        fin: flags & FIN != 0,
        rst: flags & RST != 0,
        window: u16::from_be_bytes([header[14], header[15]]),
        mss: syn.then(|| mss(options)).flatten(),
        sack: ack.and_then(|ack| sack(options, ack)),
        payload,
        missing: u32::try_from(ip.length - length - payload.len()).ok()?,
    })
}

fn mss(options: &[u8]) -> Option<u16> {
    TcpOptionsIterator::from_slice(options).map_while(Result::ok).find_map(|option| match option {
        TcpOptionElement::MaximumSegmentSize(size) => Some(size),
        _ => None,
    })
}

/// A block that ends before the acknowledgement tells of a duplicate (RFC 2883).
fn sack(options: &[u8], ack: u32) -> Option<u32> {
    let mut options = TcpOptionsIterator::from_slice(options).map_while(Result::ok);
    let blocks = options.find_map(|option| match option {
        TcpOptionElement::SelectiveAcknowledgement(first, more) => Some((first, more)),
        _ => None,
    });
    let (first, more) = blocks?;
    let ends = [Some(first)].into_iter().chain(more).flatten().map(|(_, end)| end);
    ends.max_by_key(|end| end.wrapping_sub(ack).cast_signed())
        .filter(|end| end.wrapping_sub(ack).cast_signed() > 0)
}

fn datagram<'a>(ip: &Ip<'a>, met: Met<'_>) -> Option<Datagram<'a>> {
    let header = ip.payload.first_chunk::<8>()?;
    let (source, destination) = ports(ip, ip.payload)?;
    let claimed = usize::from(u16::from_be_bytes([header[4], header[5]]));
    let length = if claimed < header.len() { ip.length } else { claimed.min(ip.length) };
    let payload = &ip.payload[header.len()..length.min(ip.payload.len())];
    let missing = length - header.len() - payload.len();
    Some(Datagram { at: met.at, packet: met.packet, source, destination, payload, missing })
}

/// An error quotes the packet that it is about (RFC 792, RFC 4443), at least as far as the ports.
fn error<'a>(ip: &Ip<'a>, met: Met<'_>) -> Option<Content<'a>> {
    let (header, quoted) = ip.payload.split_first_chunk::<8>()?;
    let [kind, code, ..] = *header;
    let number = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    let mtu = match (ip.source, kind, code) {
        // Routers from before RFC 1191 leave the MTU out.
        (IpAddr::V4(_), 3, 4) => Some(number & 0xffff).filter(|mtu| *mtu != 0),
        (IpAddr::V6(_), 2, _) => Some(number),
        (IpAddr::V4(_), 3 | 4 | 5 | 11 | 12, _) | (IpAddr::V6(_), 1 | 3 | 4, _) => None,
        _ => return None,
    };
    let about = ip::read(quoted, 0)?;
    let (source, destination) = ports(&about, about.payload)?;
    let icmp = Icmp { from: ip.source, kind, code, mtu, at: met.at };
    match about.protocol {
        ip_number::TCP => Some(Content::Icmp(source, destination, icmp)),
        ip_number::UDP => Some(Content::Undelivered(source, destination, icmp)),
        _ => None,
    }
}

/// The addresses of an IP packet with the ports that its payload begins with.
fn ports(ip: &Ip<'_>, payload: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let [a, b, c, d] = *payload.first_chunk()?;
    let source = SocketAddr::new(ip.source, u16::from_be_bytes([a, b]));
    Some((source, SocketAddr::new(ip.destination, u16::from_be_bytes([c, d]))))
}
