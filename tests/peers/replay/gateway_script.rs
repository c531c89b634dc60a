//! A gateway that answers as a recorded one did: HTTP in order, then each packet by its type.

use std::{io, sync::Arc};

use rdptrace::{
    Stream,
    internal::pdu::{
        tsgu::{self, Packet},
        websocket::{accept, frame_header},
    },
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::{
    gateway::opened_with,
    network::{Play, Serving},
    recording::{Conversation, Side},
};
use crate::heads::head;

/// A Windows client shows a token at once, so nobody recorded what is answered to one that shows nothing.
const CHALLENGE: &[u8] =
    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n";
const REFUSED: &[u8] = b"HTTP/1.1 401 ";

/// What the gateway says.
pub(super) struct GatewayScript {
    /// The refusals.
    answers: Vec<Vec<u8>>,
    /// The head of the upgrade, and the frames behind it.
    opened: Option<(Vec<u8>, Vec<u8>)>,
}

impl GatewayScript {
    pub(super) fn new(recorded: &Conversation) -> Self {
        let said = recorded.of(Side::Server);
        let opened = opened_with(&said).map(|(head, frames)| (head.to_vec(), frames.to_vec()));
        let refused = recorded.answers().into_iter().take_while(|answer| answer.starts_with(REFUSED));
        Self { answers: [CHALLENGE.to_vec()].into_iter().chain(refused).collect(), opened }
    }

    async fn play<S: Stream>(&self, mut stream: S) -> io::Result<()> {
        let mut answers = self.answers.iter();
        loop {
            let request = head(&mut stream).await?;
            let Some(answer) = answers.next() else {
                let Some((head, frames)) = &self.opened else { return Ok(()) };
                stream.write_all(upgrade(head, &request).as_bytes()).await?;
                stream.flush().await?;
                return packets(stream, frames).await;
            };
            stream.write_all(answer).await?;
            stream.flush().await?;
        }
    }
}

impl Play for GatewayScript {
    fn serve(self: Arc<Self>, stream: DuplexStream, tls: TlsAcceptor) -> Serving {
        Box::pin(async move { self.play(tls.accept(stream).await?).await })
    }
}

/// The recorded upgrade with the proof for another key.
fn upgrade(head: &[u8], request: &str) -> String {
    let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap_or_default();
    let proof = format!("Sec-WebSocket-Accept: {}", accept(key));
    let head = String::from_utf8_lossy(head);
    let lines = head.split("\r\n");
    lines
        .map(|line| if line.starts_with("Sec-WebSocket-Accept") { &proof } else { line })
        .collect::<Vec<_>>()
        .join("\r\n")
}

/// Answers each message of the client with the first recorded frame that belongs to its packet.
async fn packets<S: Stream>(mut stream: S, frames: &[u8]) -> io::Result<()> {
    loop {
        let Some(message) = message(&mut stream).await? else { return Ok(()) };
        let Ok(packet) = Packet::parse(&message) else { return Ok(()) };
        let wanted = if packet.kind == tsgu::DATA { tsgu::DATA } else { packet.kind + 1 };
        let Some(frame) = first(frames, wanted) else { return Ok(()) };
        stream.write_all(frame).await?;
        stream.flush().await?;
    }
}

fn first(mut frames: &[u8], kind: u16) -> Option<&[u8]> {
    while let Some(header) = frame_header(frames).expect("a frame") {
        let (frame, rest) = frames.split_at(header.length + header.payload);
        if frame[header.length..].starts_with(&kind.to_le_bytes()) {
            return Some(frame);
        }
        frames = rest;
    }
    None
}

/// One message of the client, whose frames are masked; none where it closes.
async fn message<S: Stream>(stream: &mut S) -> io::Result<Option<Vec<u8>>> {
    let opcode = stream.read_u8().await? & 0x0F;
    let length = match stream.read_u8().await? & 0x7F {
        126 => usize::from(stream.read_u16().await?),
        127 => return Err(io::Error::other("no client says so much")),
        short => usize::from(short),
    };
    let mut mask = [0; 4];
    stream.read_exact(&mut mask).await?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    Ok((opcode != 8).then_some(payload))
}
