//! Opening a connection: with short TCP segments (TCP_MAXSEG, tcp(7)) where they are asked for, and with the ICMP error of one that
//! fails (IP_RECVERR, ip(7)) where the system gives it.

#[cfg(unix)]
mod error_queue;

use std::{io, net::SocketAddr};

use tokio::net::TcpStream;

/// Whether segments can be kept short.
pub(super) const HAS_SMALL_SEGMENTS: bool = cfg!(unix);

/// With segments of this size at most in both directions, where one is given: the peer is told in the SYN.
#[cfg(unix)]
pub(super) async fn connect(address: SocketAddr, size: Option<u32>) -> io::Result<TcpStream> {
    let kind = socket2::Type::STREAM;
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), kind, None)?;
    socket.set_nonblocking(true)?;
    if let Some(size) = size {
        socket.set_tcp_mss(size)?;
    }
    // The stream goes with the error, its queue does not.
    let queue = socket.try_clone()?;
    error_queue::keep(&queue, address);
    let stream = tokio::net::TcpSocket::from_std_stream(socket.into())
        .connect(address)
        .await
        .map_err(|error| error_queue::told(&queue, address, error))?;
    // An open connection outlives such messages: routes change.
    error_queue::drop_later(&queue, address);
    Ok(stream)
}

/// The system's own; short segments are not to be had.
#[cfg(not(unix))]
pub(super) async fn connect(address: SocketAddr, size: Option<u32>) -> io::Result<TcpStream> {
    match size {
        None => TcpStream::connect(address).await,
        Some(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}
