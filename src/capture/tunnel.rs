//! Packets inside packets, as mirror ports, clouds and tunnels carry them: GRE with ERSPAN (RFC 2784, RFC 2890, draft-foschiano-erspan),
//! VXLAN (RFC 7348), GENEVE (RFC 8926), TZSP, IP in IP (RFC 2003, RFC 4213) and Ethernet in IP (RFC 3378).

use etherparse::{IpNumber, ip_number};

use super::{
    ip::Ip,
    link::{self, Frame, Link},
    unread::Unread,
};

/// How many packets may be inside one another.
pub(super) const MOST: usize = 4;

const ETHERNET_IN_IP: IpNumber = IpNumber(97);
/// ERSPAN of the first two types, and of the third.
const ERSPAN: u16 = 0x88be;
const ERSPAN_3: u16 = 0x22eb;
/// The flags of GRE that add four bytes each; the old one for a route adds what nobody sends, and a version what is no GRE.
const CHECKSUM: u16 = 0x8000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
const OTHER_GRE: u16 = 0x4007;

/// What an IP packet carries if that is another packet; none if it is not, or is cut.
pub(super) fn inside<'a>(ip: &Ip<'a>) -> Option<Link<'a>> {
    let bytes = ip.payload;
    match ip.protocol {
        ip_number::GRE => gre(bytes),
        ip_number::IPV4 | ip_number::IPV6 => Some(Link::Ip(Frame { mac: None, ip: bytes })),
        ETHERNET_IN_IP => Some(link::ethernet(bytes.get(2..)?)),
        ip_number::UDP => udp(bytes),
        ip_number::TCP | ip_number::ICMP | ip_number::IPV6_ICMP => None,
        IpNumber(number) => Some(Link::Unread(Unread::Protocol(number))),
    }
}

fn gre(bytes: &[u8]) -> Option<Link<'_>> {
    let (header, bytes) = bytes.split_first_chunk::<4>()?;
    let (flags, kind) =
        (u16::from_be_bytes([header[0], header[1]]), u16::from_be_bytes([header[2], header[3]]));
    if flags & OTHER_GRE != 0 {
        return Some(Link::Unread(Unread::EtherType(kind)));
    }
    let added = [CHECKSUM, KEY, SEQUENCE].iter().filter(|flag| flags & **flag != 0).count() * 4;
    let bytes = bytes.get(added..)?;
    Some(match kind {
        // Without a sequence number it is the first type, which has no header.
        ERSPAN if flags & SEQUENCE == 0 => link::ethernet(bytes),
        ERSPAN => link::ethernet(bytes.get(8..)?),
        ERSPAN_3 => {
            let header = bytes.first_chunk::<12>()?;
            let optional = if header[11] & 1 == 1 { 8 } else { 0 };
            link::ethernet(bytes.get(12 + optional..)?)
        }
        kind => link::typed(kind, bytes, None),
    })
}

/// The ports are asked for, and then whether the header is one: anything may come from a port.
fn udp(bytes: &[u8]) -> Option<Link<'_>> {
    let (header, bytes) = bytes.split_first_chunk::<8>()?;
    let [from, to] = [[header[0], header[1]], [header[2], header[3]]].map(u16::from_be_bytes);
    let found = match to {
        4789 | 8472 => vxlan(bytes),
        6081 => geneve(bytes),
        37008 => tzsp(bytes),
        _ => None,
    };
    let carrier = || [to, from].into_iter().map(Unread::Port).find(|port| port.hides());
    found.or_else(|| carrier().map(Link::Unread))
}

/// Flags, reserved, the network's number, reserved.
fn vxlan(bytes: &[u8]) -> Option<Link<'_>> {
    const HAS_NUMBER: u8 = 0x08;
    let (header, bytes) = bytes.split_first_chunk::<8>()?;
    (header[0] & HAS_NUMBER != 0 && header[7] == 0).then(|| link::ethernet(bytes))
}

/// Version and length of the options, flags, EtherType, the network's number, reserved.
fn geneve(bytes: &[u8]) -> Option<Link<'_>> {
    let (header, bytes) = bytes.split_first_chunk::<8>()?;
    let (version, options) = (header[0] >> 6, usize::from(header[0] & 0x3f) * 4);
    let kind = u16::from_be_bytes([header[2], header[3]]);
    let bytes = bytes.get(options..)?;
    (version == 0 && header[7] == 0).then(|| link::typed(kind, bytes, None))
}

/// Version, type, what is inside, and tags up to the one that ends them.
fn tzsp(bytes: &[u8]) -> Option<Link<'_>> {
    const RECEIVED: [u8; 4] = [1, 0, 0, 1];
    const PADDING: u8 = 0;
    const END: u8 = 1;
    let mut bytes = bytes.strip_prefix(&RECEIVED)?;
    loop {
        match *bytes {
            [PADDING, ref rest @ ..] => bytes = rest,
            [END, ref rest @ ..] => return Some(link::ethernet(rest)),
            [_, length, ref rest @ ..] => bytes = rest.get(usize::from(length)..)?,
            _ => return None,
        }
    }
}
