//! What belongs together: the connections that one client made to one server within two minutes are one attempt.
//!
//! mstsc gives its first connection up at a certificate or password prompt and makes another, and ends most with a RST.

use std::{collections::BTreeMap, net::IpAddr, net::SocketAddr};

use super::walk::moment;
use crate::{
    endpoint::place,
    flow::{At, millis},
    report::{Connection, Millis, Purpose, TargetRecord, Trace},
};

/// Two minutes, in nanoseconds.
const APART: At = 120 * 1_000_000_000;

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

/// The connections of one attempt.
#[derive(Default)]
struct Attempt {
    connections: Vec<Watched>,
}

impl Attempt {
    /// Whether all of them begin within two minutes with it: a client that tries for hours makes many attempts.
    fn is_near(&self, other: &Watched) -> bool {
        self.connections.iter().all(|one| one.began.abs_diff(other.began) <= APART.unsigned_abs())
    }
}

/// The attempts of every client.
#[derive(Default)]
pub struct Attempts {
    /// The name that certificates have to be for, if it was given.
    server_name: Option<String>,
    of: BTreeMap<(IpAddr, SocketAddr), Vec<Attempt>>,
}

impl Attempts {
    /// None yet; certificates have to be for this name, if one is given.
    pub fn new(server_name: Option<String>) -> Self {
        Self { server_name, ..Self::default() }
    }

    /// Adds a connection to the attempt that it belongs to.
    pub fn add(&mut self, watched: Watched) {
        let attempts = self.of.entry((watched.client, watched.server)).or_default();
        match attempts.iter_mut().find(|attempt| attempt.is_near(&watched)) {
            Some(attempt) => attempt.connections.push(watched),
            None => attempts.push(Attempt { connections: vec![watched] }),
        }
    }

    /// Every attempt.
    pub fn finish(self) -> Vec<Trace> {
        let Self { of, server_name } = self;
        of.into_values().flatten().map(|attempt| trace(attempt, server_name.as_deref())).collect()
    }
}

fn trace(attempt: Attempt, server_name: Option<&str>) -> Trace {
    let mut all = attempt.connections;
    all.sort_by_key(|one| one.began);
    let (began, server) = all.first().map_or((0, None), |one| (one.began, Some(one.server)));
    let last = all.iter().map(|one| one.last).max().unwrap_or(began);
    let mut connections: Vec<Connection> = all.into_iter().map(|one| one.connection).collect();
    for again in connections.iter_mut().skip(1) {
        again.purpose = Purpose::Retry;
    }
    let target = server.map(|server| target(server, server_name, &connections));
    let elapsed_ms = Millis::rounded(millis(began, last));
    Trace { target, connections, ..Trace::begun(moment(began), elapsed_ms) }
}

/// Who was asked: behind a gateway the resource of its channel, and else who answered.
fn target(server: SocketAddr, server_name: Option<&str>, connections: &[Connection]) -> TargetRecord {
    let last = |of: fn(&Connection) -> Option<(String, u16)>| connections.iter().rev().find_map(of);
    let asked = last(|one| {
        let channel = &one.phases.gateway.as_ref()?.evidence.steps.channel.as_ref()?.evidence;
        Some((channel.resource.clone()?, channel.port?))
    });
    let given = server_name.map(|name| (name.to_owned(), 0));
    let name = given.or_else(|| last(|one| Some((one.phases.tls.as_ref()?.evidence.sni.clone()?, 0))));
    let (host, port) = asked.unwrap_or_else(|| (server.ip().to_string(), server.port()));
    TargetRecord {
        input: place(&host, port),
        server_name: name.map_or_else(|| host.clone(), |(name, _)| name),
        host,
        port,
        rdp_file: None,
    }
}
