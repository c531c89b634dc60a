//! What the system knows of a TCP connection: who is silent, the path or the peer.

use std::any::Any;

use socket2::SockRef;
use tokio::net::TcpStream;

use super::{BoxStream, os::tcp};
use crate::report::Transport;

/// A second handle of a connection's socket, so that it can be asked when the stream is wrapped or gone. The system closes the
/// connection when both are gone.
pub struct Socket(socket2::Socket);

impl Socket {
    /// That of a stream; one that is not the system's own has none.
    pub fn of(stream: &BoxStream) -> Option<Self> {
        let stream: &dyn Any = &**stream;
        let stream = stream.downcast_ref::<TcpStream>()?;
        SockRef::from(stream).try_clone().ok().map(Self)
    }

    /// Both ends, and what TCP counts now.
    pub fn transport(&self) -> Transport {
        let address = |address: socket2::SockAddr| address.as_socket();
        Transport {
            local: self.0.local_addr().ok().and_then(address),
            peer: self.0.peer_addr().ok().and_then(address),
            ..tcp::counts(&self.0).unwrap_or_default()
        }
    }
}
