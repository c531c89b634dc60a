//! By what a packet of TCP is known again in the capture of another place: all that routers leave as it is.

use std::{
    collections::{BTreeMap, VecDeque, btree_map::Entry},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use super::{
    ip,
    item::Packet,
    link::{self, Link},
    packet::{Content, Met, content},
};

/// How much of the payload is compared: no capture keeps less of a packet.
const COMPARED: usize = 16;
/// Among how many packets of the others one is known again.
const MOST: usize = 1 << 16;

/// What a packet has at every place, and which of the two ways it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    pub hash: u64,
    pub forth: bool,
}

/// That of a packet; none if it is not a whole one of TCP, outside of any tunnel.
pub(super) fn of(packet: &Packet<'_>) -> Option<Print> {
    let Link::Ip(frame) = link::payload(packet.link, packet.bytes) else { return None };
    let ip = ip::read(frame.ip, packet.length - packet.bytes.len()).filter(|ip| ip.fragment.is_none())?;
    let met = Met { at: packet.at, packet: packet.number, mac: None, note: None };
    let Content::Tcp(segment) = content(&ip, met) else { return None };
    let mut hasher = DefaultHasher::new();
    (segment.source, segment.destination, segment.ip_id).hash(&mut hasher);
    (segment.sequence, segment.ack, segment.window, segment.sack).hash(&mut hasher);
    (segment.syn, segment.fin, segment.rst).hash(&mut hasher);
    (segment.payload.len() + segment.missing as usize).hash(&mut hasher);
    segment.payload[..segment.payload.len().min(COMPARED)].hash(&mut hasher);
    Some(Print { hash: hasher.finish(), forth: segment.source < segment.destination })
}

/// Which packets have been taken from one of several captures, so that the others' copies are known.
#[derive(Debug, Default)]
pub struct Taken {
    /// From which capture, by what is known again.
    from: BTreeMap<u64, usize>,
    order: VecDeque<u64>,
}

impl Taken {
    /// Whether this packet of the capture with this number was taken from another one; if not, it is remembered.
    pub fn has(&mut self, capture: usize, packet: &Packet<'_>) -> bool {
        let Some(Print { hash, .. }) = of(packet) else { return false };
        match self.from.entry(hash) {
            Entry::Occupied(known) => return *known.get() != capture,
            Entry::Vacant(unknown) => unknown.insert(capture),
        };
        self.order.push_back(hash);
        if self.order.len() > MOST {
            let oldest = self.order.pop_front();
            oldest.map(|hash| self.from.remove(&hash));
        }
        false
    }
}
