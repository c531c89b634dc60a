//! From files to connections: every part of this room in its order.

use std::{collections::BTreeMap, io::Read, net::SocketAddr};

use super::{
    file::File,
    flows::{Flows, Wanted},
    fragments::Fragments,
    held::Held,
    ip::{self, Ip},
    item::{Error, Item, Packet},
    keys,
    link::{self, Link},
    packet::{Content, Met, content},
    tunnel,
    unread::Unread,
};
use crate::flow::{At, Datagram, Flow, Icmp, KeyLog};

/// How often it is told how far the capture is, in nanoseconds of its own time.
const TOLD: u64 = 1_000_000_000;

/// What is found in a capture.
#[derive(Debug)]
pub enum Found<'a> {
    /// A TCP connection, when nothing more of it is expected.
    Flow(Box<Flow>),
    /// A UDP datagram, at once.
    Datagram(Datagram<'a>),
    /// An ICMP error about a UDP datagram from one address to another.
    Undelivered(SocketAddr, SocketAddr, Icmp),
    /// How far the capture is, and the connections that are still to be handed out; about once in each second of its time.
    Passed(At, &'a Held),
}

/// Who is told what is found, with the secrets that are known by then.
pub type Sink<'s> = &'s mut dyn FnMut(Found<'_>, &KeyLog);

/// A capture that is being read, from one file or several in their order.
pub struct Capture {
    flows: Flows,
    fragments: Fragments,
    keys: KeyLog,
    seen: Seen,
    /// When it was last told how far the capture is.
    told: At,
}

/// What a capture held.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// How many packets there were.
    pub packets: u64,
    /// How many of them carried TCP.
    pub segments: u64,
    /// How many carried so little of TCP that it could not be read.
    pub cut: u64,
    /// How many had a header that is not known here, by LINKTYPE.
    pub unsupported: BTreeMap<u32, u64>,
    /// How many carried what may hide connections and is not read here.
    pub unread: BTreeMap<Unread, u64>,
    /// How many packets had fragments of which others were missing.
    pub incomplete: u64,
    /// How many TCP connections there were.
    pub connections: u64,
    /// How many of them were not wanted.
    pub ignored: u64,
}

impl Capture {
    /// One that looks for connections of this kind, and knows these secrets.
    pub fn new(wanted: Wanted, keys: KeyLog) -> Self {
        let (fragments, seen) = (Fragments::default(), Seen::default());
        Self { flows: Flows::new(wanted), fragments, keys, seen, told: At::MIN }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it is no capture, or cannot be read to its end; what was read counts.
    pub fn read(&mut self, from: impl Read, out: Sink<'_>) -> Result<(), Error> {
        let mut file = File::open(from)?;
        while let Some(item) = file.next_item()? {
            self.take(&item, out);
        }
        Ok(())
    }

    /// Takes one thing of a file.
    pub fn take(&mut self, item: &Item<'_>, out: Sink<'_>) {
        match item {
            Item::Packet(packet) => {
                self.packet(packet, out);
                self.tell(out);
            }
            Item::Secrets(text) => {
                keys::learn(text, &mut self.keys);
            }
        }
    }

    fn tell(&mut self, out: Sink<'_>) {
        let (now, held) = self.flows.left();
        if now.abs_diff(self.told) >= TOLD {
            self.told = now;
            out(Found::Passed(now, held), &self.keys);
        }
    }

    /// How many packets have been read.
    pub fn packets(&self) -> u64 {
        self.seen.packets
    }

    /// Hands out what is left, and says what there was.
    pub fn end(mut self, out: Sink<'_>) -> (Seen, KeyLog) {
        let Self { flows, keys, .. } = &mut self;
        flows.end(&mut |flow| out(Found::Flow(Box::new(flow)), keys));
        let (connections, ignored) = (self.flows.begun(), self.flows.ignored());
        (Seen { connections, ignored, incomplete: self.fragments.incomplete(), ..self.seen }, self.keys)
    }

    fn packet(&mut self, packet: &Packet<'_>, out: Sink<'_>) {
        self.seen.packets += 1;
        let met = Met { at: packet.at, packet: packet.number, mac: None, note: packet.note };
        let missing = packet.length - packet.bytes.len();
        match link::payload(packet.link, packet.bytes) {
            Link::Unsupported => *self.seen.unsupported.entry(packet.link).or_default() += 1,
            frame => self.frame(frame, missing, met, tunnel::MOST, out),
        }
    }

    /// Reads a frame, `missing` bytes of which were not captured and so many packets of which may be inside one another.
    fn frame(&mut self, frame: Link<'_>, missing: usize, met: Met<'_>, most: usize, out: Sink<'_>) {
        let frame = match frame {
            Link::Ip(frame) => frame,
            Link::Unread(what) if what.hides() => return *self.seen.unread.entry(what).or_default() += 1,
            Link::Unread(_) | Link::Other | Link::Unsupported => return,
        };
        let met = Met { mac: frame.mac.or(met.mac), ..met };
        let Some(ip) = ip::read(frame.ip, missing) else { return };
        let Some(part) = ip.fragment else { return self.whole(&ip, met, most, out) };
        if let Some(payload) = self.fragments.add(&ip, part, met.at) {
            let whole = Ip { payload: &payload, length: payload.len(), fragment: None, ..ip };
            self.whole(&whole, met, most, out);
        }
    }

    /// Reads a whole IP packet.
    fn whole(&mut self, ip: &Ip<'_>, met: Met<'_>, most: usize, out: Sink<'_>) {
        match tunnel::inside(ip).filter(|_| most > 0) {
            // A port alone proves nothing, so it may be RDP-UDP all the same.
            Some(Link::Unread(port @ Unread::Port(_))) => *self.seen.unread.entry(port).or_default() += 1,
            Some(inner) => return self.frame(inner, ip.length - ip.payload.len(), met, most - 1, out),
            None => {}
        }
        let Self { flows, keys, seen, .. } = self;
        match content(ip, met) {
            Content::Tcp(segment) => {
                seen.segments += 1;
                flows.add(&segment, &mut |flow| out(Found::Flow(Box::new(flow)), keys));
            }
            Content::Udp(datagram) => out(Found::Datagram(datagram), keys),
            Content::Icmp(source, destination, icmp) => flows.error(source, destination, icmp),
            Content::Undelivered(source, destination, icmp) => {
                out(Found::Undelivered(source, destination, icmp), keys);
            }
            Content::Cut => seen.cut += 1,
            Content::Other => {}
        }
    }
}
