//! What is seen of UDP.

use std::net::SocketAddr;

use super::At;

/// A UDP datagram, as much of it as was captured.
#[derive(Clone, Debug)]
pub struct Datagram<'a> {
    /// When it came.
    pub at: At,
    /// In which packet, counted from 1.
    pub packet: u64,
    /// Who sent it.
    pub source: SocketAddr,
    /// To whom.
    pub destination: SocketAddr,
    /// The payload.
    pub payload: &'a [u8],
    /// How many bytes of it were not captured.
    pub missing: usize,
}
