//! One connection, phase after phase, as `probe::connection` makes it.

mod behind;

use time::OffsetDateTime;

use super::{
    Known, activate, connect, credssp, ended, followed,
    gateway::{self, Half, Other, Second},
    licensing, mcs, negotiate, proxy,
    record::{part, record},
    session,
    talk::{Halt, Talk},
    tls::{self, Inside, Means},
    watched,
};
use crate::{
    certificate::Expectation,
    codes::Phase,
    endpoint::{Endpoint, HTTPS_PORT},
    flow::{At, Flow, Side},
    pdu::{client_hello, content_type::HANDSHAKE, der::SEQUENCE, hello::ClientHello},
    phase::{attribution, negotiate::Negotiated},
    report::{Connection, PhaseRecord, Phases, ProxyEvidence, Selected, Session, Status, Timestamp},
};

/// Reads a connection as far as it can be seen.
pub fn walk(flow: &Flow, known: &Known<'_>) -> Connection {
    read(flow, None, known).0
}

/// The same, and which of the two connections of a client to a gateway it is, if it is one of two.
pub fn walk_alone(flow: &Flow, known: &Known<'_>) -> (Connection, Option<Half>) {
    read(flow, None, known)
}

/// Reads two connections of a client to a gateway as one: that which carries what the gateway sends, and the other.
pub fn walk_both(out: &Flow, into: &Flow, known: &Known<'_>) -> Connection {
    let both = gateway::both(out, into);
    let mut talk = Talk::of(into);
    let is_open = Walk::of(known).open(&mut talk).is_some();
    read(out, Some(Second::read(&mut talk, &both, is_open)), known).0
}

fn read<'a>(flow: &'a Flow, second: Option<Second<'a>>, known: &'a Known<'a>) -> (Connection, Option<Half>) {
    let mut talk = Talk::of(flow);
    let mut walk = Walk::of(known);
    // Of two connections to a gateway both count, and the end is that of the one which ended first.
    let whole = second.as_ref().map_or(flow, |second| second.both);
    walk.other.second = second;
    walk.run(&mut talk);
    walk.join_proxy();
    let purpose = followed::purpose(flow, &mut walk.phases);
    let opened = walk.opened.or(talk.opened.then_some(true));
    let passed_over = (talk.client.left() + talk.server.left()) as u64 + beyond(flow);
    let client = Some(std::mem::take(&mut talk.offered)).filter(|client| !client.is_empty());
    let (frames, frames_omitted) = talk.into_frames();
    let Walk { mut phases, session, other, .. } = walk;
    attribution::assign_failures(&mut phases, &frames);
    let connection = Connection {
        purpose,
        hop: None,
        phases,
        session,
        started: Some(moment(flow.began)),
        local: Some(flow.client),
        peer: Some(flow.server),
        tcp: Some(watched::tcp(whole)),
        ended_by: Some(ended::by(whole)),
        watched: Some(watched::watched(whole, opened, passed_over)),
        client,
        frames,
        frames_omitted,
    };
    (connection, other.half)
}

/// Bytes of both directions that were not kept.
fn beyond(flow: &Flow) -> u64 {
    [&flow.from_client, &flow.from_server].map(|stream| stream.total - stream.kept()).iter().sum()
}

/// As the report writes times.
pub(super) fn moment(at: At) -> Timestamp {
    Timestamp(OffsetDateTime::from_unix_timestamp_nanos(at.into()).unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

struct Walk<'a> {
    known: &'a Known<'a>,
    phases: Phases,
    session: Option<Session>,
    /// Whether TLS was opened, if there is any.
    opened: Option<bool>,
    /// What a proxy was asked for.
    asked: Option<Endpoint>,
    /// How it answered, until it is known whether it leads to a gateway.
    proxied: Option<PhaseRecord<ProxyEvidence>>,
    /// The other of two connections to a gateway.
    other: Other<'a>,
}

impl<'a> Walk<'a> {
    fn of(known: &'a Known<'a>) -> Self {
        Self {
            known,
            phases: Phases::default(),
            session: None,
            opened: None,
            asked: None,
            proxied: None,
            other: Other::default(),
        }
    }

    /// Up to what is inside TLS.
    fn open(&mut self, talk: &mut Talk<'_>) -> Option<()> {
        record(talk, Phase::Connect, &mut self.phases.connect, connect::run)?;
        if let Ok(Some(kind)) = proxy::kind(talk.client.rest()) {
            self.proxy(talk, kind)?;
        }
        self.tls(talk, None)
    }

    fn run(&mut self, talk: &mut Talk<'a>) -> Option<()> {
        record(talk, Phase::Connect, &mut self.phases.connect, connect::run)?;
        if negotiate::is_answer_alone(talk) {
            let run = |talk: &mut Talk<'_>, e: &mut _| negotiate::answer(talk, e);
            let negotiated = record(talk, Phase::Negotiate, &mut self.phases.negotiate, run)?;
            return self.selected(talk, negotiated);
        }
        if let Ok(Some(kind)) = proxy::kind(talk.client.rest()) {
            self.proxy(talk, kind)?;
        }
        negotiate::pass_preconnection(talk);
        let first = match talk.is_seen(Side::Client) {
            true => talk.client.rest().first(),
            false => talk.server.rest().first(),
        };
        if first != Some(&HANDSHAKE) {
            return self.negotiated(talk);
        }
        // An RD Gateway, or a server that begins with TLS (MS-RDPBCGR 5.4.2.2): what is inside says which.
        self.tls(talk, None)?;
        if gateway::is_asked(talk.client.rest()) {
            let at = self.reached(talk);
            let sni = self.phases.tls.as_ref().and_then(|tls| tls.evidence.sni.clone());
            let at = Endpoint { host: sni.unwrap_or(at.host), ..at };
            gateway::run(talk, &mut self.phases, at, self.proxied.take(), &mut self.other)?;
            return self.negotiated(talk);
        }
        if talk.client.rest().first() == Some(&SEQUENCE) {
            // Whether an early result is due was said before the record, or nowhere: it may come.
            self.credssp(talk, true)?;
        }
        if negotiate::is_over(talk) {
            let over =
                |_: &mut Talk<'_>, _: &mut _| Err(Halt::Unseen("the record begins after it".to_owned()));
            let _: Option<()> = record(talk, Phase::Negotiate, &mut self.phases.negotiate, over);
            return self.session(talk);
        }
        record(talk, Phase::Negotiate, &mut self.phases.negotiate, negotiate::run)?;
        self.session(talk)
    }

    fn proxy(&mut self, talk: &mut Talk<'_>, kind: proxy::Kind) -> Option<()> {
        let asked = &mut self.asked;
        let (mut record, led) = part(talk, |talk, e: &mut _| proxy::run(talk, kind, asked, e));
        record.evidence.elapsed_ms = Some(record.elapsed_ms);
        self.proxied = Some(record);
        led
    }

    /// Puts what a proxy answered where it belongs.
    fn join_proxy(&mut self) {
        let (Some(proxied), Some(connect)) = (self.proxied.take(), self.phases.connect.as_mut()) else {
            return;
        };
        match self.asked.take().filter(|at| at.port == HTTPS_PORT && proxied.status != Status::Passed) {
            Some(gateway) => gateway::unreached(&mut self.phases, gateway, proxied),
            None => proxy::joined(connect, proxied),
        }
    }

    /// What the client has reached: what a proxy was asked for, or who answered.
    fn reached(&self, talk: &Talk<'_>) -> Endpoint {
        let server = talk.flow.server;
        self.asked.clone().unwrap_or_else(|| Endpoint::new(server.ip().to_string(), server.port()))
    }

    /// A negotiation, and what it leads to.
    fn negotiated(&mut self, talk: &mut Talk<'_>) -> Option<()> {
        let negotiated = record(talk, Phase::Negotiate, &mut self.phases.negotiate, negotiate::run)?;
        self.selected(talk, negotiated)
    }

    fn selected(&mut self, talk: &mut Talk<'_>, negotiated: Negotiated) -> Option<()> {
        if negotiated.code != 0 {
            self.tls(talk, Some(negotiated.protocol))?;
        }
        if negotiated.protocol.is_nla() {
            let early = negotiated.protocol == Selected::NlaEx;
            self.credssp(talk, early)?;
        }
        self.session(talk)
    }

    /// CredSSP, and whether anything follows: a client that leaves with its result wanted no more than that.
    fn credssp(&mut self, talk: &mut Talk<'_>, early: bool) -> Option<()> {
        let run = |talk: &mut Talk<'_>, e: &mut _| credssp::run(talk, early, e);
        record(talk, Phase::Credssp, &mut self.phases.credssp, run)?;
        (!talk.has_client_left_first()).then_some(())
    }

    fn session(&mut self, talk: &mut Talk<'_>) -> Option<()> {
        let joined = record(talk, Phase::Mcs, &mut self.phases.mcs, mcs::run)?;
        let (channels, known) = (joined.channels, self.known);
        let run = |talk: &mut Talk<'_>, e: &mut _| licensing::run(talk, &joined, known, e);
        let sealed = record(talk, Phase::Licensing, &mut self.phases.licensing, run)?;
        let run = |talk: &mut Talk<'_>, e: &mut _| activate::run(talk, channels, sealed, e);
        record(talk, Phase::Activate, &mut self.phases.activate, run)?;
        self.session = session::run(talk, channels.io);
        Some(())
    }

    fn tls(&mut self, talk: &mut Talk<'_>, selected: Option<Selected>) -> Option<()> {
        let Known { keys, server_keys, roots, server_name, reached_name } = *self.known;
        let host = self.reached(talk).host;
        let given = reached_name.filter(|_| !talk.in_channel).or(server_name);
        let name = given.map_or_else(|| name(talk).unwrap_or(host), str::to_owned);
        let expectation = Expectation { name: &name, now: moment(talk.flow.began), roots, pin: None };
        let means = Means { keys, server_keys, expectation: &expectation, selected };
        let run = |talk: &mut Talk<'_>, e: &mut _| tls::run(talk, means, e);
        self.opened = Some(false);
        match record(talk, Phase::Tls, &mut self.phases.tls, run)? {
            Inside::Opened(client, server) => {
                (talk.client, talk.server, talk.tls) = (*client, *server, true);
                self.opened = Some(true);
                Some(())
            }
            Inside::Sealed(sealed, locked) => {
                self.sealed(talk, selected.unwrap_or(Selected::Unknown), &sealed, locked);
                None
            }
        }
    }
}

/// The name that the client asked for.
fn name(talk: &Talk<'_>) -> Option<String> {
    let hello = ClientHello::read(talk.client.rest()).ok()?;
    client_hello::named(&hello).map(str::to_owned)
}
