//! Connections that are one of two to a gateway, until the other has ended too.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

use super::{
    attempt::{APART, Watched},
    attempts::IsHeld,
    gateway::Half,
};
use crate::flow::{At, Flow};

/// How many wait at once; of more the first to come are handed out alone.
const MOST: usize = 32;

/// One that waits for the other.
struct Waiting {
    flow: Flow,
    half: Half,
    /// What it shows alone.
    watched: Watched,
}

impl Waiting {
    /// When the other one may begin.
    fn window(&self) -> RangeInclusive<At> {
        self.watched.began.saturating_sub(APART)..=self.watched.began.saturating_add(APART)
    }

    /// Whether it is the other of the two connections of this client.
    fn is_other(&self, half: &Half, client: IpAddr) -> bool {
        self.watched.client == client && self.half.is_other(half)
    }
}

/// What is to be done with one.
pub enum Taken {
    /// It waits; those that are handed out alone because there are too many.
    Waits(Vec<Watched>),
    /// Both are here: that which carries what the gateway sends, and the other.
    Both(Box<(Flow, Flow)>),
}

/// Those that wait.
#[derive(Default)]
pub struct Halves {
    /// In the order in which they came.
    waiting: BTreeMap<u64, Waiting>,
    count: u64,
}

impl Halves {
    /// Takes one, of which it is known what it shows alone.
    pub fn take(&mut self, flow: Flow, half: Half, watched: Watched) -> Taken {
        let mut others = self.waiting.extract_if(.., |_, one| one.is_other(&half, watched.client));
        let other = others.next();
        drop(others);
        if let Some((_, other)) = other {
            let both = if half.sends { (other.flow, flow) } else { (flow, other.flow) };
            return Taken::Both(Box::new(both));
        }
        self.count += 1;
        self.waiting.insert(self.count, Waiting { flow, half, watched });
        let crowded = if self.waiting.len() > MOST { self.waiting.pop_first() } else { None };
        Taken::Waits(crowded.map(|(_, one)| one.watched).into_iter().collect())
    }

    /// Whether one of this client and this server waits that began within these times.
    pub fn any(&self, client: IpAddr, server: SocketAddr, began: &RangeInclusive<At>) -> bool {
        self.waiting.values().any(|one| {
            let Watched { client: of, server: to, began: at, .. } = one.watched;
            (of, to) == (client, server) && began.contains(&at)
        })
    }

    /// Hands out alone those whose other cannot come any more.
    pub fn close(&mut self, is_held: IsHeld<'_>) -> Vec<Watched> {
        let is_gone = |one: &Waiting| !is_held(one.watched.client, one.watched.server, one.window());
        self.waiting.extract_if(.., |_, one| is_gone(one)).map(|(_, one)| one.watched).collect()
    }

    /// Hands out all that are left.
    pub fn finish(self) -> impl Iterator<Item = Watched> {
        self.waiting.into_values().map(|one| one.watched)
    }
}
