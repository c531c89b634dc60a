//! The demo server, KDCs that say what a test says, and a proxy that reaches only the server.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use rdptrace::{
    BoxDatagrams, BoxStream, Datagrams, Endpoint, Network, Pending, Report, Settings, Target, Tracer,
    report::{Failure, FailureKind},
    settings::{Account, Kdc, KdcSource, KdcTransport, Kerberos, Logon, Others, Proxy, ProxyKind},
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    time::Instant,
};
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::proxy;
use crate::{demo::pipe, heads::head, lab::Lab};

const SERVER: &str = "192.0.2.15";
const PROXY: &str = "192.0.2.250";

/// What a KDC does with a question.
#[derive(Clone, Debug)]
pub(super) enum Says {
    /// This message, every time.
    This(Vec<u8>),
    /// These, and then nothing more.
    InTurn(Vec<Vec<u8>>),
    /// The length of a message, and no message.
    Claims(u32),
    Closes,
    Silent,
    /// Nobody has the port: TCP is refused, and ICMP answers a datagram.
    Refused,
    /// This machine has no way there.
    Unroutable,
    /// These bytes, in place of what a KDC proxy answers.
    Raw(Vec<u8>),
}

impl Says {
    /// What the system makes of an attempt to reach it.
    fn error(&self) -> Option<io::Error> {
        match self {
            Self::Refused => Some(io::ErrorKind::ConnectionRefused.into()),
            Self::Unroutable => Some(io::ErrorKind::NetworkUnreachable.into()),
            _ => None,
        }
    }
}

/// Everything that can be reached.
pub(super) struct Realm {
    pub lab: Lab,
    /// Each KDC with what it says over TCP and over UDP; the number is the last part of its address.
    pub kdcs: Vec<(&'static str, Says, Says)>,
    /// SRV records, each with its hosts.
    pub services: Vec<(&'static str, &'static [&'static str])>,
    /// Whether DNS answers no question for a service.
    pub dns_silent: bool,
    /// What krb5.conf says of other realms.
    pub others: Others,
    pub proxied: bool,
    pub or_ntlm: bool,
    pub target: &'static str,
    /// The account and its password.
    pub account: (&'static str, &'static str),
    pub asked: Asked,
    pub begun: Instant,
    /// What KDC proxies were sent: the head and the body.
    pub posts: Posts,
}

type Asked = Arc<Mutex<Vec<(String, Instant)>>>;
pub(super) type Posts = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A KDC of this name, asked so.
pub(super) fn kdc(host: &str, transport: KdcTransport) -> Kdc {
    Kdc::new(transport, Endpoint::new(host, 88))
}

impl Realm {
    /// One KDC that says the same over TCP and over UDP.
    pub(super) fn of(says: Says) -> Self {
        Self::new(vec![("kdc1", says.clone(), says)])
    }

    pub(super) fn new(kdcs: Vec<(&'static str, Says, Says)>) -> Self {
        Self {
            lab: Lab::of(None),
            kdcs,
            services: Vec::new(),
            dns_silent: false,
            others: Others::default(),
            proxied: false,
            or_ntlm: false,
            target: "rdsh01.corp.example",
            account: ("alice@CORP.EXAMPLE", "secret"),
            asked: Arc::default(),
            begun: Instant::now(),
            posts: Arc::default(),
        }
    }

    /// Every question that reached a KDC or a proxy.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("no test panics while it holds it");
        asked.iter().map(|(question, _)| question.clone()).collect()
    }

    /// When, in seconds.
    pub(super) fn asked_at(&self) -> Vec<(String, f64)> {
        let asked = self.asked.lock().expect("no test panics while it holds it");
        let since = |at: &Instant| (at.duration_since(self.begun).as_secs_f64() * 10.0).round() / 10.0;
        asked.iter().map(|(question, at)| (question.clone(), since(at))).collect()
    }

    pub(super) async fn trace(&self, kdcs: &[Kdc]) -> Report {
        self.trace_over(self, kdcs).await
    }

    /// The same, by way of something that sees what passes.
    pub(super) async fn trace_over(&self, network: &dyn Network, kdcs: &[Kdc]) -> Report {
        let source = if kdcs.is_empty() { KdcSource::Dns } else { KdcSource::Argument };
        let kerberos = Kerberos::new("CORP.EXAMPLE", kdcs.to_vec(), source)
            .or_ntlm(self.or_ntlm)
            .others(self.others.clone());
        let (user, password) = self.account;
        let account = Account::new(user, password);
        let proxy = Proxy::new(ProxyKind::Http, Endpoint::new(PROXY, 3128));
        let settings = Settings::default()
            .logon(Some(Logon::new(account).with_kerberos(kerberos)))
            .proxy(self.proxied.then_some(proxy));
        let target: Target = self.target.parse().expect("a target");
        Tracer::new(&target, &settings, network).run().await
    }

    fn kdc(&self, address: IpAddr) -> Option<&(&'static str, Says, Says)> {
        self.kdcs.iter().enumerate().find(|(number, _)| self::address(*number) == address).map(|(_, kdc)| kdc)
    }

    /// How often a KDC was asked.
    fn question(&self, how: &str, name: &str) -> usize {
        let mut asked = self.asked.lock().expect("no test panics while it holds it");
        let before = asked.iter().filter(|(line, _)| line.ends_with(name)).count();
        asked.push((format!("{how} {name}"), Instant::now()));
        before
    }
}

fn address(number: usize) -> IpAddr {
    [198, 51, 100, u8::try_from(number).expect("few KDCs")].into()
}

#[async_trait]
impl Network for Realm {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let kdc = self.kdcs.iter().position(|kdc| kdc.0 == host);
        Ok(vec![kdc.map_or_else(|| SERVER.parse().expect("an address"), address)])
    }

    async fn services(&self, name: &str) -> Result<Vec<Endpoint>, Failure> {
        if self.dns_silent {
            return std::future::pending().await;
        }
        let found = self.services.iter().find(|(known, _)| *known == name);
        let missing = || Failure::new(FailureKind::NotFound, format!("DNS has no SRV record {name}"));
        found
            .map(|(_, hosts)| hosts.iter().map(|host| Endpoint::new(*host, 88)).collect())
            .ok_or_else(missing)
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        if address.ip().to_string() == PROXY {
            return self.proxy().await;
        }
        let Some((name, says, _)) = self.kdc(address.ip()) else { return self.lab.connect(address).await };
        if let Some(error) = says.error() {
            return Err(error);
        }
        let (client, server) = duplex(64 * 1024);
        if address.port() == 443 {
            let number = self.question("https", name);
            tokio::spawn(proxy::serve(server, says.clone(), number, Arc::clone(&self.posts)));
        } else {
            tokio::spawn(answer(server, says.clone(), self.question("tcp", name)));
        }
        Ok(Box::new(client))
    }

    async fn datagrams(&self, address: SocketAddr) -> io::Result<BoxDatagrams> {
        let (name, _, says) = self.kdc(address.ip()).expect("only a KDC is asked over UDP");
        let (says, asked) = (says.clone(), Arc::clone(&self.asked));
        Ok(Box::new(Socket { name, says, asked }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

impl Realm {
    async fn proxy(&self) -> io::Result<BoxStream> {
        let (client, mut server) = duplex(64 * 1024);
        let asked = Arc::clone(&self.asked);
        let mut behind = self.lab.connect(SocketAddr::new(SERVER.parse().expect("an address"), 3389)).await?;
        tokio::spawn(async move {
            let head = head(&mut server).await?;
            if head.starts_with("CONNECT rdsh01") {
                server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                return tokio::io::copy_bidirectional(&mut server, &mut behind).await.map(|_| ());
            }
            let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
            asked.lock().expect("no test panics while it holds it").push((line, Instant::now()));
            server.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await
        });
        Ok(Box::new(client))
    }
}

/// What is said to the question with this number.
pub(super) fn said(says: &Says, number: usize) -> Option<Vec<u8>> {
    match says {
        Says::This(message) => Some(message.clone()),
        Says::InTurn(messages) => messages.get(number).cloned(),
        _ => None,
    }
}

async fn answer(mut stream: DuplexStream, says: Says, number: usize) -> io::Result<()> {
    let length = stream.read_u32().await?;
    let mut question = vec![0; usize::try_from(length).expect("a short question")];
    stream.read_exact(&mut question).await?;
    if let Some(message) = said(&says, number) {
        stream.write_u32(u32::try_from(message.len()).expect("a short answer")).await?;
        return stream.write_all(&message).await;
    }
    match says {
        Says::Claims(length) => stream.write_u32(length).await,
        Says::Closes => Ok(()),
        _ => std::future::pending().await,
    }
}

struct Socket {
    name: &'static str,
    says: Says,
    asked: Asked,
}

impl Datagrams for Socket {
    fn send<'a>(&'a self, _: &'a [u8]) -> Pending<'a, ()> {
        if let Some(error) = self.says.error().filter(|_| matches!(self.says, Says::Unroutable)) {
            return Box::pin(async { Err(error) });
        }
        let mut asked = self.asked.lock().expect("no test panics while it holds it");
        asked.push((format!("udp {}", self.name), Instant::now()));
        Box::pin(async { Ok(()) })
    }

    fn receive(&self) -> Pending<'_, Vec<u8>> {
        let asked = self.asked.lock().expect("no test panics while it holds it");
        let number = asked.iter().filter(|(line, _)| line.ends_with(self.name)).count() - 1;
        let answer = said(&self.says, number).map(Ok).or_else(|| self.says.error().map(Err));
        Box::pin(async {
            match answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}
