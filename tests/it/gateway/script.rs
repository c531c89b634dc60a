//! A gateway that does what a test says, in front of the demo server.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use rdptrace::pdu::{
    tsgu::{self, Packet},
    websocket,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig, server::TlsStream};

use super::{
    acceptor::{Acceptor, basic},
    packets::{Carrier, Packets},
};
use crate::demo::pipe;

/// What the gateway does.
#[derive(Clone, Debug)]
pub struct Script {
    /// What it asks for: schemes of `WWW-Authenticate`; none lets everybody in.
    pub schemes: Vec<&'static str>,
    /// The whole answer to the first request in place of it.
    pub first: Option<&'static str>,
    /// The whole answer to the proof of the password.
    pub after_proof: Option<&'static str>,
    /// The channel bindings that are enforced.
    pub bindings: Option<Vec<u8>>,
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
    /// DATA packets of the client after which the channel is closed, and with what; none drops the connection.
    pub close: Option<(usize, Option<u32>)>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            schemes: Vec::new(),
            first: None,
            after_proof: None,
            bindings: None,
            carrier: Carrier::WebSocket,
            wrong_accept: false,
            handshake: 0,
            tunnel: 0,
            authorize: 0,
            channel: 0,
            silent: 0,
            consent: None,
            token: None,
            close: None,
        }
    }
}

/// What was seen of the client.
#[derive(Default)]
pub struct Seen {
    /// Proofs of a password that came.
    pub proofs: AtomicUsize,
    pub connections: AtomicUsize,
    /// CLOSE_CHANNEL of the client.
    pub farewells: AtomicUsize,
    pub pongs: AtomicUsize,
    pub heads: Mutex<Vec<String>>,
    out: Mutex<Option<WriteHalf<TlsStream<DuplexStream>>>>,
}

/// Serves one connection.
pub async fn serve(stream: DuplexStream, script: Script, seen: Arc<Seen>, tls: Arc<ServerConfig>) {
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
    let mut acceptor = Acceptor::new(script.bindings.clone());
    let mut raw = Vec::new();
    let (mut authorized, mut first) = (script.schemes.is_empty(), true);
    loop {
        let head = head(&mut stream, &mut raw).await?;
        seen.heads.lock().expect("no panic").push(head.clone());
        let sending = head.starts_with("RDG_IN_DATA");
        if let Some(answer) = script.first.filter(|_| first) {
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
            first = head.starts_with("RPC");
            continue;
        }
        first = false;
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
        if sending && head.contains("Content-Length: 0") {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await?;
            stream.flush().await?;
            continue;
        }
        return open(stream, &head, script, seen, raw).await;
    }
}

/// What refuses the request; none lets it in.
fn authenticate(head: &str, script: &Script, seen: &Seen, acceptor: &mut Acceptor) -> Option<String> {
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
        _ => match acceptor.take(token) {
            Ok(challenge) => return refusal(&format!("WWW-Authenticate: {scheme} {challenge}\r\n")),
            Err(right) => right,
        },
    };
    seen.proofs.fetch_add(1, SeqCst);
    match (script.after_proof, right) {
        (Some(answer), _) => Some(answer.to_owned()),
        (None, true) => None,
        (None, false) => refusal(""),
    }
}

async fn head(stream: &mut TlsStream<DuplexStream>, raw: &mut Vec<u8>) -> io::Result<String> {
    loop {
        if let Some(end) = raw.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = raw.split_off(end + 4);
            let head = std::mem::replace(raw, rest);
            return Ok(String::from_utf8(head).expect("our own head"));
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => raw.extend_from_slice(&chunk[..count]),
        }
    }
}

async fn open(
    mut stream: TlsStream<DuplexStream>,
    head: &str,
    script: &Script,
    seen: &Arc<Seen>,
    raw: Vec<u8>,
) -> io::Result<()> {
    if script.carrier == Carrier::Bodies {
        return bodies(stream, head, script, seen, raw).await;
    }
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).expect("a key");
    let accept = if script.wrong_accept { "AAAA".to_owned() } else { websocket::accept(key) };
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    let (reader, writer) = tokio::io::split(stream);
    packets(Packets::new(Box::new(reader), Box::new(writer), script.carrier, raw), script, seen).await
}

/// The first connection keeps its writing half for the second one.
async fn bodies(
    mut stream: TlsStream<DuplexStream>,
    head: &str,
    script: &Script,
    seen: &Arc<Seen>,
    raw: Vec<u8>,
) -> io::Result<()> {
    if head.starts_with("RDG_OUT_DATA") {
        stream.write_all(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n0123456789").await?;
        stream.flush().await?;
        let (mut reader, writer): (ReadHalf<_>, _) = tokio::io::split(stream);
        *seen.out.lock().expect("no panic") = Some(writer);
        let mut nothing = [0; 1];
        reader.read(&mut nothing).await?;
        return Ok(());
    }
    let out = seen.out.lock().expect("no panic").take().expect("the first connection came first");
    let (reader, _writer) = tokio::io::split(stream);
    packets(Packets::new(Box::new(reader), Box::new(out), Carrier::Bodies, raw), script, seen).await
}

async fn packets(mut way: Packets, script: &Script, seen: &Arc<Seen>) -> io::Result<()> {
    loop {
        let packet = way.receive().await?;
        seen.pongs.store(way.pongs, SeqCst);
        if packet.kind == script.silent {
            return std::future::pending().await;
        }
        let Some((kind, body)) = response(&packet, script) else { continue };
        way.send(&Packet { kind, body }).await?;
        if kind == tsgu::CHANNEL_RESPONSE && script.channel == 0 {
            return data(way, script, seen).await;
        }
    }
}

fn response(packet: &Packet, script: &Script) -> Option<(u16, Vec<u8>)> {
    let code = |code: u32| code.to_le_bytes().to_vec();
    Some(match packet.kind {
        tsgu::HANDSHAKE_REQUEST => {
            (tsgu::HANDSHAKE_RESPONSE, [code(script.handshake), vec![1, 0, 0, 0, 0, 0]].concat())
        }
        tsgu::TUNNEL_CREATE => (tsgu::TUNNEL_RESPONSE, tunnel_response(packet, script)),
        tsgu::TUNNEL_AUTH => {
            let fields = [vec![3, 0, 0, 0], code(0x8), code(30)].concat();
            (tsgu::TUNNEL_AUTH_RESPONSE, [code(script.authorize), fields].concat())
        }
        tsgu::CHANNEL_CREATE => {
            (tsgu::CHANNEL_RESPONSE, [code(script.channel), vec![1, 0, 0, 0], code(5)].concat())
        }
        _ => return None,
    })
}

fn tunnel_response(packet: &Packet, script: &Script) -> Vec<u8> {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let told = script.token.is_none_or(|token| {
        let token = wide(token);
        packet.body.windows(token.len()).any(|window| window == token)
    });
    let status = if told { script.tunnel } else { 0x8007_59F8 };
    let fields: u16 = if script.consent.is_some() { 0x13 } else { 0x3 };
    let mut body = vec![1, 0];
    body.extend(status.to_le_bytes());
    body.extend(fields.to_le_bytes());
    body.extend([0, 0]);
    body.extend(7_u32.to_le_bytes());
    body.extend(0x3F_u32.to_le_bytes());
    if let Some(text) = script.consent {
        let text = wide(text);
        body.extend(u16::try_from(text.len()).expect("short").to_le_bytes());
        body.extend(text);
    }
    body
}

/// Between the client and the demo server, with a keepalive and a message first.
async fn data(mut way: Packets, script: &Script, seen: &Arc<Seen>) -> io::Result<()> {
    let (server, _reset, _task) = pipe::connect(None);
    let (mut from, mut to) = tokio::io::split(server);
    way.send(&Packet { kind: tsgu::KEEPALIVE, body: Vec::new() }).await?;
    let text: Vec<u8> = "maintenance tonight".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(text.len()).expect("short").to_le_bytes().to_vec();
    way.send(&Packet { kind: tsgu::SERVICE_MESSAGE, body: [length, text].concat() }).await?;
    let mut came = 0;
    let mut chunk = [0; 4096];
    loop {
        tokio::select! {
            packet = way.receive() => {
                let packet = packet?;
                match packet.kind {
                    tsgu::DATA => {
                        came += 1;
                        to.write_all(&packet.body[2..]).await?;
                    }
                    tsgu::CLOSE_CHANNEL => {
                        seen.farewells.fetch_add(1, SeqCst);
                        return Ok(());
                    }
                    _ => {}
                }
                match script.close.filter(|(after, _)| came == *after) {
                    Some((_, Some(status))) => {
                        let body = status.to_le_bytes().to_vec();
                        way.send(&Packet { kind: tsgu::CLOSE_CHANNEL, body }).await?;
                        return std::future::pending().await;
                    }
                    Some((_, None)) => return Ok(()),
                    None => {}
                }
            }
            count = from.read(&mut chunk) => {
                let count = count?;
                if count == 0 {
                    let body = 0xA0_u32.to_le_bytes().to_vec();
                    way.send(&Packet { kind: tsgu::CLOSE_CHANNEL, body }).await?;
                    return Ok(());
                }
                let length = u16::try_from(count).expect("4096").to_le_bytes().to_vec();
                way.send(&Packet { kind: tsgu::DATA, body: [length, chunk[..count].to_vec()].concat() }).await?;
            }
        }
    }
}
