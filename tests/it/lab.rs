//! An invented network in virtual time: names, hosts that answer or do not, and the demo server behind them.

use std::{
    collections::BTreeMap,
    fmt, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use async_trait::async_trait;
use rdptrace::{
    BoxDatagrams, BoxStream, Datagrams, Network, Pending,
    internal::demo::{self, Fault, Server},
    report::{Failure, FailureKind},
};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    time::sleep,
};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::demo::pipe;

/// What the resolver says.
#[derive(Clone, Debug)]
pub(crate) enum Names {
    Known(Vec<IpAddr>),
    Unknown,
    Silent,
}

/// What a host does with a connection request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// The demo server, with or without a fault.
    Demo(Option<&'static Fault>),
    Refused,
    Unreachable,
    /// The system's connection is reset before it can be used.
    ResetAtOnce,
    Silent,
    /// One answer a request; the last one stays.
    InTurn(&'static [Answer]),
}

impl Answer {
    /// What the request with this number gets, counted from 0.
    fn to(self, request: usize) -> Self {
        match self {
            Self::InTurn(answers) => answers[request.min(answers.len() - 1)].to(request),
            other => other,
        }
    }
}

/// What becomes of a datagram, to whichever host.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Udp {
    /// The demo server answers it after 20 ms.
    Answers,
    /// Only the third is answered.
    AnswersLate,
    /// ICMP says that nothing is there.
    Closed,
    Silent,
    /// What answers acknowledges another number.
    Foreign,
}

/// One host of the network.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host {
    pub address: SocketAddr,
    pub answer: Answer,
    pub after: Duration,
}

/// The network; it counts the connections that were asked for and those that were opened.
pub(crate) struct Lab {
    pub names: Names,
    pub hosts: Vec<Host>,
    pub udp: Udp,
    /// The datagrams that were sent, in order.
    pub datagrams: Arc<Mutex<Vec<Vec<u8>>>>,
    pub asked: AtomicUsize,
    pub opened: AtomicUsize,
    /// The demo servers by address and fault: the connections to a host are connections to one server.
    servers: Mutex<BTreeMap<(SocketAddr, &'static str), Arc<Server>>>,
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab").field("names", &self.names).field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

impl Lab {
    /// A network of one host, the demo server with this fault.
    pub(crate) fn of(fault: Option<&'static Fault>) -> Self {
        Self::answering(Answer::Demo(fault))
    }

    /// A network of one host that answers so.
    pub(crate) fn answering(answer: Answer) -> Self {
        let address: SocketAddr = "192.0.2.15:3389".parse().expect("an address");
        let host = Host { address, answer, after: Duration::ZERO };
        Self::new(Names::Known(vec![address.ip()]), vec![host])
    }

    /// A network of these hosts.
    pub(crate) fn new(names: Names, hosts: Vec<Host>) -> Self {
        Self {
            names,
            hosts,
            udp: Udp::Silent,
            datagrams: Arc::default(),
            asked: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            servers: Mutex::default(),
        }
    }

    /// The same, where datagrams fare so.
    pub(crate) fn with_udp(self, udp: Udp) -> Self {
        Self { udp, ..self }
    }

    /// The certificate of the first host, DER.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        let host = self.hosts.first().expect("a host");
        let Answer::Demo(fault) = host.answer else { panic!("the first host is no demo server") };
        self.server(host.address, fault).certificate().to_vec()
    }

    /// The same as SHA-256.
    pub(crate) fn thumbprint(&self) -> String {
        hex::encode(Sha256::digest(self.certificate()))
    }

    fn server(&self, address: SocketAddr, fault: Option<&'static Fault>) -> Arc<Server> {
        let name = fault.map_or("", |fault| fault.name);
        let make = || Arc::new(Server::new(fault, pipe::NOW).expect("the server can be made"));
        let mut servers = self.servers.lock().expect("no test panics while it holds it");
        Arc::clone(servers.entry((address, name)).or_insert_with(make))
    }
}

#[async_trait]
impl Network for Lab {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        match &self.names {
            Names::Known(addresses) => Ok(addresses.clone()),
            Names::Unknown => {
                Err(Failure::new(FailureKind::NotFound, format!("the name does not exist: {host}")))
            }
            Names::Silent => std::future::pending().await,
        }
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let host = self.hosts.iter().find(|host| host.address == address);
        let Some(host) = host else { return Err(io::ErrorKind::NetworkUnreachable.into()) };
        let request = self.asked.fetch_add(1, Ordering::SeqCst);
        sleep(host.after).await;
        match host.answer.to(request) {
            Answer::InTurn(_) => unreachable!("a turn is one answer"),
            Answer::Refused => Err(io::ErrorKind::ConnectionRefused.into()),
            Answer::Unreachable => Err(io::ErrorKind::HostUnreachable.into()),
            Answer::ResetAtOnce => Err(io::ErrorKind::ConnectionReset.into()),
            Answer::Silent => std::future::pending().await,
            Answer::Demo(fault) => {
                self.opened.fetch_add(1, Ordering::SeqCst);
                let (stream, reset, _server) = pipe::connect_to(self.server(address, fault));
                Ok(Box::new(ClientEnd { stream, reset, _held: () }))
            }
        }
    }

    async fn datagrams(&self, _address: SocketAddr) -> io::Result<BoxDatagrams> {
        Ok(Box::new(Socket { udp: self.udp, sent: Arc::clone(&self.datagrams) }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// A socket of the network.
struct Socket {
    udp: Udp,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Socket {
    fn sent(&self) -> Vec<Vec<u8>> {
        self.sent.lock().expect("no test panics while it holds it").clone()
    }
}

impl Datagrams for Socket {
    fn send<'a>(&'a self, bytes: &'a [u8]) -> Pending<'a, ()> {
        self.sent.lock().expect("no test panics while it holds it").push(bytes.to_vec());
        Box::pin(async { Ok(()) })
    }

    fn receive(&self) -> Pending<'_, Vec<u8>> {
        Box::pin(async {
            sleep(Duration::from_millis(20)).await;
            let sent = self.sent();
            let answer = demo::answer_datagram(sent.last().expect("it was sent"));
            match self.udp {
                Udp::Closed => Err(io::ErrorKind::ConnectionRefused.into()),
                Udp::Answers => Ok(answer.expect("it is a SYN")),
                Udp::AnswersLate if sent.len() == 3 => Ok(answer.expect("it is a SYN")),
                Udp::AnswersLate | Udp::Silent => std::future::pending().await,
                Udp::Foreign => {
                    let mut other = answer.expect("it is a SYN");
                    other[..4].fill(0x11);
                    Ok(other)
                }
            }
        })
    }
}

/// The fault with this name.
pub(crate) fn fault(name: &str) -> &'static Fault {
    demo_fault(name).unwrap_or_else(|| panic!("there is no fault {name}"))
}

fn demo_fault(name: &str) -> Option<&'static Fault> {
    demo::find(name)
}

/// The client's end: an end of the stream is a reset when the server meant one. What it holds is dropped with it.
pub(crate) struct ClientEnd<H> {
    pub stream: DuplexStream,
    pub reset: Arc<AtomicBool>,
    pub _held: H,
}

impl<H> ClientEnd<H> {
    fn was_reset(&self) -> bool {
        self.reset.load(Ordering::SeqCst)
    }
}

impl<H: Unpin> AsyncRead for ClientEnd<H> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        match poll {
            Poll::Ready(Ok(())) if buf.filled().len() == before && self.was_reset() => {
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            other => other,
        }
    }
}

impl<H: Unpin> AsyncWrite for ClientEnd<H> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
