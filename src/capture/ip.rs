//! IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers, also of packets that were cut or that a network card will split.

use std::net::IpAddr;

use etherparse::{IpNumber, Ipv6ExtensionSlice, LaxIpSlice};

/// What a packet carries, or a part of that.
#[derive(Clone, Debug)]
pub(super) struct Ip<'a> {
    /// Who sent it.
    pub source: IpAddr,
    /// To whom.
    pub destination: IpAddr,
    /// Time to live, or the hop limit.
    pub ttl: u8,
    /// The identification of IPv4.
    pub id: Option<u16>,
    /// What the payload is.
    pub protocol: IpNumber,
    /// The payload, as much as was captured.
    pub payload: &'a [u8],
    /// How long the payload was on the wire.
    pub length: usize,
    /// Which part of the payload this is; none if it is all.
    pub fragment: Option<Fragment>,
}

/// Where a part belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragment {
    /// What the parts of one packet share.
    pub id: u32,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// Whether others follow.
    pub more: bool,
}

/// Reads the headers of an IP packet, `missing` bytes of whose frame were not captured; none if they are cut or wrong.
pub(super) fn read(bytes: &[u8], missing: usize) -> Option<Ip<'_>> {
    // A mistake in an extension header ends the reading there, and then the payload is not TCP.
    let (slice, _stopped) = LaxIpSlice::from_slice(bytes).ok()?;
    let payload = slice.payload();
    let before = payload.payload.as_ptr() as usize - bytes.as_ptr() as usize;
    // Offloaded packets carry the length 0.
    let claimed = match &slice {
        LaxIpSlice::Ipv4(ip) => usize::from(ip.header().total_len()),
        LaxIpSlice::Ipv6(ip) => match usize::from(ip.header().payload_length()) {
            0 => 0,
            length => length + ip.header().slice().len(),
        },
    };
    let total = if claimed < before { bytes.len() + missing } else { claimed };
    Some(Ip {
        source: slice.source_addr(),
        destination: slice.destination_addr(),
        ttl: match &slice {
            LaxIpSlice::Ipv4(ip) => ip.header().ttl(),
            LaxIpSlice::Ipv6(ip) => ip.header().hop_limit(),
        },
        id: slice.ipv4().map(|ip| ip.header().identification()),
        protocol: payload.ip_number,
        payload: payload.payload,
        length: total - before,
        fragment: payload.fragmented.then(|| fragment(&slice)).flatten(),
    })
}

fn fragment(slice: &LaxIpSlice<'_>) -> Option<Fragment> {
    match slice {
        LaxIpSlice::Ipv4(ip) => {
            let header = ip.header();
            Some(Fragment {
                id: header.identification().into(),
                offset: usize::from(header.fragments_offset().value()) * 8,
                more: header.more_fragments(),
            })
        }
        LaxIpSlice::Ipv6(ip) => ip.extensions().clone().into_iter().find_map(|extension| match extension {
            Ipv6ExtensionSlice::Fragment(header) => Some(Fragment {
                id: header.identification(),
                offset: usize::from(header.fragment_offset().value()) * 8,
                more: header.more_fragments(),
            }),
            _ => None,
        }),
    }
}
