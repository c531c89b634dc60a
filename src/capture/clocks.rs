//! How far the clocks of two captures are apart, by the packets that both hold.
//!
//! A packet takes its time from one place to the other, so one way the later place's clock is ahead of what it shows and the
//! other way behind. Clocks that agree give differences of both signs, and such are left as they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

use super::{
    file::File,
    item::Item,
    prints::{self, Print},
};
use crate::flow::At;

/// How many packets of a capture are kept. Those with the smallest hashes are, so that two captures keep the same ones.
const MOST: usize = 1 << 15;
/// Clocks that are closer, in nanoseconds, are as good as equal.
const CLOSE: u64 = 1_000_000;

/// One of so many packets of the smaller capture has to be in both. Fewer are sent again where one capture goes on with another.
const SHARED: usize = 4;

/// When packets were seen at one place.
#[derive(Debug, Default)]
pub struct Sightings {
    /// When, and which way it went.
    seen: BTreeMap<u64, (At, bool)>,
    /// What was seen more than once, so that nobody knows which is which.
    again: BTreeSet<u64>,
}

impl Sightings {
    /// Those of a capture, as far as it can be read.
    pub fn read(from: impl Read) -> Self {
        let mut sightings = Self::default();
        let Ok(mut file) = File::open(from) else { return sightings };
        while let Ok(Some(item)) = file.next_item() {
            let Item::Packet(packet) = item else { continue };
            if let Some(print) = prints::of(&packet) {
                sightings.add(print, packet.at);
            }
        }
        sightings
    }

    fn add(&mut self, print: Print, at: At) {
        let Print { hash, forth } = print;
        let is_late =
            self.seen.len() == MOST && self.seen.last_key_value().is_some_and(|(last, _)| hash > *last);
        if is_late || self.again.contains(&hash) {
            return;
        }
        if self.seen.insert(hash, (at, forth)).is_some() {
            self.seen.remove(&hash);
            self.again.insert(hash);
        }
        if self.seen.len() > MOST {
            self.seen.pop_last();
        }
        if self.again.len() > MOST {
            self.again.pop_last();
        }
    }

    /// How far the clock of the other capture is ahead, in nanoseconds: 0 if they may agree, none if nothing tells.
    pub fn ahead(&self, other: &Self) -> Option<i64> {
        let both = self.seen.keys().filter(|hash| other.seen.contains_key(hash)).count();
        if both * SHARED < self.seen.len().min(other.seen.len()) {
            return None;
        }
        let way = |wanted: bool| {
            let both = self.seen.iter().filter(|(_, (_, forth))| *forth == wanted);
            let both = both.filter_map(|(hash, (at, _))| Some(other.seen.get(hash)?.0.saturating_sub(*at)));
            median(both.collect())
        };
        let (forth, back) = (way(true)?, way(false)?);
        let apart = forth.midpoint(back);
        let is_proved = (forth > 0) == (back > 0) && apart.unsigned_abs() > CLOSE;
        Some(if is_proved { apart } else { 0 })
    }
}

fn median(mut differences: Vec<i64>) -> Option<i64> {
    differences.sort_unstable();
    differences.get(differences.len() / 2).copied()
}
