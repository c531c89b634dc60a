//! What ICMP said of a connection that failed; only Linux keeps it for a TCP socket.
//!
//! The option goes off when the connection is open, because it would let a passing ICMP message end it.

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "linux.rs"]
mod system;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
mod system {
    use std::{io, net::SocketAddr};

    /// Nothing is kept.
    pub(crate) fn keep(_socket: &socket2::Socket, _address: SocketAddr) {}

    /// Nothing was kept.
    pub(crate) fn drop_later(_socket: &socket2::Socket, _address: SocketAddr) {}

    /// Nothing is known.
    pub(crate) fn told(_socket: &socket2::Socket, _address: SocketAddr, error: io::Error) -> io::Error {
        error
    }
}

#[cfg(unix)]
pub(crate) use system::{drop_later, keep, told};
