//! A network in which every connection begins at a proxy, which says what it is told to before what is behind it is reached.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use async_trait::async_trait;
use rdptrace::settings::{Account, ProxyKind};
use rdptrace::{BoxStream, Endpoint, Network, Settings, report::Failure, settings::Proxy};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::rustls::pki_types::CertificateDer;

/// What a proxy reads up to, and what it answers then.
pub(super) type Exchange = (&'static [u8], &'static [u8]);

/// What the proxy does after its last answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Leads,
    Waits,
    Closes,
    Resets,
}

/// How a proxy behaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub kind: ProxyKind,
    pub account: bool,
    pub exchanges: &'static [Exchange],
    pub then: Then,
}

impl Manner {
    /// The settings that lead through it.
    pub(super) fn settings(self, settings: Settings) -> Settings {
        let account = self.account.then(|| Account::new("anna", "s3cret"));
        let endpoint = Endpoint::new("proxy.corp.example", 3128);
        settings.proxy(Some(Proxy::new(self.kind, endpoint).account(account)))
    }
}

/// The network, with another behind it.
pub(super) struct Led<'a> {
    pub manner: Manner,
    pub behind: &'a dyn Network,
    pub target: SocketAddr,
}

#[async_trait]
impl Network for Led<'_> {
    fn now(&self) -> OffsetDateTime {
        self.behind.now()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        assert_eq!(host, "proxy.corp.example", "the proxy looks the target up");
        Ok(vec![[192, 0, 2, 9].into()])
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        assert_eq!(address.to_string(), "192.0.2.9:3128");
        let behind = self.behind.connect(self.target).await?;
        let exchanges = self.manner.exchanges.iter().copied().collect();
        let (heard, answer) = (Vec::new(), VecDeque::new());
        Ok(Box::new(Proxied { behind, exchanges, then: self.manner.then, heard, answer }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.behind.system_roots()
    }

    fn key_log(&self) -> Option<Arc<dyn tokio_rustls::rustls::KeyLog>> {
        self.behind.key_log()
    }
}

/// A connection that begins at the proxy.
struct Proxied {
    behind: BoxStream,
    exchanges: VecDeque<Exchange>,
    then: Then,
    heard: Vec<u8>,
    answer: VecDeque<u8>,
}

impl Proxied {
    fn leads(&self) -> bool {
        self.exchanges.is_empty() && self.then == Then::Leads
    }
}

impl AsyncRead for Proxied {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Byte by byte, as it may come.
        if let Some(byte) = self.answer.pop_front() {
            buffer.put_slice(&[byte]);
            return Poll::Ready(Ok(()));
        }
        match self.then {
            Then::Leads if self.exchanges.is_empty() => Pin::new(&mut self.behind).poll_read(cx, buffer),
            Then::Closes if self.exchanges.is_empty() => Poll::Ready(Ok(())),
            Then::Resets if self.exchanges.is_empty() => {
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            _ => Poll::Pending,
        }
    }
}

impl AsyncWrite for Proxied {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.leads() {
            return Pin::new(&mut self.behind).poll_write(cx, bytes);
        }
        self.heard.extend_from_slice(bytes);
        if self.exchanges.front().is_some_and(|(end, _)| self.heard.ends_with(end)) {
            let answer = self.exchanges.pop_front().map(|(_, answer)| answer);
            self.answer.extend(answer.into_iter().flatten());
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.behind).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.behind).poll_shutdown(cx))?;
        Poll::Ready(Ok(()))
    }
}
