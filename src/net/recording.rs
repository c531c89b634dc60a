//! A network whose connections are recorded: what crossed each, when, and the secrets of its TLS.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::rustls::{self, pki_types::CertificateDer};

use super::{BoxDatagrams, BoxStream, Network, clock::Clock, learner::Learner};
use crate::{
    endpoint::Endpoint,
    flow::{At, End, Flow, How, KeyLog, Side},
    report::Failure,
};

/// What was recorded so far.
#[derive(Debug, Default)]
pub struct Recorded {
    /// The connections, in the order in which they were opened.
    pub flows: Vec<Flow>,
    /// The secrets of their TLS sessions.
    pub keys: KeyLog,
    /// How many times anything crossed, which orders what came at the same time.
    count: u64,
}

/// Another network, with a record.
pub struct Recording<'a> {
    network: &'a dyn Network,
    clock: Clock,
    recorded: Arc<Mutex<Recorded>>,
    secrets: Arc<Learner>,
}

impl<'a> Recording<'a> {
    /// An empty record of this network.
    pub fn of(network: &'a dyn Network) -> Self {
        Self { network, clock: Clock::of(network), recorded: Arc::default(), secrets: Arc::default() }
    }

    /// Takes what was recorded until now.
    pub fn take(&self) -> Recorded {
        Recorded { keys: self.secrets.take(), ..std::mem::take(&mut *locked(&self.recorded)) }
    }

    fn recorded(&self, stream: BoxStream, server: SocketAddr, opened: At) -> BoxStream {
        let now = self.clock.now();
        let client = super::socket::Socket::of(&stream).and_then(|socket| socket.ends().local);
        let client = client.unwrap_or(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        let mut flow = Flow::new(client, server, opened);
        (flow.opening.syn, flow.opening.syn_ack, flow.opening.ack) = (Some(opened), Some(now), Some(now));
        let mut recorded = locked(&self.recorded);
        recorded.flows.push(flow);
        let index = recorded.flows.len() - 1;
        Box::new(Watched { stream, index, clock: self.clock, recorded: Arc::clone(&self.recorded) })
    }
}

fn locked(recorded: &Mutex<Recorded>) -> MutexGuard<'_, Recorded> {
    recorded.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Network for Recording<'_> {
    fn now(&self) -> OffsetDateTime {
        self.network.now()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        self.network.look_up(host).await
    }

    async fn services(&self, name: &str) -> Result<Vec<Endpoint>, Failure> {
        self.network.services(name).await
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let opened = self.clock.now();
        Ok(self.recorded(self.network.connect(address).await?, address, opened))
    }

    async fn connect_small(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let opened = self.clock.now();
        Ok(self.recorded(self.network.connect_small(address).await?, address, opened))
    }

    fn has_small_segments(&self) -> bool {
        self.network.has_small_segments()
    }

    async fn datagrams(&self, address: SocketAddr) -> io::Result<BoxDatagrams> {
        self.network.datagrams(address).await
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.network.system_roots()
    }

    fn trusts(&self, certificate: &[u8]) -> bool {
        self.network.trusts(certificate)
    }

    fn key_log(&self) -> Option<Arc<dyn rustls::KeyLog>> {
        Some(Arc::clone(&self.secrets) as Arc<dyn rustls::KeyLog>)
    }
}

/// A stream that is recorded.
pub(super) struct Watched {
    stream: BoxStream,
    index: usize,
    clock: Clock,
    recorded: Arc<Mutex<Recorded>>,
}

impl Watched {
    /// What is recorded.
    pub(super) fn stream(&self) -> &BoxStream {
        &self.stream
    }

    /// Notes what it is for.
    pub(super) fn describe(&self, note: &str) {
        if let Some(flow) = locked(&self.recorded).flows.get_mut(self.index) {
            flow.note = Some(note.into());
        }
    }

    fn note(&self, side: Side, bytes: &[u8]) {
        let now = self.clock.now();
        let mut recorded = locked(&self.recorded);
        recorded.count += 1;
        let count = recorded.count;
        if let Some(flow) = recorded.flows.get_mut(self.index) {
            flow.sends(side, now, count, bytes);
        }
    }

    fn end(&self, side: Side, how: How) {
        let at = self.clock.now();
        let mut recorded = locked(&self.recorded);
        recorded.count += 1;
        let packet = recorded.count;
        if let Some(flow) = recorded.flows.get_mut(self.index) {
            flow.ends(side, End { how, at, packet });
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end(Side::Client, How::Fin);
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        match &read {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => {
                self.note(Side::Server, &buffer.filled()[before..]);
            }
            Poll::Ready(Ok(())) if buffer.remaining() > 0 => self.end(Side::Server, How::Fin),
            Poll::Ready(Err(_)) => self.end(Side::Server, How::Rst),
            _ => {}
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        match &written {
            Poll::Ready(Ok(count)) => self.note(Side::Client, &bytes[..*count]),
            Poll::Ready(Err(_)) => self.end(Side::Server, How::Rst),
            Poll::Pending => {}
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end(Side::Client, How::Fin);
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
