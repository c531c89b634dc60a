//! A TCP connection as a third party sees it: two streams of bytes, each with the time and the packet that it came in, and
//! datagrams of UDP; pure.
//!
//! A capture and a relay both make one of it, and `passive` reads it. Nothing here knows how the bytes were got.

mod at;
mod datagram;
mod kept;
mod mark;
mod secrets;
mod stream;
mod tail;
mod tcp;

use std::net::SocketAddr;

pub use at::{At, millis};
pub use datagram::Datagram;
pub use kept::Kept;
pub use mark::{MOST_BYTES, Mark};
pub(crate) use secrets::RDP_CLIENT_RANDOM;
pub use secrets::{KeyLog, Secret, Secrets};
pub use stream::{Gap, Stream};
pub use tail::{LAST_BYTES, Place, Tail};
pub(crate) use tcp::LOST_AFTER;
pub use tcp::{End, How, Icmp, Opening, Packets, Reset, Vain};

/// Which end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who opened it.
    Client,
    /// Who was asked.
    Server,
}

impl Side {
    /// The other end.
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// One TCP connection.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The client's address and port.
    pub client: SocketAddr,
    /// The server's.
    pub server: SocketAddr,
    /// When its first packet came.
    pub began: At,
    /// When its last packet came.
    pub last: At,
    /// Until when it was watched: later than `last` if it was silent then.
    pub watched: At,
    /// Its first packet, counted from 1; 0 if nothing counts packets.
    pub packet: u64,
    /// How it was opened.
    pub opening: Opening,
    /// What the client sent.
    pub from_client: Stream,
    /// What the server sent.
    pub from_server: Stream,
    /// ICMP errors about it.
    pub icmp: Vec<Icmp>,
    /// What whoever recorded it notes of it.
    pub note: Option<Box<str>>,
    /// Whether the record ends because whoever made it stopped, and not the connection.
    pub cut: bool,
}

impl Flow {
    /// One in which nothing has come yet.
    pub fn new(client: SocketAddr, server: SocketAddr, began: At) -> Self {
        Self {
            client,
            server,
            began,
            last: began,
            watched: began,
            packet: 0,
            opening: Opening::default(),
            from_client: Stream::default(),
            from_server: Stream::default(),
            icmp: Vec::new(),
            note: None,
            cut: false,
        }
    }

    /// This end has sent bytes; `packet` orders what comes at the same time.
    pub fn sends(&mut self, side: Side, at: At, packet: u64, bytes: &[u8]) {
        (self.last, self.watched) = (at, at);
        self.stream_mut(side).push(bytes, at, packet);
    }

    /// This end has ended what it sends, if it had not before.
    pub fn ends(&mut self, side: Side, end: End) {
        (self.last, self.watched) = (end.at, end.at);
        self.stream_mut(side).end.get_or_insert(end);
    }

    /// Whether the packets that opened it are missing.
    pub fn begins_late(&self) -> bool {
        self.packet > 0 && self.opening.syn.is_none() && self.opening.syn_ack.is_none()
    }

    /// Whether it is only what is left of one that was open before, and of which one end knows nothing any more: all that this end
    /// sends is RST.
    pub fn is_leftover(&self) -> bool {
        let resets =
            |stream: &Stream| stream.packets.count > 0 && stream.packets.count == stream.packets.resets;
        self.begins_late() && (resets(&self.from_client) || resets(&self.from_server))
    }

    /// What this end sent.
    pub fn stream(&self, side: Side) -> &Stream {
        match side {
            Side::Client => &self.from_client,
            Side::Server => &self.from_server,
        }
    }

    /// The same, to be added to.
    pub fn stream_mut(&mut self, side: Side) -> &mut Stream {
        match side {
            Side::Client => &mut self.from_client,
            Side::Server => &mut self.from_server,
        }
    }
}
