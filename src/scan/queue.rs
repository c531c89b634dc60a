//! How many hosts are probed at once, how many begin in a second, and when no more do.
//!
//! A host is one connection at a time: its other ports wait until the one before has ended.

use std::{
    collections::{BTreeMap, VecDeque, btree_map::Entry},
    future::Future,
    ops::ControlFlow,
    pin::pin,
    time::Duration,
};

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use crate::net::{Instant, pause};

/// A pause of the program is made up for at most this long, so that no burst follows it.
const MADE_UP: Duration = Duration::from_millis(100);

/// How fast hosts are probed.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// At most so many at once.
    pub at_once: usize,
    /// At most so many begin in a second.
    pub per_second: Option<f64>,
}

impl Pace {
    /// When the next one may begin after one that was due then.
    fn after(self, due: Instant) -> Instant {
        let now = Instant::now();
        let step = self.per_second.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        due.max(now.checked_sub(MADE_UP).unwrap_or(now)) + step
    }
}

/// Why hosts are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The user ended the scan.
    Interrupted,
    /// The time was over.
    Deadline,
    /// Whoever takes the reports takes no more.
    Refused,
}

/// A scan that ended before its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Why.
    pub why: Why,
    /// Those that were under way, and are given up.
    pub given_up: Vec<u64>,
}

/// What is asked of the hosts and done with the answers.
pub trait Ended<T> {
    /// The host of this index; two of one host are never probed at once.
    fn host(&self, index: u64) -> String;

    /// One has ended.
    fn ended(&mut self, index: u64, answer: T) -> ControlFlow<()>;
}

/// Probes them in this order until all have ended or `stop` does; those that are under way then are given up.
pub async fn run<T, F: Future<Output = T>>(
    pace: Pace,
    indices: impl Iterator<Item = u64>,
    probe: impl Fn(u64) -> F,
    told: &mut impl Ended<T>,
    stop: impl Future<Output = Why>,
) -> Option<Stopped> {
    let mut stop = pin!(stop);
    let mut line = Waiting { indices: indices.fuse(), ready: VecDeque::new(), busy: BTreeMap::new() };
    let mut running = FuturesUnordered::new();
    let mut due = Instant::now();
    loop {
        let mut is_empty = false;
        while running.len() < pace.at_once && due <= Instant::now() && !is_empty {
            match line.next(|index| told.host(index)) {
                Some(index) => {
                    due = pace.after(due);
                    let answer = probe(index);
                    running.push(async move { (index, answer.await) });
                }
                None => is_empty = true,
            }
        }
        if running.is_empty() && is_empty {
            return None;
        }
        let waits = running.len() < pace.at_once && !is_empty;
        tokio::select! {
            // The stop is listened for before anything is sent.
            biased;
            why = &mut stop => return Some(line.stopped(why)),
            Some((index, answer)) = running.next() => {
                line.free(&told.host(index));
                if told.ended(index, answer).is_break() {
                    return Some(line.stopped(Why::Refused));
                }
            }
            () = pause(due.saturating_duration_since(Instant::now())), if waits => {}
        }
    }
}

/// Those that have not begun.
struct Waiting<I> {
    indices: I,
    /// Those whose host is free again.
    ready: VecDeque<u64>,
    /// The hosts that are probed.
    busy: BTreeMap<String, Busy>,
}

/// What is under way with a host, and what waits for its end.
struct Busy {
    now: Option<u64>,
    waiting: VecDeque<u64>,
}

impl<I: Iterator<Item = u64>> Waiting<I> {
    /// The next one that may begin; its host is busy then.
    fn next(&mut self, host: impl Fn(u64) -> String) -> Option<u64> {
        if let Some(index) = self.ready.pop_front() {
            if let Some(busy) = self.busy.get_mut(&host(index)) {
                busy.now = Some(index);
            }
            return Some(index);
        }
        for index in self.indices.by_ref() {
            match self.busy.entry(host(index)) {
                Entry::Occupied(mut busy) => busy.get_mut().waiting.push_back(index),
                Entry::Vacant(free) => {
                    free.insert(Busy { now: Some(index), waiting: VecDeque::new() });
                    return Some(index);
                }
            }
        }
        None
    }

    /// One of this host has ended: the next of it may begin, or the host is free.
    fn free(&mut self, host: &str) {
        let Some(busy) = self.busy.get_mut(host) else { return };
        busy.now = None;
        match busy.waiting.pop_front() {
            Some(index) => self.ready.push_back(index),
            None => drop(self.busy.remove(host)),
        }
    }

    fn stopped(&self, why: Why) -> Stopped {
        Stopped { why, given_up: self.busy.values().filter_map(|busy| busy.now).collect() }
    }
}
