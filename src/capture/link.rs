//! From the first header of a packet to IP: Ethernet with VLAN tags, Linux cooked, null and loop, raw IP (LINKTYPE registry).

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
    /// Something else, or too little of it.
    Other,
    /// A header that is not known here.
    Unsupported,
}

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
/// 802.1Q, 802.1ad and what came before it.
const TAGS: [u16; 4] = [0x8100, 0x88a8, 0x9100, 0x9200];
const MOST_TAGS: usize = 3;
/// `AF_INET`, and `AF_INET6` of Linux, Windows, NetBSD, FreeBSD and macOS.
const FAMILIES: [u32; 6] = [2, 10, 23, 24, 28, 30];

/// Looks past the header of this LINKTYPE.
pub(super) fn payload(link: u32, bytes: &[u8]) -> Link<'_> {
    let frame = match link {
        0 | 108 => loopback(bytes),
        1 => ethernet(bytes),
        12 | 14 | 101 | 228 | 229 => Some(Frame { mac: None, ip: bytes }),
        113 => cooked(bytes),
        276 => cooked_2(bytes),
        _ => return Link::Unsupported,
    };
    let frame = frame.filter(|frame| matches!(frame.ip.first().map(|first| first >> 4), Some(4 | 6)));
    frame.map_or(Link::Other, Link::Ip)
}

/// A family in the byte order of the machine that captured, or of the network.
fn loopback(bytes: &[u8]) -> Option<Frame<'_>> {
    let (family, ip) = bytes.split_first_chunk()?;
    let known = [u32::from_be_bytes(*family), u32::from_le_bytes(*family)];
    known.iter().any(|family| FAMILIES.contains(family)).then_some(Frame { mac: None, ip })
}

fn ethernet(bytes: &[u8]) -> Option<Frame<'_>> {
    let (_destination, bytes) = bytes.split_first_chunk::<6>()?;
    let (source, bytes) = bytes.split_first_chunk()?;
    let (kind, bytes) = bytes.split_first_chunk()?;
    Some(Frame { mac: Some(*source), ip: tagged(u16::from_be_bytes(*kind), bytes)? })
}

/// Packet type, ARPHRD, length and bytes of the address, protocol.
fn cooked(bytes: &[u8]) -> Option<Frame<'_>> {
    let (header, bytes) = bytes.split_first_chunk::<16>()?;
    let ip = tagged(u16::from_be_bytes([header[14], header[15]]), bytes)?;
    Some(Frame { mac: address(u16::from_be_bytes([header[4], header[5]]), &header[6..]), ip })
}

/// Protocol, reserved, interface, ARPHRD, packet type, length and bytes of the address.
fn cooked_2(bytes: &[u8]) -> Option<Frame<'_>> {
    let (header, bytes) = bytes.split_first_chunk::<20>()?;
    let ip = tagged(u16::from_be_bytes([header[0], header[1]]), bytes)?;
    Some(Frame { mac: address(header[11].into(), &header[12..]), ip })
}

fn address(length: u16, bytes: &[u8]) -> Option<[u8; 6]> {
    let address = bytes.first_chunk().filter(|_| length == 6)?;
    Some(*address)
}

/// Looks past VLAN tags to IP.
fn tagged(mut kind: u16, mut bytes: &[u8]) -> Option<&[u8]> {
    for _ in 0..MOST_TAGS {
        if !TAGS.contains(&kind) {
            break;
        }
        let (tag, rest) = bytes.split_first_chunk::<4>()?;
        (kind, bytes) = (u16::from_be_bytes([tag[2], tag[3]]), rest);
    }
    matches!(kind, IPV4 | IPV6).then_some(bytes)
}
