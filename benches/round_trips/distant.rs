//! A network on which everything takes a fixed time: the demo server, and what may stand in front of it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use async_trait::async_trait;
use rdptrace::{
    BoxDatagrams, BoxStream, Datagrams, Network, Pending,
    internal::demo::{self, Server, Stream, gateway},
    report::Failure,
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex},
    sync::mpsc::unbounded_channel,
    time::{Instant, sleep, sleep_until},
};
use tokio_rustls::rustls::pki_types::CertificateDer;

/// One way.
pub(crate) const DELAY: Duration = Duration::from_millis(50);

/// What a connection leads through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing.
    Nothing,
    /// A server that sends the client back with a token.
    Broker,
    /// A proxy that is asked with CONNECT.
    HttpProxy,
    /// A proxy that is asked with SOCKS5.
    SocksProxy,
    /// An RD Gateway.
    Gateway,
    /// One behind a proxy that strips the upgrade.
    Stripped,
}

/// The network; it counts the connections.
pub(super) struct Distant {
    /// TCP connections that were opened.
    pub opened: AtomicUsize,
    way: Way,
    server: Arc<Server>,
    gateway: Arc<gateway::Gateway>,
}

impl Distant {
    /// A network on which the demo server is reached so.
    pub(super) fn new(way: Way) -> Self {
        let fault = demo::find("redirect-once").filter(|_| way == Way::Broker);
        let stripped = gateway::find("gateway-upgrade-stripped").filter(|_| way == Way::Stripped);
        Self {
            opened: AtomicUsize::new(0),
            way,
            server: Arc::new(Server::new(fault, now()).expect("the server can be made")),
            gateway: Arc::new(gateway::Gateway::new(stripped, now()).expect("the gateway can be made")),
        }
    }

    /// The gateway's certificate, to be trusted.
    pub(super) fn certificate(&self) -> Vec<u8> {
        self.gateway.certificate().to_vec()
    }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
}

#[async_trait]
impl Network for Distant {
    fn now(&self) -> OffsetDateTime {
        now()
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(vec![IpAddr::from([192, 0, 2, 1])])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        sleep(DELAY * 2).await;
        self.opened.fetch_add(1, Ordering::SeqCst);
        let (client, near) = duplex(64 * 1024);
        let (far, server_end) = duplex(64 * 1024);
        let ((near_read, near_write), (far_read, far_write)) =
            (tokio::io::split(near), tokio::io::split(far));
        tokio::spawn(carry(near_read, far_write));
        tokio::spawn(carry(far_read, near_write));
        let (way, server, gateway) = (self.way, Arc::clone(&self.server), Arc::clone(&self.gateway));
        tokio::spawn(async move {
            let mut end = End(server_end);
            match way {
                Way::Gateway | Way::Stripped => return gateway.serve(end).await,
                Way::HttpProxy => lead(&mut end, &[(b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n")]).await,
                Way::SocksProxy => lead(&mut end, SOCKS).await,
                Way::Nothing | Way::Broker => {}
            }
            server.serve(end).await;
        });
        Ok(Box::new(client))
    }

    async fn datagrams(&self, _address: SocketAddr) -> io::Result<BoxDatagrams> {
        Ok(Box::new(Socket::default()))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// What a proxy reads up to, and what it answers then.
type Exchange = (&'static [u8], &'static [u8]);

/// No authentication, then a connection to port 3389.
const SOCKS: &[Exchange] = &[(&[5, 1, 0], &[5, 0]), (&[0x0D, 0x3D], &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])];

/// What a proxy says before the stream is the server's.
async fn lead(end: &mut End, exchanges: &[Exchange]) {
    for (until, answer) in exchanges {
        let mut read = Vec::new();
        while !read.ends_with(until) {
            let Ok(byte) = end.read_u8().await else { return };
            read.push(byte);
        }
        if end.write_all(answer).await.is_err() {
            return;
        }
    }
}

/// A socket whose datagrams the demo server answers.
#[derive(Default)]
struct Socket(Mutex<Vec<u8>>);

impl Datagrams for Socket {
    fn send<'a>(&'a self, bytes: &'a [u8]) -> Pending<'a, ()> {
        *self.0.lock().expect("nobody panics while it is held") = bytes.to_vec();
        Box::pin(async { Ok(()) })
    }

    fn receive(&self) -> Pending<'_, Vec<u8>> {
        Box::pin(async {
            sleep(DELAY * 2).await;
            let sent = self.0.lock().expect("nobody panics while it is held").clone();
            demo::answer_datagram(&sent).ok_or_else(|| io::ErrorKind::InvalidData.into())
        })
    }
}

/// Hands every chunk on after the delay, in order.
async fn carry(
    mut from: impl AsyncRead + Unpin + Send + 'static,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
) {
    let (sender, mut receiver) = unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        let mut chunk = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut chunk).await {
            if sender.send((Instant::now() + DELAY, chunk[..count].to_vec())).is_err() {
                break;
            }
        }
    };
    let write = async move {
        while let Some((due, bytes)) = receiver.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}

/// The server's end, which is never reset here.
struct End(DuplexStream);

impl Stream for End {
    fn reset(&mut self) {}
}

impl AsyncRead for End {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for End {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
