//! What the system knows of a TCP connection: who is silent, the path or the peer.
//!
//! Bytes that stay unacknowledged for longer than any system delays an acknowledgment are lost. A second handle of
//! the socket gives the counts, because TLS takes the stream with it when it fails. On Linux it also makes the system
//! ask a silent peer every second whether it is there, which ends nothing and shows in the time of the last
//! acknowledgment.

use std::{any::Any, net::SocketAddr, time::Duration};

use socket2::SockRef;
use tokio::net::TcpStream;

use super::{BoxStream, os::tcp, recording::Watched};
use crate::report::Tcp;

/// Has this connection ended with a RST when it is dropped; a stream that is not the system's own is only dropped.
pub(crate) fn reset_at_close(stream: &BoxStream) {
    if let Some(stream) = system(stream) {
        // Where the system refuses, it ends in order.
        let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    }
}

/// Notes in the record of a connection what it is for, where there is one.
pub(super) fn describe(stream: &BoxStream, note: &str) {
    let any: &dyn Any = &**stream;
    if let Some(watched) = any.downcast_ref::<Watched>() {
        watched.describe(note);
    }
}

/// The system's own stream, also where it is recorded.
fn system(stream: &BoxStream) -> Option<&TcpStream> {
    let any: &dyn Any = &**stream;
    let recorded = || any.downcast_ref::<Watched>().and_then(|watched| system(watched.stream()));
    any.downcast_ref::<TcpStream>().or_else(recorded)
}

/// A second handle of a connection's socket, so that it can be asked when the stream is wrapped or gone. The system closes the
/// connection when both are gone.
pub(crate) struct Socket {
    socket: socket2::Socket,
    ends: Ends,
    syn_retries: Option<u32>,
}

/// Our address and the peer's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    /// Ours.
    pub local: Option<SocketAddr>,
    /// That of the server, the proxy or the gateway.
    pub peer: Option<SocketAddr>,
}

impl Socket {
    /// That of a stream; one that is not the system's own has none.
    pub(crate) fn of(stream: &BoxStream) -> Option<Self> {
        let stream = system(stream)?;
        let socket = SockRef::from(stream).try_clone().ok()?;
        let ends = Ends { local: stream.local_addr().ok(), peer: stream.peer_addr().ok() };
        let syn_retries = tcp::opened(&socket);
        Some(Self { socket, ends, syn_retries })
    }

    /// Both ends.
    pub(crate) fn ends(&self) -> Ends {
        self.ends
    }

    /// What TCP counts now.
    pub(crate) fn counts(&self) -> Tcp {
        Tcp { syn_retries: self.syn_retries, ..tcp::counts(&self.socket).unwrap_or_default() }
    }
}
