//! A gateway that does what a test says, in front of the demo server.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use rdptrace::internal::pdu::websocket;
use tokio::io::{AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig, server::TlsStream};

use super::{
    acceptor::{Acceptor, Form, Taken, basic, take},
    packets::{Carrier, Packets},
    tunnel::packets,
};
use crate::heads::head;

/// What the gateway does.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// What it asks for: schemes of `WWW-Authenticate`; none lets everybody in.
    pub schemes: Vec<&'static str>,
    /// The whole answer to the first request in place of it.
    pub first: Option<&'static str>,
    /// The whole answer to the first token.
    pub begun: Option<&'static str>,
    /// The form of the first token that is understood, and the whole answer to the other.
    pub only: Option<(Form, &'static str)>,
    /// Answers a token in the form that it does not have.
    pub crossed: bool,
    /// The whole answer to the second of two connections.
    pub second: Option<&'static str>,
    /// What answers the body of that connection before it is over.
    pub early: Option<&'static str>,
    /// The whole answer to the proof of the password.
    pub after_proof: Option<&'static str>,
    /// The challenge ends its connection.
    pub closing: bool,
    /// The channel bindings that are enforced.
    pub bindings: Option<Vec<u8>>,
    /// What answers GET.
    pub get: &'static str,
    pub carrier: Carrier,
    /// A wrong Sec-WebSocket-Accept.
    pub wrong_accept: bool,
    /// The codes of the four responses.
    pub handshake: u32,
    pub tunnel: u32,
    pub authorize: u32,
    pub channel: u32,
    /// The step that is not answered: the type of the request.
    pub silent: u16,
    pub consent: Option<&'static str>,
    /// The token that is expected.
    pub token: Option<&'static str>,
    /// The fault of the server behind.
    pub server: Option<&'static str>,
    /// What is sent in place of the first packet.
    pub garbage: Option<&'static [u8]>,
    /// TLS wants a certificate of the client.
    pub wants_certificate: bool,
    /// Pings without an end, and nothing is read.
    pub flood: bool,
    /// DATA packets of the client after which the channel is closed, and with what; none drops the connection.
    pub close: Option<(usize, Option<u32>)>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            schemes: Vec::new(),
            first: None,
            begun: None,
            only: None,
            crossed: false,
            second: None,
            early: None,
            after_proof: None,
            closing: false,
            bindings: None,
            get: "401 Unauthorized",
            carrier: Carrier::WebSocket,
            wrong_accept: false,
            handshake: 0,
            tunnel: 0,
            authorize: 0,
            channel: 0,
            silent: 0,
            consent: None,
            token: None,
            server: None,
            garbage: None,
            wants_certificate: false,
            flood: false,
            close: None,
        }
    }
}

/// What was seen of the client.
#[derive(Default)]
pub(crate) struct Seen {
    /// Proofs of a password that came.
    pub proofs: AtomicUsize,
    pub connections: AtomicUsize,
    /// Whether the first answer was given.
    answered: AtomicBool,
    /// CLOSE_CHANNEL of the client.
    pub farewells: AtomicUsize,
    pub pongs: AtomicUsize,
    /// Binary messages of a session up to its end, and those of them that are one packet.
    pub messages: Mutex<(usize, usize)>,
    /// What the close frame carried.
    pub closing: Mutex<Option<Vec<u8>>>,
    /// Bytes of the flood that were taken.
    pub flooded: AtomicUsize,
    /// KEEPALIVE packets that came back.
    pub keepalives: AtomicUsize,
    pub heads: Mutex<Vec<String>>,
    out: Mutex<Option<WriteHalf<TlsStream<DuplexStream>>>>,
}

/// Serves one connection.
pub(super) async fn serve(stream: DuplexStream, script: Script, seen: Arc<Seen>, tls: Arc<ServerConfig>) {
    seen.connections.fetch_add(1, SeqCst);
    let _ = connection(stream, &script, &seen, tls).await;
}

async fn connection(
    stream: DuplexStream,
    script: &Script,
    seen: &Arc<Seen>,
    tls: Arc<ServerConfig>,
) -> io::Result<()> {
    let mut stream = TlsAcceptor::from(tls).accept(stream).await?;
    let mut acceptor = None;
    let mut authorized = script.schemes.is_empty();
    loop {
        let head = head(&mut stream).await?;
        seen.heads.lock().expect("no panic").push(head.clone());
        let sending = head.starts_with("RDG_IN_DATA");
        if let Some(answer) = script.first.filter(|_| !seen.answered.swap(true, SeqCst)) {
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
            continue;
        }
        if let Some(answer) = script.second.filter(|_| sending) {
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
            continue;
        }
        if !authorized {
            let answer = authenticate(&head, script, seen, &mut acceptor);
            match answer {
                Some(refusal) => {
                    stream.write_all(refusal.as_bytes()).await?;
                    stream.flush().await?;
                    continue;
                }
                None => authorized = true,
            }
        }
        if head.starts_with("RPC_OUT_DATA") || head.starts_with("GET") {
            let status = if head.starts_with("GET") { script.get } else { "404 Not Found" };
            stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await?;
            stream.flush().await?;
            continue;
        }
        if sending && head.contains("Content-Length: 0") {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await?;
            stream.flush().await?;
            continue;
        }
        if let Some(answer) = script.early.filter(|_| sending) {
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
            return std::future::pending().await;
        }
        return open(stream, &head, script, seen).await;
    }
}

/// What refuses the request; none lets it in.
fn authenticate(head: &str, script: &Script, seen: &Seen, acceptor: &mut Option<Acceptor>) -> Option<String> {
    let refusal = |extra: &str| {
        let offered: String =
            script.schemes.iter().map(|scheme| format!("WWW-Authenticate: {scheme}\r\n")).collect();
        let lines = if extra.is_empty() { offered } else { extra.to_owned() };
        Some(format!(
            "HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-HTTPAPI/2.0\r\n{lines}Set-Cookie: lb=7; path=/\r\n\
             Content-Type: text/html\r\nContent-Length: 9\r\n\r\n<h1></h1>"
        ))
    };
    let Some(sent) = head.lines().find_map(|line| line.strip_prefix("Authorization: ")) else {
        return refusal("");
    };
    let (scheme, token) = sent.split_once(' ').expect("a scheme and a token");
    let right = match scheme {
        "Basic" => token == basic(),
        _ => match take(token, script, acceptor) {
            Taken::Answered(answer) => return Some(answer.to_owned()),
            Taken::Challenged(challenge) => {
                let closing = if script.closing { "Connection: close\r\n" } else { "" };
                return refusal(&format!("{closing}WWW-Authenticate: {scheme} {challenge}\r\n"));
            }
            Taken::Judged(right) => right,
        },
    };
    seen.proofs.fetch_add(1, SeqCst);
    match (script.after_proof, right) {
        (Some(answer), _) => Some(answer.to_owned()),
        (None, true) => None,
        (None, false) => refusal(""),
    }
}

async fn open(
    mut stream: TlsStream<DuplexStream>,
    head: &str,
    script: &Script,
    seen: &Arc<Seen>,
) -> io::Result<()> {
    if script.carrier == Carrier::Bodies {
        return bodies(stream, head, script, seen).await;
    }
    // A question to the KDC proxy is none for a channel.
    let Some(key) = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")) else {
        return Ok(());
    };
    let accept = if script.wrong_accept { "AAAA".to_owned() } else { websocket::accept(key) };
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    while script.flood && seen.flooded.load(SeqCst) < 64 << 20 {
        stream.write_all(&[0x89, 0].repeat(512)).await?;
        stream.flush().await?;
        seen.flooded.fetch_add(1024, SeqCst);
    }
    let (reader, writer) = tokio::io::split(stream);
    packets(Packets::new(Box::new(reader), Box::new(writer), script.carrier), script, seen).await
}

/// The first connection keeps its writing half for the second one.
async fn bodies(
    mut stream: TlsStream<DuplexStream>,
    head: &str,
    script: &Script,
    seen: &Arc<Seen>,
) -> io::Result<()> {
    if head.starts_with("RDG_OUT_DATA") {
        stream.write_all(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n0123456789").await?;
        stream.flush().await?;
        let (mut reader, writer): (ReadHalf<_>, _) = tokio::io::split(stream);
        *seen.out.lock().expect("no panic") = Some(writer);
        // Held until the client leaves.
        return tokio::io::copy(&mut reader, &mut tokio::io::sink()).await.map(drop);
    }
    let out = seen.out.lock().expect("no panic").take().expect("the first connection came first");
    let (reader, _writer) = tokio::io::split(stream);
    packets(Packets::new(Box::new(reader), Box::new(out), Carrier::Bodies), script, seen).await
}
