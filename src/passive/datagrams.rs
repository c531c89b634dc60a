//! UDP connections that begin with a SYN of RDP-UDP, on whatever port (MS-RDPEUDP 3.1.5.1). All other datagrams are passed over.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

use crate::{
    flow::{At, Datagram, Icmp},
    pdu::rdpudp::{Inside, Setup, inside},
};

/// How many are known at once; of more, those that began first are forgotten.
const MOST: usize = 16_384;

/// A SYN that comes again within this time is a copy of the same packet: clients wait longer.
const COPY: At = 10_000_000;

/// The client, the server, and their ports.
type Ends = (IpAddr, IpAddr, u16, u16);

/// The answer to a SYN.
#[derive(Clone, Copy)]
pub(super) struct Answered {
    pub setup: Setup,
    pub length: usize,
    /// From the last SYN on.
    pub took: At,
}

/// What is known of one.
#[derive(Clone)]
pub(super) struct Begun {
    pub client: SocketAddr,
    pub server: SocketAddr,
    pub packet: u64,
    pub began: At,
    pub last: At,
    /// The first SYN.
    pub setup: Setup,
    pub length: usize,
    pub tries: u32,
    asked: At,
    pub answered: Option<Answered>,
    /// What follows the set-up.
    pub inside: Option<Inside>,
    pub icmp: Option<Icmp>,
    /// How many datagrams came from the client and from the server.
    pub counts: [u64; 2],
    /// How many between the same ports came before it, and how many of those were answered.
    pub before: [u32; 2],
}

/// Those that may still belong to an attempt.
#[derive(Default)]
pub(super) struct Datagrams {
    of: BTreeMap<Ends, Begun>,
    /// In the order in which they begin.
    order: VecDeque<(Ends, At)>,
}

impl Datagrams {
    /// Takes a datagram.
    pub(super) fn add(&mut self, datagram: &Datagram<'_>) {
        let Datagram { source, destination, .. } = *datagram;
        let setup = Setup::parse(datagram.payload).ok();
        if let Some(syn) = setup.filter(|setup| setup.is_syn(datagram.payload.len() + datagram.missing)) {
            self.syn(datagram, syn);
        } else if let Some(begun) = self.of.get_mut(&ends(source, destination)) {
            begun.take(0, datagram);
        } else if let Some(begun) = self.of.get_mut(&ends(destination, source)) {
            if let Some(setup) = setup.filter(|setup| setup.acknowledges(begun.setup.sequence_number)) {
                // A capture may claim any times.
                let took = datagram.at.saturating_sub(begun.asked);
                let length = datagram.payload.len() + datagram.missing;
                begun.answered.get_or_insert(Answered { setup, length, took });
            }
            begun.take(1, datagram);
        }
    }

    /// Takes an ICMP error about a datagram of a client.
    pub(super) fn undelivered(&mut self, from: SocketAddr, to: SocketAddr, icmp: Icmp) {
        if let Some(begun) = self.of.get_mut(&ends(from, to)) {
            begun.icmp.get_or_insert(icmp);
        }
    }

    fn syn(&mut self, datagram: &Datagram<'_>, setup: Setup) {
        let ends = ends(datagram.source, datagram.destination);
        let before = match self.of.get_mut(&ends) {
            Some(begun) if begun.setup.sequence_number == setup.sequence_number => {
                return begun.again(datagram);
            }
            Some(begun) => begun.before_next(),
            None => [0, 0],
        };
        self.order.push_back((ends, datagram.at));
        self.of.insert(ends, Begun::new(datagram, setup, before));
        while self.order.len() > MOST {
            let Some((ends, began)) = self.order.pop_front() else { return };
            if self.of.get(&ends).is_some_and(|begun| begun.began == began) {
                self.of.remove(&ends);
            }
        }
    }

    /// Those of this client to this server that began within these times, in that order; they are handed out once.
    pub(super) fn take(&mut self, client: IpAddr, server: IpAddr, began: RangeInclusive<At>) -> Vec<Begun> {
        let all = (client, server, 0, 0)..=(client, server, u16::MAX, u16::MAX);
        let mut taken: Vec<Begun> = self
            .of
            .extract_if(all, |_, begun| began.contains(&begun.began))
            .map(|(_, begun)| begun)
            .collect();
        taken.sort_by_key(|begun| (begun.began, begun.packet));
        taken
    }

    /// Those that are left, by the hosts that they are between.
    pub(super) fn left(self) -> Vec<Vec<Begun>> {
        let mut left: BTreeMap<(IpAddr, IpAddr), Vec<Begun>> = BTreeMap::new();
        for ((client, server, ..), begun) in self.of {
            left.entry((client, server)).or_default().push(begun);
        }
        let mut left: Vec<Vec<Begun>> = left.into_values().collect();
        left.iter_mut().for_each(|of| of.sort_by_key(|begun| (begun.began, begun.packet)));
        left
    }
}

impl Begun {
    fn new(datagram: &Datagram<'_>, setup: Setup, before: [u32; 2]) -> Self {
        Self {
            client: datagram.source,
            server: datagram.destination,
            packet: datagram.packet,
            began: datagram.at,
            last: datagram.at,
            setup,
            length: datagram.payload.len() + datagram.missing,
            tries: 1,
            asked: datagram.at,
            answered: None,
            inside: None,
            icmp: None,
            counts: [1, 0],
            before,
        }
    }

    fn again(&mut self, datagram: &Datagram<'_>) {
        if datagram.at.saturating_sub(self.asked) > COPY {
            (self.asked, self.last) = (datagram.at, self.last.max(datagram.at));
            self.tries = self.tries.saturating_add(1);
            self.counts[0] += 1;
        }
    }

    /// Another one takes its ports.
    fn before_next(&self) -> [u32; 2] {
        let [all, answered] = self.before;
        [all.saturating_add(1), answered.saturating_add(self.answered.is_some().into())]
    }

    fn take(&mut self, side: usize, datagram: &Datagram<'_>) {
        self.last = self.last.max(datagram.at);
        self.counts[side] += 1;
        if self.answered.is_some() && self.inside.is_none() {
            self.inside = inside(datagram.payload);
        }
    }
}

fn ends(client: SocketAddr, server: SocketAddr) -> Ends {
    (client.ip(), server.ip(), client.port(), server.port())
}
