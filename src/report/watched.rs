//! What only somebody sees who watches a connection from outside: a capture or a relay.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Connection, IcmpError, Millis, Named, Status, Tcp, named::names};
use crate::codes::Phase;

names! {
    /// Who ended a connection.
    EndSide, b'_':
    /// Who opened it.
    Client,
    /// Who was asked.
    Server,
    /// Neither: somebody between them, in the name of one.
    Path,
    /// It is not known.
    Unknown,
}

names! {
    /// How a connection was ended.
    EndHow, b'_':
    /// With a FIN.
    Fin,
    /// With a RST.
    Rst,
    /// Nobody ended it; one side stopped answering, or the record stops.
    Silence,
}

/// Who ended a connection first, and what shows that it was them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EndedBy {
    /// `client`, `server`, `path` or `unknown`.
    #[schemars(with = "String")]
    pub side: Named<EndSide>,
    /// `fin`, `rst` or `silence`.
    #[schemars(with = "String")]
    pub how: Named<EndHow>,
    /// When, since the connection began.
    pub at_ms: Millis,
    /// The packet that ended it, counted from 1; null if nobody counted packets.
    pub packet: Option<u64>,
    /// How many bytes that side had sent before.
    pub after_bytes: u64,
    /// Time to live, or hop limit, of the packet that ended it.
    pub ttl: Option<u8>,
    /// That of the other packets of that side.
    pub usual_ttl: Option<u8>,
    /// The Ethernet address that the packet came from.
    pub mac: Option<String>,
    /// That of the other packets of that side.
    pub usual_mac: Option<String>,
    /// What says that the packet did not come from that side's host, one sentence each.
    pub against: Vec<String>,
}

/// What was watched of one connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct Watched {
    /// The first packet, counted from 1; null if nobody counted packets.
    pub packet: Option<u64>,
    /// What the client sent.
    pub client: WatchedSide,
    /// What the server sent.
    pub server: WatchedSide,
    /// ICMP errors about it, the first 16.
    pub icmp: Vec<WatchedIcmp>,
    /// What this program's own system counted of the connection with the client, if it was a relay's.
    pub client_tcp: Option<Tcp>,
    /// Whether the beginning of the connection is missing.
    pub begins_late: bool,
    /// Whether the record stops while the connection goes on.
    pub cut: bool,
    /// Whether TLS was opened with keys, or Standard RDP Security; null if there is no TLS, and the latter was not opened.
    pub opened: Option<bool>,
    /// Bytes that were not looked at, because what they carry comes after the activation.
    pub passed_over: u64,
}

impl Connection {
    /// Whether it was open before the record, which shows nothing of what it came to.
    pub(super) fn is_of_before(&self) -> bool {
        let late = self.watched.as_ref().is_some_and(|watched| watched.begins_late);
        let last = self.phases.summaries().pop();
        late && last.is_some_and(|last| last.status == Status::Unseen && last.phase <= Phase::Tls)
    }
}

/// What one side sent and the other never confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct InVain {
    /// How many bytes; 0 of a keep-alive.
    pub bytes: u64,
    /// How often they are in the record; 0 if they are not.
    pub times: u32,
    /// The packet with which it began, counted from 1; null if nobody counted packets.
    pub first_packet: Option<u64>,
    /// The last packet that shows it.
    pub last_packet: Option<u64>,
    /// The time between both.
    pub over_ms: Millis,
    /// Whether the other side said later that it has not got them; else they or the answers to them may be lost.
    #[serde(default)]
    pub denied: bool,
}

/// An ICMP error about the connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct WatchedIcmp {
    /// What it says, and who says it.
    #[serde(flatten)]
    pub error: IcmpError,
    /// The longest packet that its sender passes on, in bytes; null if it does not say.
    pub mtu: Option<u32>,
    /// When it came, since the connection began.
    pub at_ms: Millis,
}

/// One direction of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct WatchedSide {
    /// Packets; 0 if nobody counted them.
    pub packets: u64,
    /// Bytes of TCP payload.
    pub bytes: u64,
    /// Bytes that were sent and are not in the record.
    pub missing_bytes: u64,
    /// Packets whose bytes had come before.
    pub retransmissions: u32,
    /// How many of those the other side acknowledged only then; null if nobody counted.
    pub mended: Option<u32>,
    /// How many of those the other side had acknowledged before, so that its acknowledgements were lost; null if nobody counted.
    pub repeated: Option<u32>,
    /// Copies of packets, as a mirror port makes them.
    pub duplicates: u32,
    /// The maximum segment size that the SYN names.
    pub mss: Option<u16>,
    /// The longest segment.
    pub longest_segment: u32,
    /// The longest segment that the other side acknowledged.
    pub longest_acknowledged: u32,
    /// Bytes that the other side never acknowledged.
    pub unacknowledged: u64,
    /// The length of the first segment that was never acknowledged, nor answered with a RST.
    pub lost_segment: Option<u32>,
    /// How often that segment was sent.
    pub lost_sent: Option<u32>,
    /// The same segment, if it was sent three times or more, for a second or longer, to a side with an open window.
    pub in_vain: Option<InVain>,
    /// Bytes that are not in the record because they never reached the other side, whose acknowledgements say so.
    pub never_arrived: Option<InVain>,
    /// Keep-alives since the other side sent its last packet, if there are three or more within a second or longer.
    pub keep_alives: Option<InVain>,
    /// How many of `missing_bytes` nothing was said of: they may have crossed or not.
    pub unsettled_bytes: u64,
    /// How often this side announced a window of zero.
    pub closed_windows: u32,
    /// Time to live, or hop limit, of most packets.
    pub ttl: Option<u8>,
}
