//! Sockets, clocks and signals: name resolution, TCP, TLS, and the recorded wire that every phase talks over.

mod body;
mod channel;
mod clock;
mod codec;
mod dual;
mod failure;
mod frames;
mod framing;
mod gateway_wire;
mod interrupt;
mod learner;
mod listening;
mod os;
mod packet;
mod pause;
mod race;
mod recorder;
mod recording;
mod rejection;
mod relay;
mod resolve;
mod services;
mod small_segments;
mod socket;
mod tap;
mod timing;
mod tls;
mod tunnel;
mod udp;
mod websocket;
mod wire;

use std::{
    any::Any,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite};
pub use tokio::time::Instant;
use tokio_rustls::rustls::{KeyLog, pki_types::CertificateDer};

pub(crate) use clock::Clock;
pub(crate) use failure::{alert, ended};
pub use framing::Framing;
pub(crate) use framing::MAX_FRAME;
pub(crate) use interrupt::{interrupted, outlive_interrupts};
pub(crate) use learner::{Learner, RDP_CLIENT_RANDOM};
pub use os::System;
pub(crate) use os::{hardware_id, open_files};
pub(crate) use pause::pause;
pub(crate) use race::race;
pub use recording::{Recorded, Recording};
pub use rejection::{Rejected, icmp_name};
pub use relay::Door;
pub(crate) use relay::{Onlooker, is_of_this_machine, pass};
pub(crate) use resolve::resolve;
pub(crate) use services::services;
pub(crate) use small_segments::Segments;
pub(crate) use socket::{Ends, Socket, reset_at_close};
pub(crate) use tls::{CLOSE_NOTIFY, not_tls};
pub use tls::{Handshake, Upgrade, Versions};
pub(crate) use tunnel::{CLOSED_BY_SERVER, Remarks, SharedRemarks, carried, gateway_error, remarks};
pub(crate) use udp::receive_until;
pub use udp::{BoxDatagrams, Datagrams, Pending};
pub use wire::{Limits, Record, Wire};

use crate::{
    endpoint::Endpoint,
    report::{Failure, FailureKind},
};

/// A connected byte stream.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Any {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Any> Stream for T {}

/// A connected byte stream of any kind.
pub type BoxStream = Box<dyn Stream>;

/// What a probe needs of the machine: names, connections, wall time and trusted roots.
///
/// The system implements it; tests answer from a scenario. An `impl` of it needs the attribute of the crate async-trait.
#[async_trait]
pub trait Network: Sync {
    /// Wall time.
    fn now(&self) -> OffsetDateTime;

    /// The addresses of a name, in the order the system prefers them.
    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure>;

    /// Where a service is, best first, as the SRV records of this name say (RFC 2782); a network without them has none.
    async fn services(&self, name: &str) -> Result<Vec<Endpoint>, Failure> {
        let detail = format!("no SRV record can be asked for here: {name}");
        Err(Failure::new(FailureKind::NotFound, detail))
    }

    /// Opens a TCP connection.
    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream>;

    /// The same with short segments in both directions; a network that cannot do so says so.
    async fn connect_small(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Whether it can.
    fn has_small_segments(&self) -> bool {
        false
    }

    /// Opens a socket for UDP to this address; a network that carries none says so.
    async fn datagrams(&self, _address: SocketAddr) -> io::Result<BoxDatagrams> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The roots that the system trusts; an error says why none could be read.
    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String>;

    /// Who is to learn the secrets of TLS sessions, if anybody is.
    fn key_log(&self) -> Option<Arc<dyn KeyLog>> {
        None
    }

    /// Whether the system trusts this very certificate, which is asked of self-signed ones before any root is read; a network that
    /// does not know it says no.
    fn trusts(&self, _certificate: &[u8]) -> bool {
        false
    }
}
