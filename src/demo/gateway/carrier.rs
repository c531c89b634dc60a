//! What carries the packets on the gateway's side: WebSocket frames, or the bodies of two connections (MS-TSGU 3.3.3).

use std::io;

use tokio::io::AsyncReadExt as _;

use super::fault::Shape;
use super::packets::{self, Packet, keepalive};
use super::websocket::{self, Opcode};
use crate::demo::stream::{self, malformed, send};

/// A connection of whatever kind.
pub(super) type Boxed = stream::Boxed<'static>;

/// The longest line before a chunk.
const LONGEST_LINE: usize = 64;

/// What the client sent.
pub(super) enum Event {
    /// A packet.
    Packet(Packet),
    /// A ping with this content.
    Ping(Vec<u8>),
    /// The end of its sending.
    End,
}

/// How packets come and go.
pub(super) enum Way {
    /// In frames on one connection.
    WebSocket,
    /// What is received comes in chunks on the second connection; what is sent may go in chunks too.
    Bodies {
        /// The second connection.
        receiving: Boxed,
        /// Whether the response has a chunked body.
        chunked: bool,
    },
}

/// The packets of one client.
pub(super) struct Carrier<'a> {
    stream: &'a mut Boxed,
    way: Way,
    shape: Shape,
    raw: Vec<u8>,
    content: Vec<u8>,
    ended: bool,
    /// Whether a WebSocket message has to be one packet.
    pub strict: bool,
}

impl<'a> Carrier<'a> {
    /// Packets over these connections; `raw` is what has been read of them already.
    pub(super) fn new(stream: &'a mut Boxed, way: Way, shape: Shape, raw: Vec<u8>) -> Self {
        Self { stream, way, shape, raw, content: Vec::new(), ended: false, strict: false }
    }

    /// The connection that packets go out on.
    pub(super) fn stream(&mut self) -> &mut Boxed {
        self.stream
    }

    /// What comes next. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> io::Result<Event> {
        loop {
            if let Some(packet) = Packet::take(&mut self.content).map_err(malformed)? {
                return Ok(Event::Packet(packet));
            }
            if self.ended {
                return Ok(Event::End);
            }
            let ping = match self.way {
                Way::WebSocket => self.frame()?,
                Way::Bodies { .. } => self.chunk()?,
            };
            match ping {
                Taken::Ping(content) => return Ok(Event::Ping(content)),
                Taken::Some => {}
                Taken::None => self.read().await?,
            }
        }
    }

    /// The next packet; pings are answered.
    pub(super) async fn packet(&mut self) -> io::Result<Packet> {
        loop {
            match self.next().await? {
                Event::Packet(packet) => return Ok(packet),
                Event::Ping(content) => self.pong(&content).await?,
                Event::End => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        let mut chunk = [0; 4096];
        let count = match &mut self.way {
            Way::WebSocket => self.stream.read(&mut chunk).await?,
            Way::Bodies { receiving, .. } => receiving.read(&mut chunk).await?,
        };
        self.raw.extend_from_slice(&chunk[..count]);
        self.ended = count == 0;
        Ok(())
    }

    fn frame(&mut self) -> io::Result<Taken> {
        Ok(match websocket::take(&mut self.raw).map_err(malformed)? {
            None => Taken::None,
            Some((Opcode::Ping, content)) => Taken::Ping(content),
            Some((Opcode::Binary, content)) if self.strict && !packets::is_one(&content) => {
                return Err(malformed(format!(
                    "a message of {} bytes that is not one packet",
                    content.len()
                )));
            }
            Some((Opcode::Binary, content)) => {
                self.content.extend(content);
                Taken::Some
            }
            Some((Opcode::Close, _)) => {
                self.ended = true;
                Taken::Some
            }
            Some((Opcode::Pong, _)) => Taken::Some,
        })
    }

    /// A chunk (RFC 9112 7.1); an empty one is the last.
    fn chunk(&mut self) -> io::Result<Taken> {
        let Some(end) = self.raw.windows(2).position(|pair| pair == b"\r\n") else {
            return if self.raw.len() > LONGEST_LINE { Err(malformed("no chunk")) } else { Ok(Taken::None) };
        };
        let line = String::from_utf8_lossy(&self.raw[..end]);
        let size = u32::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
        let size = usize::try_from(size.map_err(malformed)? & 0x00FF_FFFF).expect("24 bits fit");
        if self.raw.len() < end + 2 + size + 2 {
            return Ok(Taken::None);
        }
        self.content.extend_from_slice(&self.raw[end + 2..end + 2 + size]);
        self.raw.drain(..end + 2 + size + 2);
        self.ended = size == 0;
        Ok(Taken::Some)
    }

    /// Sends a packet in the shape that the fault wants.
    pub(super) async fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let bytes = match self.shape {
            Shape::Joined => [&keepalive(), packet].concat(),
            _ => packet.to_vec(),
        };
        let most = if let Shape::ByteByByte = self.shape { 1 } else { bytes.len() };
        for piece in bytes.chunks(most) {
            self.piece(piece).await?;
        }
        Ok(())
    }

    async fn piece(&mut self, piece: &[u8]) -> io::Result<()> {
        let framed = match (&self.way, self.shape) {
            (Way::WebSocket, Shape::Pinged) => {
                let ping = websocket::frame(Opcode::Ping, b"are you there");
                [ping, websocket::frame(Opcode::Binary, piece)].concat()
            }
            (Way::WebSocket, _) => websocket::frame(Opcode::Binary, piece),
            (Way::Bodies { chunked: true, .. }, _) => chunked(piece),
            (Way::Bodies { .. }, _) => piece.to_vec(),
        };
        send(self.stream, &framed).await
    }

    /// Answers a ping.
    pub(super) async fn pong(&mut self, content: &[u8]) -> io::Result<()> {
        send(self.stream, &websocket::frame(Opcode::Pong, content)).await
    }

    /// Ends a WebSocket in order (RFC 6455 5.5.1, status 1000).
    pub(super) async fn close(&mut self) -> io::Result<()> {
        match self.way {
            Way::WebSocket => send(self.stream, &websocket::frame(Opcode::Close, &[3, 0xE8])).await,
            Way::Bodies { .. } => Ok(()),
        }
    }
}

enum Taken {
    None,
    Some,
    Ping(Vec<u8>),
}

/// A chunk of this content.
pub(super) fn chunked(content: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", content.len()).as_bytes(), content, b"\r\n"].concat()
}
