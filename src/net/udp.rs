//! UDP to one address: a door of its own, because there is no stream and so no wire.

use std::{future::Future, io, net::SocketAddr, pin::Pin};

use tokio::{
    net::UdpSocket,
    time::{Instant, timeout_at},
};

/// The longest datagram there is.
const LONGEST: usize = 64 * 1024;

/// What a [`Datagrams`] will have done.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// A socket that is connected to one address, so that what ICMP says of it comes back as an error.
pub trait Datagrams: Send + Sync {
    /// Sends one datagram.
    fn send<'a>(&'a self, bytes: &'a [u8]) -> Pending<'a, ()>;

    /// The next datagram.
    fn receive(&self) -> Pending<'_, Vec<u8>>;
}

/// A socket of any kind.
pub type BoxDatagrams = Box<dyn Datagrams>;

impl Datagrams for UdpSocket {
    fn send<'a>(&'a self, bytes: &'a [u8]) -> Pending<'a, ()> {
        Box::pin(async move { UdpSocket::send(self, bytes).await.map(|_| ()) })
    }

    fn receive(&self) -> Pending<'_, Vec<u8>> {
        Box::pin(async move {
            let mut bytes = vec![0; LONGEST];
            let length = self.recv(&mut bytes).await?;
            bytes.truncate(length);
            Ok(bytes)
        })
    }
}

/// A socket of the system to this address.
pub(super) async fn open(address: SocketAddr) -> io::Result<BoxDatagrams> {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
        SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(address).await?;
    Ok(Box::new(socket))
}

/// The next datagram; none when nothing came until then.
///
/// # Errors
/// What ICMP or the system says.
pub(crate) async fn receive_until(socket: &dyn Datagrams, until: Instant) -> io::Result<Option<Vec<u8>>> {
    // A flood must not keep what is always ready from ending.
    if Instant::now() >= until {
        return Ok(None);
    }
    timeout_at(until, socket.receive()).await.map_or(Ok(None), |received| received.map(Some))
}
