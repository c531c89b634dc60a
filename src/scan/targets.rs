//! The hosts of a scan, each once: those that were written one by one, and ranges, which take no memory for each address.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{
    exclusion::{Exclusion, intervals},
    intervals::{Interval, apart, without},
    place::Place,
    range::{Family, Range, number},
};
use crate::{
    destination::Target,
    endpoint::{DEFAULT_PORT, Endpoint},
};

/// The most hosts of one scan; a table of more nobody reads.
pub const MOST: u64 = 1 << 20;

/// Hosts as they come.
#[derive(Debug, Default)]
pub struct Listed {
    hosts: Vec<Target>,
    ranges: BTreeMap<(u16, Family), Vec<Interval>>,
}

impl Listed {
    /// Adds what an entry names.
    pub fn add(&mut self, place: Place) {
        match place {
            Place::Host(target) => self.hosts.push(target),
            Place::Range(Range { family, first, last }, port) => {
                self.ranges.entry((port, family)).or_default().push((first, last));
            }
        }
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.ranges.is_empty()
    }

    /// Each host once, without those that are left out.
    pub fn without(self, exclusions: &[Exclusion]) -> Targets {
        let mut targets = Targets::default();
        for target in self.hosts {
            if !exclusions.iter().any(|one| one.holds(&target.endpoint)) {
                targets.add_host(target);
            }
        }
        for ((port, family), added) in self.ranges {
            let left = without(&apart(added), &intervals(exclusions, family, port));
            let left = without(&left, &apart(targets.written(port, family)));
            left.into_iter().for_each(|interval| targets.add_block(port, family, interval));
        }
        targets
    }
}

/// The hosts of a scan, each with an index.
#[derive(Debug, Default)]
pub struct Targets {
    hosts: Vec<Target>,
    by_key: BTreeMap<String, u64>,
    blocks: Vec<Block>,
    addresses: u64,
}

/// Addresses that follow one another.
#[derive(Debug)]
struct Block {
    place: (u16, Family),
    first: u128,
    last: u128,
    /// The index of the first one among the addresses of all blocks.
    begin: u64,
}

impl Targets {
    /// How many there are; may be more than [`MOST`].
    pub fn count(&self) -> u64 {
        (self.hosts.len() as u64).saturating_add(self.addresses)
    }

    /// Whether one was written by itself, and not as part of a range.
    pub fn is_written(&self, index: u64) -> bool {
        index < self.hosts.len() as u64
    }

    /// Whether a name has to be looked up.
    pub fn has_names(&self) -> bool {
        self.hosts.iter().any(|target| target.endpoint.address().is_none())
    }

    /// The one with this index; none beyond the end.
    pub fn get(&self, index: u64) -> Option<Target> {
        let written = self.hosts.len() as u64;
        let Some(number) = index.checked_sub(written) else {
            return self.hosts.get(usize::try_from(index).ok()?).cloned();
        };
        let after = self.blocks.partition_point(|block| block.begin <= number);
        let block = self.blocks.get(after.checked_sub(1)?)?;
        let address = block.first.checked_add((number - block.begin).into())?;
        let (port, family) = block.place;
        let endpoint = Endpoint::new(family.address(address).to_string(), port);
        let input = if port == DEFAULT_PORT { endpoint.host.clone() } else { endpoint.to_string() };
        (address <= block.last).then_some(Target { input, endpoint, file: None })
    }

    /// The index of the host of a report, by what was written and where it led.
    pub fn index_of(&self, input: &str, endpoint: &Endpoint) -> Option<u64> {
        let written = self.by_key.get(&key_of_file(input)).or_else(|| self.by_key.get(&key(endpoint)));
        written.copied().or_else(|| {
            let (family, address) = number(endpoint.address()?);
            let place = (endpoint.port, family);
            let after = self.blocks.partition_point(|block| (block.place, block.first) <= (place, address));
            let block = self.blocks.get(after.checked_sub(1)?)?;
            let is_there = block.place == place && address <= block.last;
            let within = u64::try_from(address.checked_sub(block.first)?).ok()?;
            is_there.then_some(block.begin.saturating_add(within).saturating_add(self.hosts.len() as u64))
        })
    }

    fn add_host(&mut self, target: Target) {
        // Two files may lead to one broker, and mean two collections.
        let key = match &target.file {
            Some(_) => key_of_file(&target.input),
            None => key(&target.endpoint),
        };
        let index = self.hosts.len() as u64;
        if let Entry::Vacant(free) = self.by_key.entry(key) {
            free.insert(index);
            self.hosts.push(target);
        }
    }

    fn add_block(&mut self, port: u16, family: Family, (first, last): Interval) {
        self.blocks.push(Block { place: (port, family), first, last, begin: self.addresses });
        let count = u64::try_from(last - first).unwrap_or(u64::MAX).saturating_add(1);
        self.addresses = self.addresses.saturating_add(count);
    }

    /// The addresses that were written by themselves.
    fn written(&self, port: u16, family: Family) -> Vec<Interval> {
        let plain = self.hosts.iter().filter(|target| target.file.is_none() && target.endpoint.port == port);
        let numbers = plain.filter_map(|target| Some(number(target.endpoint.address()?)));
        numbers.filter(|(own, _)| *own == family).map(|(_, address)| (address, address)).collect()
    }
}

/// The same host is written in one way: addresses in their shortest form, names in small letters.
fn key(endpoint: &Endpoint) -> String {
    let host = endpoint.address().map_or_else(|| endpoint.host.to_lowercase(), |address| address.to_string());
    Endpoint::new(host, endpoint.port).to_string()
}

/// No host has a slash in its name.
fn key_of_file(input: &str) -> String {
    format!("file/{input}")
}
