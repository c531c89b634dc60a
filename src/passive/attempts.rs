//! What belongs together: the connections that one client made to one server within two minutes are one attempt, up to the one that
//! reaches a session. What the client does after that it does for another reason.
//!
//! mstsc gives its first connection up at a certificate or password prompt and makes another, and ends most with a RST.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

use super::{
    attempt::{Attempt, LATE, Watched},
    datagrams::{Begun, Datagrams},
    proxy::asked_for,
    udp,
    walk::moment,
};
use crate::{
    endpoint::place,
    flow::{At, Datagram, Icmp, millis},
    report::{Connection, Millis, Purpose, TargetRecord, Trace},
};

/// How many connections are kept of all attempts together; more only for a moment.
const MOST: usize = 1024;

/// Who opened connections, who answered, and what a proxy was asked for.
type Key = (IpAddr, SocketAddr, Option<String>);

fn key(watched: &Watched) -> Key {
    let asked = asked_for(&watched.connection).map(|asked| asked.to_string());
    (watched.client, watched.server, asked)
}

/// The attempts of every client that may still get connections.
#[derive(Default)]
pub struct Attempts {
    /// The name that certificates have to be for, if it was given.
    server_name: Option<String>,
    of: BTreeMap<Key, Vec<Attempt>>,
    /// How many connections are kept, and how many were added.
    kept: usize,
    added: u64,
    /// RDP-UDP beside them.
    datagrams: Datagrams,
}

/// Whether a connection of this client to this server that began within these times is still being put together.
pub type IsHeld<'a> = &'a dyn Fn(IpAddr, SocketAddr, RangeInclusive<At>) -> bool;

impl Attempts {
    /// None yet; certificates have to be for this name, if one is given.
    pub fn new(server_name: Option<String>) -> Self {
        Self { server_name, ..Self::default() }
    }

    /// Adds a connection to the attempt that it belongs to. If there are too many attempts, those that were quiet for longest
    /// are handed out.
    pub fn add(&mut self, watched: Watched) -> Vec<Trace> {
        self.added += 1;
        let (succeeded, key) = (watched.succeeded(), key(&watched));
        self.insert(&key, watched);
        // A session that ends late is added after what its client did meanwhile.
        let attempts = self.of.get_mut(&key).into_iter().flatten();
        let later: Vec<Watched> = match succeeded {
            Some(at) => attempts.filter(|one| one.begins.0 <= at).flat_map(|one| one.split(at)).collect(),
            None => Vec::new(),
        };
        self.kept -= later.len();
        later.into_iter().for_each(|watched| self.insert(&key, watched));
        if self.kept > MOST { self.crowded() } else { Vec::new() }
    }

    /// Where a connection belongs: one that follows up another may have gone to another address.
    fn home<'k>(&'k self, key: &'k Key, watched: &Watched) -> &'k Key {
        let takes = |attempts: &Vec<Attempt>| attempts.iter().any(|attempt| attempt.takes(watched));
        if !watched.follows() || self.of.get(key).is_some_and(takes) {
            return key;
        }
        let mut of_client = self.of.iter().filter(|((client, ..), _)| *client == watched.client);
        of_client.find(|(_, attempts)| takes(attempts)).map_or(key, |(home, _)| home)
    }

    fn insert(&mut self, key: &Key, watched: Watched) {
        let home = self.home(key, &watched).clone();
        let attempts = self.of.entry(home).or_default();
        match attempts.iter_mut().find(|attempt| attempt.takes(&watched)) {
            Some(attempt) => {
                self.kept -= attempt.connections.len();
                attempt.add(watched, self.added);
                self.kept += attempt.connections.len();
            }
            None => {
                attempts.push(Attempt::of(watched, self.added));
                self.kept += 1;
            }
        }
    }

    /// Notes a datagram, which may be one of RDP-UDP.
    pub fn datagram(&mut self, datagram: &Datagram<'_>) {
        self.datagrams.add(datagram);
    }

    /// Notes an ICMP error about a datagram from one address to another.
    pub fn undelivered(&mut self, from: SocketAddr, to: SocketAddr, icmp: Icmp) {
        self.datagrams.undelivered(from, to, icmp);
    }

    /// Hands out those to which nothing can be added any more, now that it is this time.
    pub fn close(&mut self, now: At, is_held: IsHeld<'_>) -> Vec<Trace> {
        self.take(&|client, server, attempt| {
            let window = attempt.window();
            window.end().saturating_add(LATE) < now && !is_held(client, server, window)
        })
    }

    /// Every attempt that is left.
    pub fn finish(&mut self) -> Vec<Trace> {
        self.take(&|_, _, _| true)
    }

    /// RDP-UDP between hosts that no connection is known of.
    pub fn alone(self) -> impl Iterator<Item = Trace> {
        let Self { server_name, datagrams, .. } = self;
        datagrams.left().into_iter().filter_map(move |all| alone(&all, server_name.as_deref()))
    }

    /// Hands out the quarter that was quiet for longest.
    fn crowded(&mut self) -> Vec<Trace> {
        let mut added: Vec<u64> = self.of.values().flatten().map(|attempt| attempt.added).collect();
        added.sort_unstable();
        let until = added[added.len() / 4];
        self.take(&|_, _, attempt| attempt.added <= until)
    }

    fn take(&mut self, which: &dyn Fn(IpAddr, SocketAddr, &Attempt) -> bool) -> Vec<Trace> {
        let (mut closed, server_name) = (Vec::new(), self.server_name.as_deref());
        self.of.retain(|(client, server, _), attempts| {
            let taken = attempts.extract_if(.., |attempt| which(*client, *server, attempt));
            closed.extend(taken.map(|attempt| {
                self.kept -= attempt.connections.len();
                let beside = self.datagrams.take(*client, server.ip(), attempt.beside());
                Trace { udp: udp::udp(&beside), ..trace(attempt, server_name) }
            }));
            !attempts.is_empty()
        });
        closed
    }
}

fn trace(attempt: Attempt, server_name: Option<&str>) -> Trace {
    let Attempt { connections: all, omitted, begins: (began, _), last, .. } = attempt;
    let server = all.first().map(|one| one.server);
    let mut connections: Vec<Connection> = all.into_iter().map(|one| one.connection).collect();
    // Without the connection that they follow up they are as good as any.
    let is_any = connections.iter().any(|made| made.purpose.is_traced());
    let traced = connections.iter_mut().filter(|made| !is_any || made.purpose.is_traced());
    for (index, made) in traced.enumerate() {
        made.purpose = if index == 0 { Purpose::Main } else { Purpose::Retry };
    }
    let target = server.map(|server| target(server, server_name, &connections));
    let elapsed_ms = Millis::rounded(millis(began, last));
    Trace { target, connections, connections_omitted: omitted, ..Trace::begun(moment(began), elapsed_ms) }
}

/// RDP-UDP of which no connection over TCP is known.
fn alone(all: &[Begun], server_name: Option<&str>) -> Option<Trace> {
    let (first, last) = (all.first()?, all.iter().map(|begun| begun.last).max()?);
    let connections = vec![udp::alone(first)];
    let target = Some(target(first.server, server_name, &connections));
    let elapsed_ms = Millis::rounded(millis(first.began, last));
    Some(Trace { target, connections, udp: udp::udp(all), ..Trace::begun(moment(first.began), elapsed_ms) })
}

/// The server that clients asked a gateway for; none if none did.
pub fn behind(connections: &[Connection]) -> Option<TargetRecord> {
    let server = connections.iter().find_map(|one| one.peer)?;
    connections.iter().any(|one| resource(one).is_some()).then(|| target(server, None, connections))
}

/// The resource of the channel that a gateway was asked for.
fn resource(connection: &Connection) -> Option<(String, u16)> {
    let channel = &connection.phases.gateway.as_ref()?.evidence.steps.channel.as_ref()?.evidence;
    Some((channel.resource.clone()?, channel.port?))
}

/// Who was asked: behind a gateway the resource of its channel, behind a proxy what it was asked for, and else who answered.
fn target(server: SocketAddr, server_name: Option<&str>, connections: &[Connection]) -> TargetRecord {
    let traced = || connections.iter().filter(|made| made.purpose.is_traced());
    let last = |of: fn(&Connection) -> Option<(String, u16)>| traced().rev().find_map(of);
    let asked = last(resource);
    let asked = asked.or_else(|| {
        last(|one| {
            let through = one.phases.gateway.is_none();
            asked_for(one).filter(|_| through).map(|asked| (asked.host, asked.port))
        })
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
