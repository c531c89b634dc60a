//! What packets of TCP show beside their bytes.

use std::net::IpAddr;

use super::At;

/// How a connection was opened (RFC 9293 section 3.5).
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// When the first SYN came; none if the connection was open already.
    pub syn: Option<At>,
    /// How often it was sent again.
    pub syn_retries: u32,
    /// When the SYN and ACK of the server came.
    pub syn_ack: Option<At>,
    /// When the client's ACK of it came.
    pub ack: Option<At>,
}

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With a FIN.
    Fin,
    /// With a RST.
    Rst,
}

/// The end of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// With which flag.
    pub how: How,
    /// When.
    pub at: At,
    /// In which packet; 0 if nothing counts packets.
    pub packet: u64,
}

/// The first RST of a direction, and what tells whether its host sent it.
#[derive(Clone, Debug, Default)]
pub struct Reset {
    /// Time to live, or the hop limit.
    pub ttl: u8,
    /// The Ethernet address that it came from.
    pub mac: Option<[u8; 6]>,
    /// The identification of IPv4 (RFC 791).
    pub ip_id: Option<u16>,
    /// Its sequence number less the one that was due next; 0 for one that fits.
    pub off_sequence: i64,
    /// Whether more data of this direction, or another RST, came after it with another TTL.
    pub followed: bool,
}

/// What one end sent, and the other never confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vain {
    /// How many bytes.
    pub bytes: u64,
    /// How often they are in the record; 0 if they are not.
    pub times: u32,
    /// When that began, and in which packet: the first of those times, or the first packet that shows that they are missing.
    pub first: (At, u64),
    /// When it was seen last, and in which packet.
    pub last: (At, u64),
    /// Whether the other end said later that it lacks them.
    pub denied: bool,
}

/// So often something is sent in vain before it is lost, and not late.
const LOST_TIMES: u32 = 3;
/// And for so long.
pub(crate) const LOST_AFTER: At = 1_000_000_000;

impl Vain {
    /// The first time.
    pub fn once(bytes: u64, at: At, packet: u64) -> Self {
        Self { bytes, times: 1, first: (at, packet), last: (at, packet), denied: false }
    }

    /// Once more.
    pub fn again(&mut self, at: At, packet: u64) {
        self.times = self.times.saturating_add(1);
        self.last = (at, packet);
    }

    /// Counts one more of what has no bytes of its own.
    pub fn count(known: &mut Option<Self>, at: At, packet: u64) {
        match known {
            Some(known) => known.again(at, packet),
            None => *known = Some(Self::once(0, at, packet)),
        }
    }

    /// Whether it is lost, and not late.
    pub fn is_lost(&self) -> bool {
        let lasted = self.last.0.saturating_sub(self.first.0) >= LOST_AFTER;
        lasted && (self.times == 0 || self.times >= LOST_TIMES)
    }
}

/// What the packets of one direction show.
#[derive(Clone, Debug, Default)]
pub struct Packets {
    /// How many came.
    pub count: u64,
    /// How many of them were RST.
    pub resets: u64,
    /// How many carried bytes that had come before.
    pub retransmissions: u32,
    /// How many of those the other side acknowledged only then.
    pub mended: u32,
    /// How many of those the other side had acknowledged before: this end has not heard of it.
    pub repeated: u32,
    /// How many carried a copy of a packet with the same identification, as a mirror port makes them.
    pub duplicates: u32,
    /// The usual time to live, or hop limit: that of most packets with data, else of the SYN.
    pub ttl: Option<u8>,
    /// Whether packets with data came with other ones too.
    pub ttl_varies: bool,
    /// The usual Ethernet address they came from.
    pub mac: Option<[u8; 6]>,
    /// The identification of IPv4 that came last before a RST.
    pub ip_id: Option<u16>,
    /// The maximum segment size that the SYN names.
    pub mss: Option<u16>,
    /// The longest segment that was seen, in bytes of TCP payload.
    pub longest: u32,
    /// The longest one that the other side acknowledged.
    pub longest_acknowledged: u32,
    /// Bytes that the other side never acknowledged.
    pub unacknowledged: u64,
    /// The length of the first segment that was never acknowledged, and how often it was sent; none if all were, or if the other end
    /// answered it with a RST.
    pub lost: Option<(u32, u32)>,
    /// The same segment, if it was sent so often that it is lost, and the other end had room for it.
    pub in_vain: Option<Vain>,
    /// Bytes that are not in the record because they never reached the other end, which says so. The stream ends before them.
    pub never_arrived: Option<Vain>,
    /// Bytes that are not in the record, and nothing says whether they reached the other end.
    pub unsettled: u64,
    /// Keep-alives since the other end sent its last packet.
    pub keep_alives: Option<Vain>,
    /// How often the window that this end announced was zero.
    pub closed_windows: u32,
    /// The shortest time between a segment of this end and its acknowledgement, in milliseconds.
    pub round_trip_ms: Option<f64>,
    /// The first RST.
    pub reset: Option<Reset>,
}

/// An ICMP error about a connection, or about a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icmp {
    /// Who sent it.
    pub from: IpAddr,
    /// Its type.
    pub kind: u8,
    /// Its code.
    pub code: u8,
    /// The MTU of a message that a packet was too large (RFC 1191, RFC 4443); none of any other.
    pub mtu: Option<u32>,
    /// When it came.
    pub at: At,
}
