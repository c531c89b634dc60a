//! TSGU packets on the gateway's side, in WebSocket frames or in the bodies of two connections.

use std::io;

use rdptrace::internal::{net::Framing, pdu::tsgu::Packet};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

pub(super) type Reader = Box<dyn AsyncRead + Send + Unpin>;
pub(super) type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// How packets are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    WebSocket,
    /// A WebSocket in which every byte is a frame of its own, with a ping between them.
    ByteByByte,
    Bodies,
}

pub(super) struct Packets {
    pub reader: Reader,
    pub writer: Writer,
    pub carrier: Carrier,
    pub raw: Vec<u8>,
    pub content: Vec<u8>,
    /// Pongs that came.
    pub pongs: usize,
    /// Binary messages of the client, and those of them that are one packet.
    pub messages: (usize, usize),
    /// What the client's close frame carries.
    pub closing: Option<Vec<u8>>,
}

impl Packets {
    pub(super) fn new(reader: Reader, writer: Writer, carrier: Carrier) -> Self {
        Self {
            reader,
            writer,
            carrier,
            raw: Vec::new(),
            content: Vec::new(),
            pongs: 0,
            messages: (0, 0),
            closing: None,
        }
    }

    pub(super) async fn receive(&mut self) -> io::Result<Packet> {
        loop {
            let length = Framing::Tsgu.length(&self.content).expect("our own packets");
            if let Some(length) = length.filter(|length| self.content.len() >= *length) {
                let rest = self.content.split_off(length);
                let bytes = std::mem::replace(&mut self.content, rest);
                return Ok(Packet::parse(&bytes).expect("our own packets"));
            }
            let taken = match self.carrier {
                Carrier::Bodies => self.take_chunk(),
                _ => self.take_frame(),
            };
            if !taken {
                let mut chunk = [0; 4096];
                match self.reader.read(&mut chunk).await? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => self.raw.extend_from_slice(&chunk[..count]),
                }
            }
        }
    }

    fn take_chunk(&mut self) -> bool {
        let Some(end) = self.raw.windows(2).position(|pair| pair == b"\r\n") else { return false };
        let size = usize::from_str_radix(&String::from_utf8_lossy(&self.raw[..end]), 16).expect("a chunk");
        let Some(bytes) = self.raw.get(end + 2..end + 2 + size) else { return false };
        if self.raw.len() < end + size + 4 {
            return false;
        }
        self.content.extend_from_slice(bytes);
        self.raw.drain(..end + size + 4);
        true
    }

    /// A client masks its frames.
    fn take_frame(&mut self) -> bool {
        let [first, second, rest @ ..] = self.raw.as_slice() else { return false };
        assert_eq!(second & 0x80, 0x80, "a client masks its frames");
        let (extended, length) = match second & 0x7F {
            126 => match rest.first_chunk::<2>() {
                Some(digits) => (2, usize::from(u16::from_be_bytes(*digits))),
                None => return false,
            },
            127 => panic!("nothing is that long"),
            short => (0, usize::from(short)),
        };
        let Some(body) = rest.get(extended..extended + 4 + length) else { return false };
        let (mask, payload) = body.split_at(4);
        let clear: Vec<u8> = payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m).collect();
        match first & 0x0F {
            2 => {
                let is_one = Packet::parse(&clear).is_ok() && *first == 0x82;
                self.messages = (self.messages.0 + 1, self.messages.1 + usize::from(is_one));
                self.content.extend(clear);
            }
            8 => self.closing = Some(clear),
            10 => self.pongs += 1,
            _ => {}
        }
        self.raw.drain(..2 + extended + 4 + length);
        true
    }

    pub(super) async fn send(&mut self, packet: &Packet) -> io::Result<()> {
        self.send_bytes(&packet.to_bytes()).await
    }

    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let framed = match self.carrier {
            Carrier::Bodies => bytes.to_vec(),
            Carrier::WebSocket => frame(2, bytes),
            Carrier::ByteByByte => {
                let mut framed = frame(9, b"are you there");
                framed.extend(bytes.iter().flat_map(|byte| frame(2, &[*byte])));
                framed
            }
        };
        self.write(&framed).await
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes).await?;
        self.writer.flush().await
    }
}

fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        short @ 0..126 => frame.push(u8::try_from(short).expect("short")),
        medium => {
            frame.push(126);
            frame.extend(u16::try_from(medium).expect("our own packets").to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}
