//! What name resolution and TCP saw.

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{IcmpError, ProxyEvidence, RejectedBy};
use crate::report::Millis;

/// Name resolution.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ResolveEvidence {
    /// Whether the target is an address, so that nothing was asked.
    pub literal: bool,
    /// Every address, in the order the system returned them.
    pub addresses: Vec<ResolvedAddress>,
    /// The proxy whose name this is, where it has no address.
    #[serde(default)]
    pub proxy: Option<ProxyEvidence>,
}

/// One address of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ResolvedAddress {
    /// The address.
    #[schemars(with = "String")]
    pub address: IpAddr,
    /// Its family.
    pub family: Family,
}

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

/// TCP, all addresses raced (RFC 8305).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ConnectEvidence {
    /// Every attempt that was started, in order.
    pub attempts: Vec<Attempt>,
    /// The address that won; with a proxy that of the proxy.
    #[schemars(with = "Option<String>")]
    pub peer: Option<SocketAddr>,
    /// The proxy that was asked to connect; null where none was.
    #[serde(default)]
    pub proxy: Option<ProxyEvidence>,
}

/// What TCP showed of a connection; each count is null where the system does not tell it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
// Exhaustive, so that a test can invent a connection by changing one count of another.
pub struct Tcp {
    /// The smoothed round trip at the end, in milliseconds.
    pub round_trip_ms: Option<Millis>,
    /// How many segments were sent again, the first one included; on Windows how often something was.
    pub retransmissions: Option<u32>,
    /// How often the SYN, or its answer, was sent again before the connection was open.
    #[serde(default)]
    pub syn_retries: Option<u32>,
    /// Bytes that were sent and not acknowledged when the connection ended.
    pub unacknowledged: Option<u32>,
    /// Milliseconds from the last acknowledgment that came to the end.
    #[serde(default)]
    pub acknowledged_before_ms: Option<Millis>,
    /// How often the system had asked in vain whether the peer is still there, when the connection ended.
    #[serde(default)]
    pub probes: Option<u32>,
    /// What ICMP messages said of the path while the connection was open, which ends none; null when nothing did.
    #[serde(default)]
    pub icmp_error: Option<String>,
    /// Bytes that were sent, those of TLS included; null through a gateway.
    #[serde(default)]
    pub sent_bytes: Option<u64>,
    /// The same of those that were received.
    #[serde(default)]
    pub received_bytes: Option<u64>,
}

/// One attempt to connect.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Attempt {
    /// Address and port.
    #[schemars(with = "String")]
    pub address: SocketAddr,
    /// How it ended.
    pub result: AttemptResult,
    /// Milliseconds after the phase began.
    pub started_ms: Millis,
    /// Milliseconds it took.
    pub elapsed_ms: Millis,
    /// The system's error, when there was one.
    pub error: Option<String>,
    /// Who rejected it, where the system tells.
    #[serde(default)]
    pub rejected_by: Option<RejectedBy>,
    /// The ICMP message in which it was rejected, where the system keeps it.
    #[serde(default)]
    pub icmp: Option<IcmpError>,
}

/// How an attempt to connect ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttemptResult {
    /// It won.
    Connected,
    /// RST in answer to SYN.
    Refused,
    /// It was opened, and RST followed at once.
    Reset,
    /// No route, or ICMP said so.
    Unreachable,
    /// No answer before the deadline.
    Timeout,
    /// Another attempt won first.
    Cancelled,
    /// Another error of the system.
    Failed,
}
