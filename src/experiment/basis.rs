//! What the traced connection was, from which every experiment differs in one thing.
//!
//! An experiment differs from the traced connection only in what it is named after; `no-screenshot` is the one with
//! the graphics pipeline. It ends with TLS, unless the failure was an alert after our handshake: then it goes on to
//! `mcs`, where TLS 1.3 lets the server say so.
//!
//! A phase takes three seconds at most. If something other than silence ended the traced connection, it takes at most
//! one second longer than that took, whatever `--timeout` says. None begins after the deadline of the run, so a phase
//! that was cut short proves nothing.

use std::{net::SocketAddr, time::Duration};

use crate::{
    codes::{Phase, Protocols},
    endpoint::Endpoint,
    pdu::{client_hello::Profile, hello::ClientHello},
    probe::{Hello, Opening, Plan, Versions, addresses},
    report::{ExperimentKind, ExperimentName, FailureKind, Status, Summary, Trace},
    settings::Settings,
};

/// What the connection that is followed up was.
pub(super) struct Basis {
    /// What it offered.
    pub protocols: Protocols,
    /// How it began.
    pub opening: Opening,
    /// What its ClientHello offered.
    pub versions: Versions,
    /// The ClientHello itself, where it got so far.
    pub hello: Option<ClientHello>,
    /// Where it went.
    pub peer: Vec<SocketAddr>,
    /// Whether it was let in there.
    pub opened: bool,
    /// Whether it was ended after that without a byte of an answer.
    pub cut: bool,
    /// The target's other addresses.
    pub others: Vec<SocketAddr>,
    /// The phase that it entered last.
    pub last: Phase,
    /// Where an experiment with TLS ends.
    pub depth: Phase,
    /// Whether its Connection Request was answered with a protocol.
    pub answered: bool,
    /// Whether it carried a routing token.
    pub token: bool,
    /// Whether it began with a pre-connection blob.
    pub preconnection: bool,
    /// Whether it used another name than the target's own, because that was asked for.
    pub server_name: bool,
    /// Whether the target has a name of its own.
    pub named: bool,
    /// Whether a picture was asked for.
    pub pictured: bool,
    /// Whether the system can keep segments short.
    pub small_segments: bool,
    /// How long who is sent nothing is listened to.
    pub attention: Duration,
}

impl Basis {
    /// A plan that differs in nothing yet and ends as soon as it has shown whether TLS passes.
    pub(super) fn plan(&self, kind: ExperimentKind) -> Plan {
        self.named(kind.into())
    }

    /// The same, one of several.
    pub(super) fn numbered(&self, kind: ExperimentKind, number: u32) -> Plan {
        self.named(ExperimentName::numbered(kind, number))
    }

    fn named(&self, name: ExperimentName) -> Plan {
        let plan = Plan::experiment(name, self.peer.clone(), self.protocols, self.depth);
        let hello = Hello::Handshake(self.versions);
        Plan { opening: self.opening, hello, pictured: self.pictured, ..plan }
    }

    /// A hello like that of the connection.
    pub(super) fn own_hello(&self, profile: Profile) -> Hello {
        Hello::Own(profile, self.hello.clone())
    }
}

/// None when no name was resolved, so that there is nowhere to connect to.
pub(super) fn basis(
    trace: &Trace,
    target: &Endpoint,
    settings: &Settings,
    small_segments: bool,
) -> Option<Basis> {
    let described = trace.described()?;
    // A retry looked nothing up.
    let looked_up = if described.hop.is_some() { described } else { trace.connections.first()? };
    let known = addresses(looked_up, target, settings);
    let phases = &described.phases;
    let connect = phases.connect.as_ref()?;
    let peer = connect.evidence.peer.map_or_else(|| known.clone(), |peer| vec![peer]);
    let opened = connect.status == Status::Passed;
    // Another address of the proxy is not another one of the target.
    let direct = settings.route.proxy.is_none();
    let others = known.into_iter().filter(|address| direct && !peer.contains(address)).collect();
    let last = phases.summaries().last().filter(|summary| summary.status != Status::Stopped)?.phase;
    let Plan { opening, protocols: offer, .. } = Plan::main(settings);
    let protocols = phases.negotiate.as_ref().map_or(offer, |record| record.evidence.offered());
    // TLS 1.3 lets the client finish first: an alert that came after it is missed by what ends with the handshake.
    let hello = phases.tls.as_ref().and_then(|tls| ClientHello::read(&tls.evidence.hello).ok());
    let versions = if described.has_old_suite() { Versions::OldSuites } else { Versions::All };
    let late = last == Phase::Tls && described.frames.iter().any(|frame| frame.tls);
    let depth = if late { Phase::Mcs } else { Phase::Tls };
    let answered = phases.negotiate.as_ref().is_some_and(|record| record.evidence.selected.is_some());
    let token = settings.offer.routing_token.is_some();
    let preconnection = settings.offer.preconnection.is_some();
    let server_name = trace.request.server_name && described.hop.is_none();
    let (last, named) = (last.max(depth), target.address().is_none());
    Some(Basis {
        protocols,
        opening,
        versions,
        hello,
        peer,
        opened,
        cut: is_cut(&phases.summaries()),
        others,
        last,
        depth,
        answered,
        token,
        preconnection,
        server_name,
        named,
        pictured: trace.request.screenshot,
        small_segments,
        attention: attention(&phases.summaries()),
    })
}

/// Whether the Connection Request was answered with an end and nothing else.
fn is_cut(phases: &[Summary<'_>]) -> bool {
    let cut = |kind| matches!(kind, FailureKind::Closed | FailureKind::Reset);
    phases
        .last()
        .filter(|last| last.phase == Phase::Negotiate)
        .and_then(|last| last.failure)
        .is_some_and(|failure| cut(failure.kind) && failure.received.is_none())
}

/// Somewhat longer than it took until the connection was ended; of silence there is no more to be seen.
fn attention(phases: &[Summary<'_>]) -> Duration {
    const SHORT: Duration = Duration::from_millis(500);
    let ended = |last: &&Summary<'_>| last.failure.is_some_and(|end| end.kind != FailureKind::Timeout);
    let took = phases.last().filter(ended).map_or(0.0, |last| last.elapsed_ms.0);
    SHORT + Duration::try_from_secs_f64(took / 1000.0).unwrap_or_default()
}
