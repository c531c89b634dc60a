//! Puts fragments of IP packets together (RFC 791, RFC 8200 section 4.5); the first of two that overlap wins.

use std::{collections::BTreeMap, net::IpAddr};

use super::ip::{Fragment, Ip};
use crate::flow::At;

/// How many packets may be incomplete at once.
const MOST: usize = 64;

/// The longest payload of an IP packet.
const LONGEST: usize = 65_535;

/// How long the rest of a packet is waited for (RFC 8200: 60 seconds).
const PATIENCE: At = 60_000_000_000;

/// What the parts of one packet share.
type Key = (IpAddr, IpAddr, u8, u32);

/// Packets of which parts are missing.
#[derive(Default)]
pub(super) struct Fragments {
    waiting: BTreeMap<Key, Parts>,
    given_up: u64,
}

struct Parts {
    began: At,
    parts: BTreeMap<usize, Vec<u8>>,
    held: usize,
    /// The length of the whole, once the last part is here.
    length: Option<usize>,
}

impl Fragments {
    /// Adds a part; with the last one the whole payload is here.
    pub(super) fn add(&mut self, ip: &Ip<'_>, part: Fragment, at: At) -> Option<Vec<u8>> {
        let key = (ip.source, ip.destination, ip.protocol.0, part.id);
        // A part that was cut cannot be put together, and neither can the others.
        if ip.payload.len() < ip.length || part.offset + ip.length > LONGEST {
            self.given_up += 1;
            self.waiting.remove(&key);
            return None;
        }
        self.make_room(&key, at);
        let parts = self.waiting.entry(key).or_insert_with(|| Parts {
            began: at,
            parts: BTreeMap::new(),
            held: 0,
            length: None,
        });
        let whole = parts.add(ip, part)?;
        self.waiting.remove(&key);
        Some(whole)
    }

    /// How many packets never became whole.
    pub(super) fn incomplete(&self) -> u64 {
        self.given_up + self.waiting.len() as u64
    }

    /// Gives up what is too old, and the oldest if there are too many.
    fn make_room(&mut self, key: &Key, at: At) {
        let before = self.waiting.len();
        self.waiting.retain(|_, parts| at.saturating_sub(parts.began) < PATIENCE);
        if self.waiting.len() >= MOST && !self.waiting.contains_key(key) {
            let oldest = self.waiting.iter().min_by_key(|(_, parts)| parts.began).map(|(key, _)| *key);
            oldest.and_then(|key| self.waiting.remove(&key));
        }
        self.given_up += (before - self.waiting.len()) as u64;
    }
}

impl Parts {
    fn add(&mut self, ip: &Ip<'_>, part: Fragment) -> Option<Vec<u8>> {
        if !part.more {
            self.length.get_or_insert(part.offset + ip.length);
        }
        // Parts that overlap are either copies or an attack; a few more than a packet has are enough.
        if self.held + ip.length <= 2 * LONGEST && !ip.payload.is_empty() {
            self.parts.entry(part.offset).or_insert_with(|| {
                self.held += ip.length;
                ip.payload.to_vec()
            });
        }
        self.whole()
    }

    fn whole(&self) -> Option<Vec<u8>> {
        let length = self.length?;
        let mut whole = Vec::new();
        for (offset, bytes) in &self.parts {
            // What is here already stays.
            let known = whole.len().checked_sub(*offset)?;
            whole.extend_from_slice(bytes.get(known..).unwrap_or_default());
        }
        (whole.len() >= length).then(|| {
            whole.truncate(length);
            whole
        })
    }
}
