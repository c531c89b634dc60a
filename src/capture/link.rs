//! From the first header of a packet to IP: Ethernet, Linux cooked, null and loop, raw IP (LINKTYPE registry), and what may be between:
//! tags of switches, MPLS (RFC 3032) and PPPoE (RFC 2516).

use super::unread::Unread;

/// An IP packet in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// The Ethernet address that it came from.
    pub mac: Option<[u8; 6]>,
    /// From the IP header on, with whatever pads the frame.
    pub ip: &'a [u8],
}

/// What is in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link<'a> {
    /// IP.
    Ip(Frame<'a>),
    /// Another protocol.
    Unread(Unread),
    /// Too little to tell, or what no connection is in.
    Other,
    /// A header that is not known here.
    Unsupported,
}

/// Transparent Ethernet bridging: a whole frame inside (RFC 1701).
const BRIDGED: u16 = 0x6558;
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const MPLS: [u16; 2] = [0x8847, 0x8848];
const PPPOE_SESSION: u16 = 0x8864;
/// IP in PPP (RFC 1332, RFC 5072).
const PPP_IPV4: [u8; 2] = [0x00, 0x21];
const PPP_IPV6: [u8; 2] = [0x00, 0x57];
/// What switches add, and how many bytes from there to the next EtherType and past it: 802.1Q, 802.1ad and what came before it, VN-Tag,
/// 802.1BR, Cisco MetaData.
const TAGS: [(u16, usize); 7] =
    [(0x8100, 4), (0x88a8, 4), (0x9100, 4), (0x9200, 4), (0x8926, 6), (0x893f, 8), (0x8909, 8)];
/// How many headers there may be between Ethernet and IP, every label of MPLS counted.
const MOST: usize = 16;
/// Below it is a length of 802.3.
const LEAST_TYPE: u16 = 0x0600;
/// `AF_INET`, and `AF_INET6` of Linux, Windows, NetBSD, FreeBSD and macOS.
const FAMILIES: [u32; 6] = [2, 10, 23, 24, 28, 30];

/// Looks past the header of this LINKTYPE.
pub(super) fn payload(link: u32, bytes: &[u8]) -> Link<'_> {
    let found = match link {
        0 | 108 => loopback(bytes),
        1 => return ethernet(bytes),
        12 | 14 | 101 | 228 | 229 => Some(ip(bytes, None)),
        113 => cooked(bytes),
        276 => cooked_2(bytes),
        _ => return Link::Unsupported,
    };
    found.unwrap_or(Link::Other)
}

/// A family in the byte order of the machine that captured, or of the network.
fn loopback(bytes: &[u8]) -> Option<Link<'_>> {
    let (family, bytes) = bytes.split_first_chunk()?;
    let known = [u32::from_be_bytes(*family), u32::from_le_bytes(*family)];
    known.iter().any(|family| FAMILIES.contains(family)).then(|| ip(bytes, None))
}

/// A frame of Ethernet.
pub(super) fn ethernet(bytes: &[u8]) -> Link<'_> {
    framed(bytes, MOST).unwrap_or(Link::Other)
}

fn framed(bytes: &[u8], most: usize) -> Option<Link<'_>> {
    let (_destination, bytes) = bytes.split_first_chunk::<6>()?;
    let (source, bytes) = bytes.split_first_chunk()?;
    let (kind, bytes) = bytes.split_first_chunk()?;
    past(u16::from_be_bytes(*kind), bytes, Some(*source), most)
}

/// Packet type, ARPHRD, length and bytes of the address, protocol.
fn cooked(bytes: &[u8]) -> Option<Link<'_>> {
    let (header, bytes) = bytes.split_first_chunk::<16>()?;
    let mac = address(u16::from_be_bytes([header[4], header[5]]), &header[6..]);
    past(u16::from_be_bytes([header[14], header[15]]), bytes, mac, MOST)
}

/// Protocol, reserved, interface, ARPHRD, packet type, length and bytes of the address.
fn cooked_2(bytes: &[u8]) -> Option<Link<'_>> {
    let (header, bytes) = bytes.split_first_chunk::<20>()?;
    past(u16::from_be_bytes([header[0], header[1]]), bytes, address(header[11].into(), &header[12..]), MOST)
}

fn address(length: u16, bytes: &[u8]) -> Option<[u8; 6]> {
    let address = bytes.first_chunk().filter(|_| length == 6)?;
    Some(*address)
}

/// What follows an EtherType that was met without a frame of its own.
pub(super) fn typed(kind: u16, bytes: &[u8], mac: Option<[u8; 6]>) -> Link<'_> {
    past(kind, bytes, mac, MOST).unwrap_or(Link::Other)
}

/// Looks past what is between an EtherType and IP; none if it is cut.
fn past(mut kind: u16, mut bytes: &[u8], mac: Option<[u8; 6]>, most: usize) -> Option<Link<'_>> {
    for left in (0..most).rev() {
        if let Some((_, length)) = TAGS.iter().find(|(tag, _)| *tag == kind) {
            let (tag, rest) = bytes.split_at_checked(*length)?;
            (kind, bytes) = (u16::from_be_bytes([tag[length - 2], tag[length - 1]]), rest);
            continue;
        }
        return match kind {
            IPV4 | IPV6 => Some(ip(bytes, mac)),
            BRIDGED => framed(bytes, left),
            PPPOE_SESSION => pppoe(bytes, mac),
            kind if MPLS.contains(&kind) => mpls(bytes, mac, left),
            kind if kind < LEAST_TYPE => Some(Link::Other),
            kind => Some(Link::Unread(Unread::EtherType(kind))),
        };
    }
    None
}

fn ip(bytes: &[u8], mac: Option<[u8; 6]>) -> Link<'_> {
    match bytes.first().map(|first| first >> 4) {
        Some(4 | 6) => Link::Ip(Frame { mac, ip: bytes }),
        _ => Link::Other,
    }
}

/// Version and type, code, session and length, then PPP.
fn pppoe(bytes: &[u8], mac: Option<[u8; 6]>) -> Option<Link<'_>> {
    let (_, bytes) = bytes.split_first_chunk::<6>()?;
    let (protocol, bytes) = bytes.split_first_chunk()?;
    Some(if [PPP_IPV4, PPP_IPV6].contains(protocol) { ip(bytes, mac) } else { Link::Other })
}

/// Labels, the last of which is marked. What follows it is told by its first half byte: IP, or the control word of a pseudowire
/// (RFC 4385), which carries Ethernet.
fn mpls(mut bytes: &[u8], mac: Option<[u8; 6]>, most: usize) -> Option<Link<'_>> {
    for left in (0..most).rev() {
        let (label, rest) = bytes.split_first_chunk::<4>()?;
        bytes = rest;
        if label[2] & 1 == 1 {
            return match bytes.first()? >> 4 {
                0 => framed(bytes.get(4..)?, left),
                _ => Some(ip(bytes, mac)),
            };
        }
    }
    None
}
