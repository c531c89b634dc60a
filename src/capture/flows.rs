//! Every TCP connection of a capture at once, bounded: each is handed out when it is over, silent for long or one too many.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};

use super::{connection::Connection, held::Held, packet::Segment, recent::Recent};
use crate::flow::{At, Flow, Icmp};

/// Whether a connection is wanted, by what its client and its server sent first; none if more has to be seen.
pub type Wanted = fn(&[u8], &[u8]) -> Option<bool>;

/// How many connections are known at once, and how much memory those that are wanted may take.
const MOST: usize = 100_000;
const MOST_HELD: usize = 64 << 20;

/// How long one may be silent.
const IDLE: At = 600_000_000_000;

/// The ends of a connection, the lower one first: ports and addresses as numbers, which are compared fastest.
type Key = (u32, u128, u128);

/// The connections of a capture.
pub(super) struct Flows {
    wanted: Wanted,
    places: BTreeMap<Key, u32>,
    known: Recent<Known>,
    /// What is over, and until when it is watched.
    ending: BTreeSet<(At, u32, u64)>,
    held: usize,
    /// How many segments were added, and how many when memory was made free last.
    segments: u64,
    relieved: u64,
    /// Those that were not handed out.
    left: Held,
    /// The times of the last two packets: one packet with a wrong time shall not end everything.
    times: [At; 2],
    begun: u64,
    ignored: u64,
}

struct Known {
    key: Key,
    last: At,
    /// Which of all connections it is, in the order in which they began.
    serial: u64,
    /// None if it is not wanted, or was handed out.
    connection: Option<Box<Connection>>,
}

impl Flows {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            places: BTreeMap::new(),
            known: Recent::default(),
            ending: BTreeSet::new(),
            held: 0,
            segments: 0,
            relieved: 0,
            left: Held::default(),
            times: [At::MIN; 2],
            begun: 0,
            ignored: 0,
        }
    }

    /// How many connections were seen.
    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    /// The time of the capture, and the connections that have not been handed out by then.
    pub(super) fn left(&self) -> (At, &Held) {
        (self.times[0].min(self.times[1]), &self.left)
    }

    /// How many of them were not wanted.
    pub(super) fn ignored(&self) -> u64 {
        self.ignored
    }

    /// Adds a segment.
    pub(super) fn add(&mut self, segment: &Segment<'_>, out: &mut dyn FnMut(Flow)) {
        self.times = [self.times[1], segment.met.at];
        self.segments += 1;
        self.expire(out);
        let key = key(segment.source, segment.destination);
        let place = match self.places.get(&key).copied() {
            Some(place) => {
                self.known.touch(place);
                self.renew(place, segment, out);
                place
            }
            // Without any bytes there is nothing to see in a connection that was open already.
            None if !segment.syn && segment.payload.is_empty() && segment.missing == 0 => return,
            None => self.begin(key, segment),
        };
        self.extend(place, segment);
        while self.held > MOST_HELD || self.known.len() > MOST {
            if self.held > MOST_HELD && self.relieve() {
                continue;
            }
            let Some(place) = self.known.oldest() else { return };
            self.forget(place, true, out);
        }
    }

    /// Lets go of what waits in all connections, so that none has to be handed out early. Not again before as many segments as
    /// there are connections, so that each costs little. Whether that made any room.
    fn relieve(&mut self) -> bool {
        if self.segments - self.relieved < self.known.len() as u64 {
            return false;
        }
        self.relieved = self.segments;
        let before = self.held;
        for connection in self.known.values_mut().filter_map(|known| known.connection.as_mut()) {
            let held = connection.held();
            connection.relieve();
            self.held = self.held + connection.held() - held;
        }
        self.held < before
    }

    /// Adds an ICMP error about a segment from one address to another.
    pub(super) fn error(&mut self, source: SocketAddr, destination: SocketAddr, icmp: Icmp) {
        let place = self.places.get(&key(source, destination)).copied();
        let known = place.and_then(|place| self.known.get_mut(place));
        if let Some(connection) = known.and_then(|known| known.connection.as_mut()) {
            connection.error(icmp);
        }
    }

    /// Hands out what is left at the end.
    pub(super) fn end(&mut self, out: &mut dyn FnMut(Flow)) {
        while let Some(place) = self.known.oldest() {
            self.forget(place, true, out);
        }
    }

    fn begin(&mut self, key: Key, segment: &Segment<'_>) -> u32 {
        self.begun += 1;
        let connection = Box::new(Connection::new(segment));
        self.held += connection.held();
        let serial = self.begun;
        let (client, server, began) = connection.ends();
        self.left.add(client, server, began, serial);
        let known = Known { key, last: segment.met.at, serial, connection: Some(connection) };
        let place = self.known.push(known);
        self.places.insert(key, place);
        place
    }

    /// Begins another connection in a place if the segment opens one.
    fn renew(&mut self, place: u32, segment: &Segment<'_>, out: &mut dyn FnMut(Flow)) {
        let Some(known) = self.known.get_mut(place) else { return };
        let renewed = match &known.connection {
            Some(connection) => connection.is_replaced(segment),
            None => segment.syn && segment.ack.is_none(),
        };
        if renewed {
            let key = known.key;
            self.hand_out(place, false, out);
            self.known.remove(place);
            self.begin(key, segment);
        }
    }

    /// Adds a segment to the connection in a place, and looks whether that is wanted.
    fn extend(&mut self, place: u32, segment: &Segment<'_>) {
        let Some(known) = self.known.get_mut(place) else { return };
        known.last = known.last.max(segment.met.at);
        let Some(connection) = &mut known.connection else { return };
        let (before, was_over) = (connection.held(), connection.over);
        if connection.add(segment) && !connection.wanted {
            let (client, server) = connection.first_bytes();
            match (self.wanted)(client, server) {
                Some(true) => connection.wanted = true,
                Some(false) => {
                    let (client, server, began) = connection.ends();
                    self.left.remove(client, server, began, known.serial);
                    known.connection = None;
                    self.held -= before;
                    self.ignored += 1;
                    return;
                }
                None => {}
            }
        }
        self.held = self.held + connection.held() - before;
        if connection.over && !was_over {
            self.ending.insert((connection.due(), place, known.serial));
        }
    }

    /// Hands out what is over or silent for long enough.
    fn expire(&mut self, out: &mut dyn FnMut(Flow)) {
        let now = self.times[0].min(self.times[1]);
        while let Some((due, place, serial)) = self.ending.first().copied().filter(|(due, ..)| *due <= now) {
            self.ending.remove(&(due, place, serial));
            let known = self.known.get_mut(place).filter(|known| known.serial == serial);
            let connection = known.and_then(|known| known.connection.as_ref());
            // A RST may have ended it that its host then threw away.
            let Some(connection) = connection.filter(|connection| connection.over) else { continue };
            let due = connection.due();
            if due > now {
                self.ending.insert((due, place, serial));
            } else {
                self.hand_out(place, false, out);
            }
        }
        while let Some(place) = self.known.oldest()
            && let Some(known) = self.known.get_mut(place)
            && known.last.saturating_add(IDLE) < now
        {
            self.forget(place, false, out);
        }
    }

    /// Hands out what is in a place, and forgets its ends.
    fn forget(&mut self, place: u32, stopped: bool, out: &mut dyn FnMut(Flow)) {
        self.hand_out(place, stopped, out);
        if let Some(known) = self.known.remove(place) {
            self.places.remove(&known.key);
        }
    }

    /// Hands out what is in a place; what still comes of it belongs to no other connection.
    fn hand_out(&mut self, place: u32, stopped: bool, out: &mut dyn FnMut(Flow)) {
        let Some(known) = self.known.get_mut(place) else { return };
        if let Some(connection) = known.connection.take() {
            let (client, server, began) = connection.ends();
            self.left.remove(client, server, began, known.serial);
            self.held -= connection.held();
            out(connection.finish(self.times[1], stopped));
        }
    }
}

fn key(one: SocketAddr, other: SocketAddr) -> Key {
    let number = |end: SocketAddr| match end.ip() {
        IpAddr::V4(ip) => (u128::from(ip.to_bits()), u32::from(end.port())),
        IpAddr::V6(ip) => (ip.to_bits(), u32::from(end.port())),
    };
    let (one, other) = (number(one), number(other));
    let (low, high) = if one <= other { (one, other) } else { (other, one) };
    (low.1 << 16 | high.1, low.0, high.0)
}
