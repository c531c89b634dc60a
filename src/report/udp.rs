//! What was learned of UDP, which Remote Desktop may use beside TCP: by a SYN of our own, or from a capture.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Millis;

/// The connection set-up of RDP-UDP, as far as a SYN and its answer (MS-RDPEUDP 3.1.5.1).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Udp {
    /// What came of it.
    pub outcome: UdpOutcome,
    /// Why nobody can know, what ICMP said, or why nothing was sent; null where the outcome says it all.
    pub why: Option<String>,
    /// Where the SYN went.
    #[schemars(with = "Option<String>")]
    pub address: Option<SocketAddr>,
    /// How many SYN were sent.
    pub tries: u32,
    /// Their length in bytes, padding included.
    pub sent_bytes: usize,
    /// The correlation id in them, lower-case hex; servers log it.
    pub correlation_id: Option<String>,
    /// Milliseconds it took in all.
    pub elapsed_ms: Millis,
    /// Milliseconds from the last SYN to its answer.
    pub round_trip_ms: Option<Millis>,
    /// The version in the answer: 1, 2, or 257 for version 3.
    pub version: Option<u16>,
    /// The longest datagram that the server sends.
    pub upstream_mtu: Option<u16>,
    /// The longest that it takes.
    pub downstream_mtu: Option<u16>,
    /// Its receive window, in datagrams.
    pub receive_window: Option<u16>,
    /// The answer's length in bytes, padding included.
    pub received_bytes: Option<usize>,
    /// Datagrams that were no answer to the SYN.
    pub other_datagrams: u32,
    /// The first bytes of the first of them, lower-case hex.
    pub other_head: Option<String>,
    /// The system's error, when there was one.
    pub error: Option<String>,
    /// What only a capture shows; null if the SYN was our own.
    #[serde(default)]
    pub watched: Option<WatchedUdp>,
}

/// A UDP connection that a client began, as a capture shows it: the first that was answered, or else the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct WatchedUdp {
    /// The client's address and port.
    #[schemars(with = "String")]
    pub client: SocketAddr,
    /// The packet with the SYN, counted from 1.
    pub packet: u64,
    /// The version that the client offers: 1, 2, or 257 for version 3.
    pub offered_version: u16,
    /// The longest datagram that the client sends.
    pub offered_upstream_mtu: u16,
    /// The longest that it takes.
    pub offered_downstream_mtu: u16,
    /// Whether the SYN has the hash of a cookie that a connection over TCP has brought; only version 3 has one.
    pub cookie_hash: bool,
    /// Whether it is a lossy connection, in which nothing is sent again.
    pub lossy: bool,
    /// What the client began after the answer: `tls` or `dtls`; null if neither.
    pub inside: Option<String>,
    /// Datagrams of the client.
    pub from_client: u64,
    /// Datagrams of the server.
    pub from_server: u64,
    /// How many the client began to this server beside the same connections over TCP.
    pub connections: u32,
    /// How many of them were answered.
    pub answered: u32,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UdpOutcome {
    /// A SYN+ACK acknowledged our sequence number.
    Reachable,
    /// ICMP said that the port or the host is not there.
    Closed,
    /// No answer, which has many reasons.
    Inconclusive,
    /// Nothing was sent.
    NotAsked,
}

impl UdpOutcome {
    /// The outcome as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Closed => "closed",
            Self::Inconclusive => "inconclusive",
            Self::NotAsked => "not_asked",
        }
    }
}
