//! The packets of a gateway in WebSocket messages (RFC 6455): each that is sent is one message; what comes need not align.

use std::io;

use super::{codec::Codec, packet::Cut};
use crate::{
    pdu::{
        Malformed,
        websocket::{Opcode, client_frame, frame_header},
    },
    random::random,
};

/// 1000, a normal closure, in network order.
const NORMAL_CLOSURE: [u8; 2] = [0x03, 0xE8];

/// The client's side of a WebSocket.
#[derive(Debug, Default)]
pub(super) struct WebSocket {
    /// What is still to come of the frame under way.
    remaining: usize,
    /// The packet that is being written.
    cut: Cut,
    closed: bool,
}

impl Codec for WebSocket {
    fn decode(
        &mut self,
        incoming: &mut Vec<u8>,
        content: &mut Vec<u8>,
        reply: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let mut at = 0;
        loop {
            let rest = &incoming[at..];
            if self.remaining > 0 {
                let count = self.remaining.min(rest.len());
                content.extend_from_slice(&rest[..count]);
                self.remaining -= count;
                at += count;
                if self.remaining > 0 {
                    break;
                }
                continue;
            }
            let Some(header) = frame_header(rest).map_err(broken)? else { break };
            if !header.opcode.is_control() {
                self.remaining = header.payload;
                at += header.length;
                continue;
            }
            let Some(payload) = rest.get(header.length..header.length + header.payload) else { break };
            match header.opcode {
                Opcode::Ping => reply.extend(client_frame(Opcode::Pong, random(), payload)),
                Opcode::Close => {
                    reply.extend(client_frame(Opcode::Close, random(), payload));
                    self.closed = true;
                    incoming.clear();
                    return Ok(true);
                }
                _ => {}
            }
            at += header.length + header.payload;
        }
        incoming.drain(..at);
        Ok(false)
    }

    fn encode(&mut self, bytes: &[u8], outgoing: &mut Vec<u8>) -> usize {
        let (count, packet) = self.cut.take(bytes);
        if let Some(packet) = packet {
            outgoing.extend(client_frame(Opcode::Binary, random(), &packet));
        }
        count
    }

    fn farewell(&mut self, outgoing: &mut Vec<u8>) {
        if !self.closed {
            outgoing.extend(client_frame(Opcode::Close, random(), &NORMAL_CLOSURE));
        }
    }
}

fn broken(error: Malformed) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.0)
}
