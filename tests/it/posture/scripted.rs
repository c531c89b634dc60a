//! A server that selects TLS and answers each ClientHello as a script says, and counts who is there.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rdptrace::{BoxStream, Network, report::Failure};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    time::sleep,
};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{demo::pipe, lab::ClientEnd};

const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 1, 0, 2, 2, 40];

/// What a server does with a hello that it does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Alert,
    Close,
}

/// The server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script {
    /// The versions that it accepts, the best last.
    pub versions: &'static [u16],
    /// Its suites in the order of its preference; none accepts every suite.
    pub suites: Option<&'static [u16]>,
    pub refusal: Refusal,
    /// After so many connections it closes each one at once.
    pub patience: usize,
}

/// The network of one such server.
#[derive(Debug)]
pub(super) struct Scripted {
    pub script: Script,
    pub opened: AtomicUsize,
    open: Arc<AtomicUsize>,
    /// The most connections that were open at once.
    pub most: AtomicUsize,
}

impl Scripted {
    pub(super) fn new(script: Script) -> Self {
        Self { script, opened: AtomicUsize::new(0), open: Arc::default(), most: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl Network for Scripted {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(vec![IpAddr::from([192, 0, 2, 15])])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        let tired = self.opened.fetch_add(1, Ordering::SeqCst) >= self.script.patience;
        let now = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let (client, server) = duplex(64 * 1024);
        let script = self.script;
        tokio::spawn(async move { if tired { Ok(()) } else { serve(script, server).await } });
        let held = Open(Arc::clone(&self.open));
        Ok(Box::new(ClientEnd { stream: client, reset: Arc::default(), _held: held }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// Counts a connection as open until it is dropped.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Selects TLS when it is offered, and refuses everything else.
async fn serve(script: Script, mut stream: DuplexStream) -> io::Result<()> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await?;
    let mut request = vec![0; usize::from(header[3]) - 4];
    stream.read_exact(&mut request).await?;
    let offers_tls = request[request.len() - 4] & 1 == 1;
    let mut confirm = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0];
    confirm[11] = if offers_tls { 2 } else { 3 };
    // Nobody is answered at once, so that connections stand open beside each other.
    sleep(Duration::from_millis(5)).await;
    stream.write_all(&confirm).await?;
    if !offers_tls {
        return Ok(());
    }
    let mut header = [0; 5];
    stream.read_exact(&mut header).await?;
    let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut hello).await?;
    match (answer(script, &hello), script.refusal) {
        (Some(answer), _) => stream.write_all(&answer).await?,
        (None, Refusal::Alert) => stream.write_all(&HANDSHAKE_FAILURE).await?,
        (None, Refusal::Close) => return Ok(()),
    }
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.map(|_| ())
}

fn answer(script: Script, hello: &[u8]) -> Option<Vec<u8>> {
    let (offered, suites) = offer(hello);
    let version = *script.versions.iter().rfind(|version| **version <= offered)?;
    let accepts = |suite: &&u16| (**suite >> 8 == 0x13) == (version == 0x0304);
    let suite = match script.suites {
        Some(own) => *own.iter().filter(accepts).find(|suite| suites.contains(suite))?,
        None => *suites.iter().find(accepts)?,
    };
    Some(server_hello(version, suite))
}

/// The best version of a hello, and its suites.
fn offer(hello: &[u8]) -> (u16, Vec<u16>) {
    let session = 38 + usize::from(hello[38]) + 1;
    let length = usize::from(u16::from_be_bytes([hello[session], hello[session + 1]]));
    let suites = &hello[session + 2..session + 2 + length];
    let suites: Vec<u16> = suites.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let tls13 = suites.iter().any(|suite| suite >> 8 == 0x13);
    (if tls13 { 0x0304 } else { u16::from_be_bytes([hello[4], hello[5]]) }, suites)
}

/// A ServerHello, and up to TLS 1.2 a ServerHelloDone.
fn server_hello(version: u16, suite: u16) -> Vec<u8> {
    let [_, minor] = version.to_be_bytes();
    let mut body = vec![3, minor.min(3)];
    body.extend([7; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    if minor == 4 {
        body.extend([0, 6, 0, 43, 0, 2, 3, 4]);
    }
    let length = u8::try_from(body.len()).expect("a short message");
    let mut messages = vec![2, 0, 0, length];
    messages.extend(body);
    if minor < 4 {
        messages.extend([14, 0, 0, 0]);
    }
    let length = u8::try_from(messages.len()).expect("a short record");
    [&[22, 3, minor.min(3), 0, length][..], &messages].concat()
}
