//! What fails in this machine is not told as the network's or the server's.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use async_trait::async_trait;
use rdptrace::{
    BoxDatagrams, BoxStream, Datagrams, Network, Pending, Settings, Target, Tracer,
    internal::net::{Framing, Instant, Limits, Wire},
    report::{AttemptResult, Failure, FailureKind, Udp, UdpOutcome},
    settings::Experiments,
};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::lab::Lab;
#[cfg(target_os = "linux")]
use crate::program::{rdptrace, text};

/// Out of file descriptors.
const EMFILE: i32 = 24;

/// A machine on which every connection fails with this error.
struct Broken(fn() -> io::Error);

#[async_trait]
impl Network for Broken {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(vec![[192, 0, 2, 15].into()])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        Err((self.0)())
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

#[tokio::test(start_paused = true)]
async fn what_keeps_from_connecting_is_told_by_its_kind() {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable,
        PermissionDenied, TimedOut,
    };
    let closed = "the port is closed, or a firewall rejects it: 192.0.2.15:3389";
    let unreachable = "the network or the host is unreachable, or a firewall says so: 192.0.2.15:3389";
    let silent = "no answer: the host is off, or a firewall drops the packets: 192.0.2.15:3389";
    let table: [(fn() -> io::Error, _, _, _); 8] = [
        (|| ConnectionRefused.into(), AttemptResult::Refused, FailureKind::Refused, closed),
        (
            || ConnectionReset.into(),
            AttemptResult::Reset,
            FailureKind::Reset,
            "the connection was opened and reset at once: what listens there takes none from here, or none now: \
             192.0.2.15:3389",
        ),
        (|| TimedOut.into(), AttemptResult::Timeout, FailureKind::Timeout, silent),
        (|| HostUnreachable.into(), AttemptResult::Unreachable, FailureKind::Unreachable, unreachable),
        (|| NetworkUnreachable.into(), AttemptResult::Unreachable, FailureKind::Unreachable, unreachable),
        (|| AddrNotAvailable.into(), AttemptResult::Unreachable, FailureKind::Unreachable, unreachable),
        (|| PermissionDenied.into(), AttemptResult::Unreachable, FailureKind::Unreachable, unreachable),
        (
            || io::Error::from_raw_os_error(EMFILE),
            AttemptResult::Failed,
            FailureKind::Unreachable,
            "the system could not connect: 192.0.2.15:3389",
        ),
    ];
    for (error, result, kind, detail) in table {
        let settings = Settings::default().experiments(Experiments::Off);
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        let report = Tracer::new(&target, &settings, &Broken(error)).run().await;
        let failure = report.verdict.failure.as_ref().expect("it failed");
        assert_eq!((failure.kind, failure.detail.as_str()), (kind, detail));
        let connect = report.trace.connections[0].phases.connect.as_ref().expect("it was tried");
        assert_eq!(connect.evidence.attempts[0].result, result, "{detail}");
    }
}

/// The system's own name of it is told, read here in another way.
#[cfg(target_os = "linux")]
#[test]
fn the_version_of_this_system_is_the_one_that_it_names() {
    let named = std::process::Command::new("sh")
        .args(["-c", ". /etc/os-release && printf %s \"$PRETTY_NAME\""])
        .output();
    let named = named.ok().filter(|output| output.status.success()).map(|output| text(&output.stdout));
    assert_eq!(
        rdptrace::local::Host::version(&rdptrace::local::this_machine()),
        named.filter(|name| !name.is_empty())
    );
}

/// Who is root is told, as `id` sees it.
#[cfg(target_os = "linux")]
#[test]
fn whether_this_user_is_root_is_told() {
    let id = std::process::Command::new("id").arg("-u").output().expect("it runs");
    let is_root = text(&id.stdout).trim() == "0";
    assert_eq!(rdptrace::local::Host::elevated(&rdptrace::local::this_machine()), Some(is_root));
}

/// What the kernel of Linux counts of a connection is in the report, with what was sent and received in all.
#[cfg(target_os = "linux")]
#[test]
fn what_tcp_counted_of_a_connection_is_reported() {
    let output = rdptrace(&["demo", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let tcp = &report["connections"][0]["tcp"];
    assert!(tcp["round_trip_ms"].as_f64().is_some_and(|trip| trip > 0.0), "{tcp}");
    assert_eq!(tcp["syn_retries"], 0, "{tcp}");
    for field in ["sent_bytes", "received_bytes"] {
        assert!(tcp[field].as_u64().is_some_and(|bytes| bytes > 1000), "{tcp}");
    }
}

/// A connection that is open until this happens to it.
struct Until(fn() -> io::Error);

impl AsyncRead for Until {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err((self.0)()))
    }
}

impl AsyncWrite for Until {
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

#[tokio::test(start_paused = true)]
async fn what_breaks_an_open_connection_is_told_by_its_kind() {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, HostUnreachable, InvalidData, NetworkUnreachable,
        TimedOut, UnexpectedEof,
    };
    let lost = "the way to the server was lost";
    let table: [(fn() -> io::Error, _, _); 9] = [
        (|| ConnectionReset.into(), FailureKind::Reset, "the server reset the connection"),
        (|| ConnectionAborted.into(), FailureKind::Reset, "the server reset the connection"),
        (|| UnexpectedEof.into(), FailureKind::Closed, "the server closed the connection"),
        (|| BrokenPipe.into(), FailureKind::Closed, "the server closed the connection"),
        (
            || TimedOut.into(),
            FailureKind::Timeout,
            "the system gave up: the peer no longer acknowledges anything",
        ),
        (|| HostUnreachable.into(), FailureKind::Unreachable, lost),
        (|| NetworkUnreachable.into(), FailureKind::Unreachable, lost),
        (|| io::Error::from_raw_os_error(EMFILE), FailureKind::Unreachable, lost),
        (|| InvalidData.into(), FailureKind::Malformed, "what the server sends cannot be taken"),
    ];
    for (error, kind, detail) in table {
        let limits = Limits { phase: Duration::from_secs(10), run: Instant::now() + Duration::from_secs(60) };
        let mut wire = Wire::new(Box::new(Until(error)), limits);
        let failure = wire.receive(Framing::Tpkt).await.expect_err("it ends");
        assert_eq!(failure.kind, kind, "{}", failure.detail);
        assert!(failure.detail.starts_with(detail), "{} is not {detail}", failure.detail);
    }
}

/// A network over which TCP works, and datagrams fail with this error: at the socket, or when something is received.
struct NoDatagrams {
    lab: Lab,
    at_once: bool,
    error: io::ErrorKind,
}

struct Dead(io::ErrorKind);

impl Datagrams for Dead {
    fn send<'a>(&'a self, _: &'a [u8]) -> Pending<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn receive(&self) -> Pending<'_, Vec<u8>> {
        Box::pin(async { Err(self.0.into()) })
    }
}

#[async_trait]
impl Network for NoDatagrams {
    fn now(&self) -> OffsetDateTime {
        self.lab.now()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        self.lab.look_up(host).await
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        self.lab.connect(address).await
    }

    async fn datagrams(&self, _address: SocketAddr) -> io::Result<BoxDatagrams> {
        if self.at_once {
            return Err(self.error.into());
        }
        Ok(Box::new(Dead(self.error)))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.lab.system_roots()
    }
}

async fn datagrams(at_once: bool, error: io::ErrorKind) -> Udp {
    let network = NoDatagrams { lab: Lab::of(None), at_once, error };
    let settings = Settings::default().udp(true).experiments(Experiments::Off);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, &settings, &network).run().await.trace.udp.expect("it was asked for")
}

/// ICMP answers what was sent. A socket that cannot be had, and an error that ICMP has no word for, are this machine's.
#[tokio::test(start_paused = true)]
async fn what_becomes_of_a_datagram_is_told_by_its_kind() {
    use io::ErrorKind::{
        ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable, OutOfMemory,
        PermissionDenied,
    };
    let here = "this machine could not send or receive: ";
    for (at_once, error, outcome, why) in [
        (false, ConnectionRefused, UdpOutcome::Closed, "ICMP says that nobody has the port"),
        (false, ConnectionReset, UdpOutcome::Closed, "ICMP says that nobody has the port"),
        (false, HostUnreachable, UdpOutcome::Closed, "ICMP says that the host cannot be reached"),
        (false, NetworkUnreachable, UdpOutcome::Closed, "ICMP says that the network cannot be reached"),
        (false, PermissionDenied, UdpOutcome::Closed, "ICMP says that a filter forbids it"),
        (false, OutOfMemory, UdpOutcome::Inconclusive, here),
        (true, PermissionDenied, UdpOutcome::NotAsked, here),
        (true, NetworkUnreachable, UdpOutcome::NotAsked, here),
    ] {
        let udp = datagrams(at_once, error).await;
        let said = udp.why.unwrap_or_default();
        assert_eq!((udp.outcome, udp.tries), (outcome, u32::from(!at_once)), "{error:?}: {said}");
        assert!(if why == here { said.starts_with(here) } else { said == why }, "{error:?}: {said}");
        assert!(udp.error.is_some());
    }
}
