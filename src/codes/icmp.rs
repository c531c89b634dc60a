//! Types of ICMP (RFC 792) and ICMPv6 (RFC 4443) that turn a connection down.

/// Destination unreachable.
pub(crate) const UNREACHABLE: u8 = 3;
/// The same of ICMPv6.
pub(crate) const V6_UNREACHABLE: u8 = 1;
/// The code of [`UNREACHABLE`] that says that a packet is longer than the next link carries.
pub(crate) const FRAGMENTATION_NEEDED: u8 = 4;
/// The packet was passed on until its time was over, which is a circle of routes.
pub(crate) const TIME_EXCEEDED: u8 = 11;
/// The same of ICMPv6.
pub(crate) const V6_TIME_EXCEEDED: u8 = 3;
