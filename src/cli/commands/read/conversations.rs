//! From connections to reports, as soon as nothing can be added to a conversation.

use std::ops::RangeInclusive;

use super::lacking::Lacking;
use crate::{
    capture::Found,
    certificate::Roots,
    diagnose,
    flow::{At, Flow, KeyLog},
    passive::{Attempts, Halves, Known, Taken, Watched, is_relevant, walk_alone, walk_both},
    pdu::server_key::ServerKey,
    report::{Report, Trace},
};

/// Who is told a report when it is complete.
pub(super) type Tell<'t> = &'t mut dyn FnMut(Report);

/// What was found so far.
pub(super) struct Conversations<'t> {
    roots: Roots<'static>,
    server_name: Option<String>,
    server_keys: &'t [ServerKey],
    attempts: Attempts,
    /// Of the two connections to a gateway those whose other is awaited.
    halves: Halves,
    pub(super) lacking: Lacking,
    tell: Tell<'t>,
}

impl<'t> Conversations<'t> {
    /// None yet; certificates are to be for this name.
    pub(super) fn new(server_name: Option<String>, server_keys: &'t [ServerKey], tell: Tell<'t>) -> Self {
        // What the client trusts is not known, and what this machine trusts says nothing of it.
        let roots = Roots::new(Err("what the client trusts is not in the capture".to_owned()));
        let attempts = Attempts::new(server_name.clone());
        let (halves, lacking) = (Halves::default(), Lacking::default());
        Self { roots, server_name, server_keys, attempts, halves, lacking, tell }
    }

    /// Takes what a capture holds.
    pub(super) fn take(&mut self, found: Found<'_>, keys: &KeyLog) {
        match found {
            Found::Flow(flow) => self.flow(*flow, keys),
            Found::Passed(now, held) => {
                let alone = self.halves.close(&|client, server, began| held.any(client, server, began));
                alone.into_iter().for_each(|watched| self.add(watched));
                let halves = &self.halves;
                let is_held = |client, server, began: RangeInclusive<At>| {
                    halves.any(client, server, &began) || held.any(client, server, began)
                };
                let closed = self.attempts.close(now, &is_held);
                self.report(closed);
            }
            Found::Datagram(datagram) => self.attempts.datagram(&datagram),
            Found::Undelivered(from, to, icmp) => self.attempts.undelivered(from, to, icmp),
        }
    }

    fn flow(&mut self, flow: Flow, keys: &KeyLog) {
        let Self { roots, server_keys, .. } = self;
        let server_name = self.server_name.as_deref();
        let known = Known { server_keys, server_name, ..Known::of(keys, roots) };
        let (connection, half) = walk_alone(&flow, &known);
        let is_relevant = is_relevant(&flow, &connection);
        self.lacking.note(&flow, &connection, is_relevant);
        if !is_relevant {
            return;
        }
        let watched = Watched::of(&flow, connection);
        let Some(half) = half else { return self.add(watched) };
        match self.halves.take(flow, half, watched) {
            Taken::Waits(alone) => alone.into_iter().for_each(|watched| self.add(watched)),
            Taken::Both(both) => {
                let (out, into) = *both;
                let connection = walk_both(&out, &into, &known);
                let last = out.last.max(into.last);
                self.add(Watched { last, ..Watched::of(&out, connection) });
            }
        }
    }

    fn add(&mut self, watched: Watched) {
        let closed = self.attempts.add(watched);
        self.report(closed);
    }

    fn report(&mut self, closed: Vec<Trace>) {
        closed.into_iter().for_each(|trace| (self.tell)(diagnose(trace)));
    }

    /// Tells what is left; what was lacking.
    pub(super) fn finish(mut self) -> Lacking {
        let halves = std::mem::take(&mut self.halves);
        halves.finish().for_each(|watched| self.add(watched));
        let Self { mut attempts, lacking, tell, .. } = self;
        attempts.finish().into_iter().for_each(|trace| tell(diagnose(trace)));
        attempts.alone().for_each(|trace| tell(diagnose(trace)));
        lacking
    }
}
