//! Connections with short TCP segments (TCP_MAXSEG, tcp(7)), where the system lets a program ask for them.

use std::{io, net::SocketAddr};

use tokio::net::TcpStream;

/// Whether it does.
pub const POSSIBLE: bool = cfg!(unix);

/// Segments of this size at most in both directions: the peer is told in the SYN.
#[cfg(unix)]
pub async fn connect(address: SocketAddr, size: u32) -> io::Result<TcpStream> {
    let kind = socket2::Type::STREAM;
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), kind, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_mss(size)?;
    tokio::net::TcpSocket::from_std_stream(socket.into()).connect(address).await
}

/// No such thing.
#[cfg(not(unix))]
pub async fn connect(_address: SocketAddr, _size: u32) -> io::Result<TcpStream> {
    Err(io::ErrorKind::Unsupported.into())
}
