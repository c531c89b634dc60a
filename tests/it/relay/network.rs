//! A network in which every connection goes through a relay, in memory.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rdptrace::{
    BoxStream, Network, Report,
    internal::{capture::learn_keys, flow::KeyLog, relay::Relay},
    report::Failure,
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_rustls::rustls::{self, pki_types::CertificateDer};

use crate::{demo::pipe, lab::ClientEnd};

/// What the clients know of their TLS sessions.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets(Arc<Mutex<String>>);

impl Secrets {
    pub(super) fn keys(&self) -> KeyLog {
        let mut keys = KeyLog::default();
        learn_keys(self.0.lock().expect("nothing panics while it is held").as_bytes(), &mut keys);
        keys
    }
}

impl rustls::KeyLog for Secrets {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex::encode(client_random), hex::encode(secret));
        self.0.lock().expect("nothing panics while it is held").push_str(&line);
    }
}

/// Whatever is asked for, the relay takes it.
pub(super) struct Relayed {
    clients: UnboundedSender<BoxStream>,
    secrets: Secrets,
}

impl Relayed {
    /// One whose clients' secrets are learned, and the clients that the relay is to serve.
    pub(super) fn new(secrets: &Secrets) -> (Self, UnboundedReceiver<BoxStream>) {
        let (clients, served) = unbounded_channel();
        (Self { clients, secrets: secrets.clone() }, served)
    }
}

/// Serves these clients until no more can come, and returns the reports in the order in which the clients came.
pub(super) async fn serve(relay: &Relay<'_>, mut clients: UnboundedReceiver<BoxStream>) -> Vec<Report> {
    let mut under_way = FuturesUnordered::new();
    let (mut reports, mut number) = (Vec::new(), 0);
    loop {
        tokio::select! {
            Some(client) = clients.recv() => {
                number += 1;
                let (number, address) = (number, SocketAddr::from(([192, 0, 2, 77], 50_000 + number)));
                under_way.push(async move { (number, relay.serve_one(client, address).await) });
            }
            Some((number, report)) = under_way.next() => reports.extend(report.map(|report| (number, report))),
            else => break,
        }
    }
    reports.sort_by_key(|(number, _)| *number);
    reports.into_iter().map(|(_, report)| report).collect()
}

#[async_trait]
impl Network for Relayed {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(vec![[192, 0, 2, 15].into()])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        let reset = Arc::new(AtomicBool::new(false));
        let (near, far) = duplex(1 << 16);
        let far = RelayEnd { stream: far, reset: Arc::clone(&reset), has_ended: false };
        self.clients.send(Box::new(far)).map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(Box::new(ClientEnd { stream: near, reset, _held: () }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }

    fn key_log(&self) -> Option<Arc<dyn rustls::KeyLog>> {
        Some(Arc::new(self.secrets.clone()))
    }
}

/// The relay's end of a client's connection: if it is dropped before its end, the client meets a reset.
struct RelayEnd {
    stream: DuplexStream,
    reset: Arc<AtomicBool>,
    has_ended: bool,
}

impl AsyncRead for RelayEnd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for RelayEnd {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.has_ended = true;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for RelayEnd {
    fn drop(&mut self) {
        if !self.has_ended {
            self.reset.store(true, Ordering::SeqCst);
        }
    }
}
