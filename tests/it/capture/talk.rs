//! A TCP connection as a capture: packets that two hosts might send, and the files that hold them.

use etherparse::{IpHeaders, Ipv4Header, PacketBuilder, TcpOptionElement, ip_number};
use rdptrace::internal::flow::{At, Side};

pub(crate) const SECOND: At = 1_000_000_000;
pub(crate) const MILLISECOND: At = 1_000_000;

/// When captures begin: in 2026.
pub(crate) const START: At = 1_790_000_000 * SECOND;

/// A packet with its time.
pub(crate) type Frame = (At, Vec<u8>);

/// One of two hosts.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub address: [u8; 4],
    pub port: u16,
    pub mac: [u8; 6],
    pub ttl: u8,
    /// The identification of its next packet.
    pub id: u16,
    /// The sequence number of its next byte.
    pub next: u32,
    pub window: u16,
}

/// Two hosts that talk, and what was captured of it.
#[derive(Clone, Debug)]
pub(crate) struct Talk {
    pub client: Host,
    pub server: Host,
    pub at: At,
    /// How long each packet takes.
    pub step: At,
    pub frames: Vec<Frame>,
}

/// Flags of a segment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    pub syn: bool,
    pub ack: bool,
    pub fin: bool,
    pub rst: bool,
}

pub(crate) const DATA: Flags = Flags { ack: true, syn: false, fin: false, rst: false };
pub(crate) const SYN: Flags = Flags { syn: true, ack: false, fin: false, rst: false };
pub(crate) const SYN_ACK: Flags = Flags { syn: true, ack: true, fin: false, rst: false };
pub(crate) const FIN: Flags = Flags { fin: true, ack: true, syn: false, rst: false };
pub(crate) const RST: Flags = Flags { rst: true, ack: true, syn: false, fin: false };

impl Default for Talk {
    fn default() -> Self {
        let host = |last: u8, port, ttl, next| Host {
            address: [192, 0, 2, last],
            port,
            mac: [2, 0, 0, 0, 0, last],
            ttl,
            id: u16::from(last) * 1000,
            next,
            window: 64_000,
        };
        Self {
            client: host(1, 50_000, 128, 1_000),
            server: host(2, 3389, 57, 9_000),
            at: START,
            step: 2 * MILLISECOND,
            frames: Vec::new(),
        }
    }
}

impl Talk {
    /// One that was opened.
    pub(crate) fn open() -> Self {
        let mut talk = Self::default();
        talk.opens();
        talk
    }

    /// SYN, SYN and ACK, ACK.
    pub(crate) fn opens(&mut self) {
        self.sends(Side::Client, SYN, b"");
        self.sends(Side::Server, SYN_ACK, b"");
        self.sends(Side::Client, DATA, b"");
    }

    pub(crate) fn host(&mut self, side: Side) -> &mut Host {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// A segment, with what is due next.
    pub(crate) fn sends(&mut self, by: Side, flags: Flags, payload: &[u8]) {
        let (sequence, ack) = (self.host(by).next, self.host(by.other()).next);
        self.says(by, flags, sequence, ack, payload);
        let length = payload.len() as u32 + u32::from(flags.syn) + u32::from(flags.fin);
        self.host(by).next = sequence.wrapping_add(length);
    }

    /// Bytes, and their acknowledgement.
    pub(crate) fn tells(&mut self, by: Side, payload: &[u8]) {
        self.sends(by, DATA, payload);
        self.sends(by.other(), DATA, b"");
    }

    /// A segment with any numbers.
    pub(crate) fn says(&mut self, by: Side, flags: Flags, sequence: u32, ack: u32, payload: &[u8]) {
        let frame = self.frame(by, flags, sequence, ack, payload);
        self.frames.push((self.at, frame));
        self.at += self.step;
    }

    /// FIN from both, the first from this one.
    pub(crate) fn closes(&mut self, by: Side) {
        self.sends(by, FIN, b"");
        self.sends(by.other(), FIN, b"");
        self.sends(by, DATA, b"");
    }

    /// Ethernet, IPv4 and TCP.
    pub(crate) fn frame(
        &mut self,
        by: Side,
        flags: Flags,
        sequence: u32,
        ack: u32,
        payload: &[u8],
    ) -> Vec<u8> {
        let to = self.host(by.other()).clone();
        let from = self.host(by);
        from.id = from.id.wrapping_add(1);
        let mut header =
            Ipv4Header::new(0, from.ttl, ip_number::TCP, from.address, to.address).expect("a header");
        header.identification = from.id;
        let builder = PacketBuilder::ethernet2(from.mac, to.mac)
            .ip(IpHeaders::Ipv4(header, Default::default()))
            .tcp(from.port, to.port, sequence, from.window);
        let builder = if flags.syn {
            let options = [TcpOptionElement::MaximumSegmentSize(1460), TcpOptionElement::WindowScale(8)];
            builder.syn().options(&options).expect("options")
        } else {
            builder
        };
        let builder = if flags.ack { builder.ack(ack) } else { builder };
        let builder = if flags.fin { builder.fin() } else { builder };
        let builder = if flags.rst { builder.rst() } else { builder };
        let mut frame = Vec::new();
        builder.write(&mut frame, payload).expect("a packet");
        frame
    }

    /// The last packet, to be changed.
    pub(crate) fn last(&mut self) -> &mut Vec<u8> {
        &mut self.frames.last_mut().expect("a packet").1
    }

    /// As a file.
    pub(crate) fn pcap(&self) -> Vec<u8> {
        pcap(1, &self.frames)
    }
}

/// A pcap file with nanoseconds.
pub(crate) fn pcap(link: u32, frames: &[Frame]) -> Vec<u8> {
    cut_pcap(link, frames, usize::MAX)
}

/// The same, with no more than so many bytes of each packet.
pub(crate) fn cut_pcap(link: u32, frames: &[Frame], snaplen: usize) -> Vec<u8> {
    let mut file = [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, link].map(u32::to_le_bytes).concat();
    for (at, frame) in frames {
        let captured = frame.len().min(snaplen);
        let (seconds, part) = (at / SECOND, at % SECOND);
        let header = [seconds as u32, part as u32, captured as u32, frame.len() as u32];
        file.extend(header.map(u32::to_le_bytes).concat());
        file.extend(&frame[..captured]);
    }
    file
}
