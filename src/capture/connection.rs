//! Both directions of a TCP connection, and how it began and ended.

mod strange;

use std::net::{IpAddr, SocketAddr};

use super::{item::Note, packet::Segment, side::Side};
use crate::flow::{At, Flow, Icmp, Side as End};

/// Ports of servers: Remote Desktop, and RD Gateway.
const SERVED: [u16; 2] = [3389, 443];
/// Below it are ports of servers (RFC 6335).
const FIRST_UNASSIGNED: u16 = 1024;

/// A connection that is silent for so long may be replaced by one with the same ports.
const FORGOTTEN: At = 120_000_000_000;

/// So long one that is over is watched for what still comes, in nanoseconds.
const LINGER: At = 2_000_000_000;
/// The same after a RST, which its host may have thrown away: then what comes later says so.
const DOUBTED: At = 120_000_000_000;

const MOST_ICMP: usize = 16;

/// A connection, so far.
#[derive(Debug)]
pub(super) struct Connection {
    flow: Flow,
    client: Side,
    server: Side,
    syn_acks: u32,
    packets: u64,
    /// Whether it is certain that it is wanted.
    pub(super) wanted: bool,
    /// Whether both directions ended, or one with RST.
    pub(super) over: bool,
}

impl Connection {
    /// One that begins with this segment.
    pub(super) fn new(segment: &Segment<'_>) -> Self {
        let Segment { source, destination, met, .. } = segment;
        let (client, server) =
            if from_server(segment) { (destination, source) } else { (source, destination) };
        let mut flow = Flow::new(*client, *server, met.at);
        flow.packet = met.packet;
        if let Some(Note::Connection(note)) = met.note {
            flow.note = Some(note.into());
        }
        Self {
            flow,
            client: Side::default(),
            server: Side::default(),
            syn_acks: 0,
            packets: 0,
            wanted: matches!(met.note, Some(Note::Connection(_))),
            over: false,
        }
    }

    /// Who opened it, who was asked, and when its first packet came.
    pub(super) fn ends(&self) -> (IpAddr, SocketAddr, At) {
        (self.flow.client.ip(), self.flow.server, self.flow.began)
    }

    /// What each side sent first: the client, and the server.
    pub(super) fn first_bytes(&self) -> (&[u8], &[u8]) {
        (self.client.first_bytes(), self.server.first_bytes())
    }

    /// Whether a segment opens another connection with the same ports.
    pub(super) fn is_replaced(&self, segment: &Segment<'_>) -> bool {
        if !segment.syn {
            return false;
        }
        let old = self.over || segment.met.at.saturating_sub(self.flow.last) > FORGOTTEN;
        match (segment.ack.is_some(), self.sender(segment)) {
            (false, End::Client) => self.client.contradicts(segment),
            (false, End::Server) => true,
            (true, End::Server) => old && self.server.contradicts(segment),
            (true, End::Client) => false,
        }
    }

    /// Adds a segment; whether a stream has grown.
    pub(super) fn add(&mut self, segment: &Segment<'_>) -> bool {
        if self.is_strange(segment) {
            return false;
        }
        let at = segment.met.at;
        self.packets += 1;
        self.flow.last = self.flow.last.max(at);
        let sender = self.sender(segment);
        if !self.side(sender).count(segment) {
            return false;
        }
        self.side(sender).note(segment);
        self.side(sender.other()).is_answered();
        let before = self.client.total() + self.server.total();
        self.open(sender, segment);
        let is_own = !segment.rst || self.side(sender).is_own(segment);
        if segment.rst && is_own {
            self.side(sender.other()).flight.refuse(at);
        }
        if let Some(ack) = segment.ack {
            // What a RST acknowledges may be anything, unless it is surely the host's own.
            let other = self.side(sender.other());
            if is_own || other.has_sent(ack) {
                other.acknowledge(ack, segment);
            }
            if !segment.rst && other.outlives_reset() {
                self.over = false;
            }
        }
        let is_reset = segment.rst && self.side(sender).reset(segment);
        if !segment.rst {
            self.side(sender).add(segment);
        }
        self.over |= is_reset || self.client.finished() && self.server.finished();
        self.client.check(at, self.packets);
        self.server.check(at, self.packets);
        self.client.total() + self.server.total() > before
    }

    /// Adds an ICMP error.
    pub(super) fn error(&mut self, icmp: Icmp) {
        if self.flow.icmp.len() < MOST_ICMP {
            self.flow.icmp.push(icmp);
        }
    }

    /// When it is handed out if it is over and nothing more comes.
    pub(super) fn due(&self) -> At {
        let both = self.client.finished() && self.server.finished();
        self.flow.last.saturating_add(if both { LINGER } else { DOUBTED })
    }

    /// Lets go of most of what waits for bytes in front of it.
    pub(super) fn relieve(&mut self) {
        self.client.relieve();
        self.server.relieve();
    }

    /// How many bytes of memory it takes.
    pub(super) fn held(&self) -> usize {
        size_of::<Self>() + self.client.held() + self.server.held()
    }

    /// The connection, when nothing more comes.
    pub(super) fn finish(self, watched: At, stopped: bool) -> Flow {
        let (client, server) = (self.client.reader(), self.server.reader());
        Flow {
            from_client: self.client.finish(server),
            from_server: self.server.finish(client),
            watched: watched.max(self.flow.last),
            cut: stopped && !self.over,
            ..self.flow
        }
    }

    /// Notes the three packets that open a connection, and how long their answers took.
    fn open(&mut self, sender: End, segment: &Segment<'_>) {
        let at = segment.met.at;
        let opening = &mut self.flow.opening;
        match (sender, segment.syn) {
            (End::Client, true) => {
                if self.client.open(segment) {
                    opening.syn = Some(at);
                } else {
                    opening.syn_retries += 1;
                }
            }
            (End::Server, true) => {
                self.syn_acks += 1;
                if let Some(ack) = segment.ack {
                    self.client.begin(ack);
                }
                if self.server.open(segment) {
                    opening.syn_ack = Some(at);
                    if let Some(syn) = opening.syn.filter(|_| opening.syn_retries == 0) {
                        self.client.flight.round_trip(syn, at);
                    }
                }
            }
            (End::Client, false) => {
                if let Some(syn_ack) = opening.syn_ack
                    && opening.ack.is_none()
                    && !segment.rst
                {
                    opening.ack = Some(at);
                    if self.syn_acks == 1 {
                        self.server.flight.round_trip(syn_ack, at);
                    }
                }
            }
            (End::Server, false) => {}
        }
    }

    fn sender(&self, segment: &Segment<'_>) -> End {
        if segment.source == self.flow.client { End::Client } else { End::Server }
    }

    fn side(&mut self, end: End) -> &mut Side {
        match end {
            End::Client => &mut self.client,
            End::Server => &mut self.server,
        }
    }
}

/// Whether the server sent the first segment that was captured. If no SYN tells, ports do; else clients speak first.
fn from_server(segment: &Segment<'_>) -> bool {
    if segment.syn {
        return segment.ack.is_some();
    }
    let (source, destination) = (segment.source.port(), segment.destination.port());
    let rank = |port: u16| match SERVED.iter().position(|served| *served == port) {
        Some(place) => (place, port),
        None if port < FIRST_UNASSIGNED => (SERVED.len(), port),
        None => (SERVED.len() + 1, 0),
    };
    rank(source) < rank(destination)
}
