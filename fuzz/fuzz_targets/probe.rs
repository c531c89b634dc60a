//! A whole probe against a server that sends these bytes, in virtual time.
#![no_main]

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
};

use async_trait::async_trait;
use libfuzzer_sys::fuzz_target;
use rdptrace::{BoxStream, Network, Settings, Target, Tracer, codes::Phase, report::Failure};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::rustls::pki_types::CertificateDer;

/// Every connection receives these bytes and then the end of the stream.
struct Script(Vec<u8>);

#[async_trait]
impl Network for Script {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(Vec::new())
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        Ok(Box::new(Said { bytes: self.0.clone(), read: 0 }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// A stream that says its bytes and takes everything.
struct Said {
    bytes: Vec<u8>,
    read: usize,
}

impl AsyncRead for Said {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = buf.remaining().min(self.bytes.len() - self.read);
        let read = self.read;
        buf.put_slice(&self.bytes[read..read + count]);
        self.read += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Said {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let target: Target = "192.0.2.15".parse().expect("a target");
    let settings = Settings::default().until(Some(Phase::Activate));
    runtime.expect("a runtime").block_on(async {
        Tracer::new(&target, &settings, &Script(bytes.to_vec())).run().await;
    });
});
