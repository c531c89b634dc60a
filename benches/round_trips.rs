//! Round trips of one trace by phase, in virtual time with a fixed delay between client and server, next to the protocol's
//! minimum. Prints figures; nothing here passes or fails.

#![allow(clippy::disallowed_macros, missing_docs, reason = "a benchmark prints")]

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rdptrace::{
    BoxStream, Network, Report, Settings, Target, Unobserved,
    codes::Phase,
    demo::{self, Server, Stream},
    report::Failure,
    run,
    settings::{Account, Security},
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex},
    sync::mpsc::unbounded_channel,
    time::{Instant, sleep, sleep_until},
};
use tokio_rustls::rustls::pki_types::CertificateDer;

/// One way.
const DELAY: Duration = Duration::from_millis(50);

/// Phase and the round trips that the protocol needs for it, with NLA and without.
const MINIMUM: [(Phase, u32, u32); 6] = [
    // SYN, SYN+ACK.
    (Phase::Connect, 1, 1),
    // Connection Request, Confirm.
    (Phase::Negotiate, 1, 1),
    // ClientHello, the server's flight (TLS 1.3); our Finished goes with what follows.
    (Phase::Tls, 1, 1),
    // NEGOTIATE and CHALLENGE, AUTHENTICATE and pubKeyAuth, credentials and early authorization.
    (Phase::Credssp, 3, 0),
    // Connect Initial and Response, Attach User; the joins are skipped.
    (Phase::Mcs, 2, 2),
    // Client Info and the license PDU.
    (Phase::Licensing, 1, 1),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        for (title, security, nla) in [("with NLA", Security::Auto, true), ("TLS only", Security::Tls, false)]
        {
            let network = Distant::default();
            let report = trace(&network, security).await;
            println!("{title}, {} ms one way", DELAY.as_millis());
            table(&report, nla);
            println!("TCP connections: {}\n", network.opened.load(Ordering::SeqCst));
        }
    });
}

async fn trace(network: &Distant, security: Security) -> Report {
    let account =
        Account { user: demo::USER.to_owned(), domain: None, password: demo::PASSWORD.to_owned().into() };
    let settings =
        Settings { until: Some(Phase::Licensing), account: Some(account), security, ..Settings::default() };
    let target: Target = "192.0.2.15".parse().expect("a target");
    run(&target, &settings, network, &Unobserved).await
}

fn table(report: &Report, nla: bool) {
    println!("{:<12}{:>10}{:>14}{:>14}", "phase", "ms", "round trips", "minimum");
    let trip = 2.0 * DELAY.as_secs_f64() * 1000.0;
    let (mut spent, mut least) = (0.0, 0);
    for summary in report.trace.connections[0].phases.summaries() {
        let Some((_, with, without)) = MINIMUM.iter().find(|(phase, ..)| *phase == summary.phase) else {
            continue;
        };
        let minimum = if nla { *with } else { *without };
        println!(
            "{:<12}{:>10.1}{:>14.2}{minimum:>14}",
            summary.phase.name(),
            summary.elapsed_ms.0,
            summary.elapsed_ms.0 / trip
        );
        spent += summary.elapsed_ms.0;
        least += minimum;
    }
    let minimum = f64::from(least) * trip;
    println!(
        "{:<12}{spent:>10.1}{:>14.2}{least:>14}   {:+.1} %",
        "total",
        spent / trip,
        (spent / minimum - 1.0) * 100.0
    );
}

/// A network on which everything takes [`DELAY`].
#[derive(Default)]
struct Distant {
    opened: AtomicUsize,
}

impl Network for Distant {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(Vec::new())
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
        let server = Arc::new(Server::new(None, self.now()).map_err(io::Error::other)?);
        tokio::spawn(async move { server.serve(End(server_end)).await });
        Ok(Box::new(client))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
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
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for End {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<io::Result<usize>> {
        std::pin::Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
