//! One attempt of a client: the connections that it made to one server within two minutes.

use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

use crate::{
    flow::{At, Flow},
    report::{Connection, Status},
};

/// No two of its connections begin so far from each other: two minutes, in nanoseconds.
pub(super) const APART: At = 120 * 1_000_000_000;

/// Packets are captured no later than this after those that follow them.
pub(super) const LATE: At = 10 * 1_000_000_000;

/// The first and the last connections of an attempt that are kept.
const KEPT: usize = 8;

/// One that was read, and the times that order it.
pub struct Watched {
    /// What it shows.
    pub connection: Connection,
    /// Who opened it.
    pub client: IpAddr,
    /// Who was asked.
    pub server: SocketAddr,
    /// When its first packet came.
    pub began: At,
    /// When its last packet came.
    pub last: At,
}

impl Watched {
    /// What a connection shows, with its ends and times.
    pub fn of(flow: &Flow, connection: Connection) -> Self {
        let (client, server) = (flow.client.ip(), flow.server);
        Self { connection, client, server, began: flow.began, last: flow.last }
    }

    /// Whether it is only what is left of an older one, of which not even the opening counts.
    fn is_leftover(&self) -> bool {
        let connect = self.connection.phases.connect.as_ref();
        connect.is_some_and(|connect| connect.status == Status::Unseen)
    }

    /// Whether it follows up the connection that a trace made.
    pub(super) fn follows(&self) -> bool {
        !self.connection.purpose.is_traced()
    }

    /// When it reached a session; none if it did not, or if the server sent its client elsewhere.
    pub(super) fn succeeded(&self) -> Option<At> {
        if self.follows() {
            return None;
        }
        let activate = self.connection.phases.activate.as_ref()?;
        let session = self.connection.session.as_ref();
        let led = session.is_some_and(|session| session.redirection.is_some());
        let took: f64 = self.connection.phases.summaries().iter().map(|phase| phase.elapsed_ms.0).sum();
        (activate.status == Status::Passed && !led).then_some(self.began.saturating_add((took * 1e6) as At))
    }
}

/// The connections of one attempt.
pub(super) struct Attempt {
    /// In the order in which they begin.
    pub(super) connections: Vec<Watched>,
    pub(super) omitted: u64,
    /// When the first of them begins, and the last.
    pub(super) begins: (At, At),
    /// When the last packet came.
    pub(super) last: At,
    /// How many connections had been added to any attempt when one was added to this.
    pub(super) added: u64,
}

impl Attempt {
    pub(super) fn of(watched: Watched, added: u64) -> Self {
        let begins = (watched.began, watched.began);
        Self { last: watched.last, connections: vec![watched], omitted: 0, begins, added }
    }

    /// Whether all of them begin within two minutes with it, and none after a session: a client that tries for hours makes many
    /// attempts. What a trace makes to follow up a session belongs to it, and what is left of another belongs nowhere.
    pub(super) fn takes(&self, other: &Watched) -> bool {
        let (first, last) = self.begins;
        let is_near = first.min(other.began).abs_diff(last.max(other.began)) <= APART.unsigned_abs();
        is_near && (other.follows() || other.is_leftover() || !self.has_succeeded_before(other))
    }

    fn has_succeeded_before(&self, other: &Watched) -> bool {
        self.connections.iter().any(|one| one.succeeded().is_some_and(|at| at < other.began))
    }

    /// Takes out what began after this.
    pub(super) fn split(&mut self, at: At) -> Vec<Watched> {
        let after = self.connections.partition_point(|one| one.began <= at);
        let later = self.connections.split_off(after);
        let begins = self.connections.first().zip(self.connections.last());
        self.begins = begins.map_or(self.begins, |(first, last)| (first.began, last.began));
        self.last = self.connections.iter().map(|one| one.last).max().unwrap_or(self.last);
        later
    }

    /// Whether all of it is what is left of older connections.
    fn is_leftover(&self) -> bool {
        self.connections.iter().all(|one| one.is_leftover())
    }

    /// Adds a connection; what is left of older ones gives way to it. Those between the first and the last eight are counted, and of what follows them up the first sixteen are
    /// kept.
    pub(super) fn add(&mut self, watched: Watched, added: u64) {
        self.added = added;
        match (watched.is_leftover(), self.is_leftover()) {
            (true, false) => return,
            (false, true) => {
                *self = Self { omitted: self.omitted, ..Self::of(watched, added) };
                return;
            }
            _ => {}
        }
        let (first, last) = self.begins;
        self.begins = (first.min(watched.began), last.max(watched.began));
        self.last = self.last.max(watched.last);
        let place = self.connections.partition_point(|one| one.began <= watched.began);
        self.connections.insert(place, watched);
        let places = |follows: bool| {
            let all = self.connections.iter().enumerate();
            all.filter(move |(_, one)| one.follows() == follows).map(|(place, _)| place)
        };
        let traced = places(false).nth(KEPT).filter(|_| places(false).count() > 2 * KEPT);
        if let Some(place) = traced.or_else(|| places(true).nth(2 * KEPT)) {
            self.connections.remove(place);
            self.omitted += 1;
        }
    }

    /// When RDP-UDP may begin that belongs to it.
    pub(super) fn beside(&self) -> RangeInclusive<At> {
        self.begins.0.saturating_sub(LATE)..=self.last.saturating_add(LATE)
    }

    /// When a connection may begin that belongs to it.
    pub(super) fn window(&self) -> RangeInclusive<At> {
        let (first, last) = self.begins;
        last.saturating_sub(APART)..=first.saturating_add(APART)
    }
}
