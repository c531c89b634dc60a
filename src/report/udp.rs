//! What was learned of UDP, which Remote Desktop may use beside TCP.

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
