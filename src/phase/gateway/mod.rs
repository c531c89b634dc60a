//! The way to and through an RD Gateway (MS-TSGU 3.3), one file a step; the other phases then run in the channel.

mod auth;
pub(crate) mod authorize;
pub(crate) mod channel;
mod client;
mod exchange;
mod further;
pub(crate) mod handshake;
mod http;
mod log_on;
pub(crate) mod packets;
mod reply_text;
mod transport;
pub(crate) mod tunnel;

pub(crate) use exchange::{IN_DATA, OUT_DATA, opens};
pub(crate) use http::{noted, refused};
pub(crate) use transport::SEED;

use std::borrow::Cow;

use time::OffsetDateTime;

use super::{
    PhaseResult, Step, attribution, connect, proxy, record, resolve,
    tls::{self, Secured},
};
use crate::{
    certificate::{Expectation, Roots},
    codes::Phase,
    endpoint::Endpoint,
    net::{Limits, Network, Remarks, SharedRemarks, Upgrade, Versions, Wire, remarks},
    report::{
        ConnectEvidence, Failure, FailureKind, GatewayAuth, GatewayEvidence, GatewayHandshake, GatewaySteps,
        PhaseRecord, Phases, ProxyEvidence, Speaker, Timestamp,
    },
    settings::{Gateway, GatewayAuthentication, Proxy},
};
use exchange::Session;
use http::Opened;

/// What the gateway phase works with.
pub(crate) struct Access<'a> {
    /// The gateway and how to authenticate to it.
    pub gateway: &'a Gateway,
    /// The proxy on the way to it.
    pub proxy: Option<&'a Proxy>,
    /// The server behind it, as the gateway is to look it up.
    pub target: &'a Endpoint,
    /// Trust anchors for the gateway's certificate.
    pub roots: &'a Roots<'a>,
    /// Wall time.
    pub now: OffsetDateTime,
    /// The deadlines; each step has the time of a phase.
    pub limits: Limits,
    /// What the gateway says beside the data.
    pub remarks: &'a SharedRemarks,
}

impl Access<'_> {
    /// Whether the token is what is shown first.
    fn begins_with_token(&self) -> bool {
        let wanted =
            matches!(self.gateway.authentication, GatewayAuthentication::Auto | GatewayAuthentication::Token);
        wanted && self.gateway.token.is_some()
    }
}

/// How a step ended that did not pass.
enum Ended {
    Failed(Failure),
    Stopped(Cow<'static, str>),
}

/// Leads `wire` from the first look-up to the channel that stands for a connection to the target. What is in it in any case
/// is to be closed by the caller.
///
/// # Errors
/// That of the step in which it ended.
pub(crate) async fn run(
    network: &dyn Network,
    access: &Access<'_>,
    wire: &mut Option<Wire>,
    evidence: &mut GatewayEvidence,
) -> PhaseResult<()> {
    evidence.host.clone_from(&access.gateway.endpoint.host);
    evidence.port = access.gateway.endpoint.port;
    evidence.account = access.gateway.account.is_some();
    evidence.token = access.gateway.token.is_some();
    evidence.expected_thumbprint.clone_from(&access.gateway.expected_thumbprint);
    let walked = match reach(network, access, wire, evidence).await {
        Ok(session) => cross(network, access, session, wire, evidence).await,
        Err(ended) => Err(ended),
    };
    match walked {
        Ok(()) => Ok(Step::Passed(())),
        Err(Ended::Failed(failure)) => Err(failure),
        Err(Ended::Stopped(reason)) => Ok(Step::Stopped(reason)),
    }
}

/// Adds what the gateway said beside the data, also long after its phase.
pub(crate) fn remember(phases: &mut Phases, said: &SharedRemarks) {
    let Some(record) = &mut phases.gateway else { return };
    noted_beside(remarks(said).clone(), &mut record.evidence);
}

/// What a gateway said beside the data, as evidence.
pub(crate) fn noted_beside(said: Remarks, evidence: &mut GatewayEvidence) {
    evidence.service_messages = said.service_messages;
    evidence.keepalives = said.keepalives;
    evidence.reauthentication = said.reauthentication;
    evidence.close_status = said.close_status;
    evidence.other_packets = said.others;
}

/// Resolve, connect and TLS.
async fn reach(
    network: &dyn Network,
    access: &Access<'_>,
    wire: &mut Option<Wire>,
    evidence: &mut GatewayEvidence,
) -> Result<(Session, Secured), Ended> {
    let steps = &mut evidence.steps;
    let gateway = &access.gateway.endpoint;
    let (proxy, deadline) = (access.proxy, access.limits.phase_end());
    let run = async |e: &mut _| resolve::of_first_peer(network, proxy, gateway, deadline, e).await;
    let addresses = step(&mut steps.resolve, run).await?;
    let run = async |e: &mut ConnectEvidence| {
        let opened = connect::run(network, &addresses, access.limits, e).await;
        let Some(asked) = access.proxy else { return opened };
        opened.map_err(|failure| proxy::unreachable(failure, asked, gateway, &mut e.proxy))
    };
    let opened = wire.insert(step(&mut steps.connect, run).await?);
    opened.enter(Phase::Gateway);
    if let Some(asked) = access.proxy {
        step(&mut steps.proxy, async |e: &mut _| ask(opened, asked, gateway, e).await).await?;
        opened.enter(Phase::Gateway);
    }
    let run = async |e: &mut _| secure(network, opened, access, e).await;
    let secured = step(&mut steps.tls, run).await?;
    let peer = steps.connect.as_ref().and_then(|record| record.evidence.peer);
    Ok((Session::new(access, peer), secured))
}

/// The proxy leads to the gateway.
async fn ask(
    wire: &mut Wire,
    asked: &Proxy,
    gateway: &Endpoint,
    evidence: &mut ProxyEvidence,
) -> PhaseResult<()> {
    *evidence = proxy::evidence(asked, gateway);
    proxy::run(wire, asked, gateway, evidence).await.map(Step::Passed)
}

/// TLS with the gateway under its own name.
async fn secure(
    network: &dyn Network,
    wire: &mut Wire,
    access: &Access<'_>,
    evidence: &mut crate::report::TlsEvidence,
) -> PhaseResult<Secured> {
    wire.meets(Speaker::Gateway);
    let name = access.gateway.endpoint.host.as_str();
    let pin = access.gateway.expected_thumbprint.as_deref();
    let expectation = Expectation { name, now: Timestamp(access.now), roots: access.roots, pin };
    let offer = Upgrade::new(name, Versions::All).logged(network.key_log());
    tls::run(wire, &offer, &expectation, evidence).await
}

/// From the first request to the open channel.
async fn cross(
    network: &dyn Network,
    access: &Access<'_>,
    (mut session, peer): (Session, Secured),
    wire: &mut Option<Wire>,
    evidence: &mut GatewayEvidence,
) -> Result<(), Ended> {
    let steps = &mut evidence.steps;
    let open = entered(wire)?;
    let run = async |e: &mut _| http::run(network, open, access, &mut session, e).await;
    let opened = step(&mut steps.http, run).await;
    let opened = opened.inspect_err(|ended| {
        if let Ended::Failed(failure) = ended {
            alert_to_handshake(steps, failure);
        }
    })?;
    if let Some(reason) = unmet(access, &peer) {
        step(&mut steps.auth, async |_: &mut GatewayAuth| Ok(Step::<()>::Stopped(reason))).await?;
    }
    let transport = match opened {
        Opened::Ready(transport) => transport,
        Opened::Challenged(offered) => {
            let keeps = steps.http.as_ref().is_some_and(|http| http.evidence.keeps_alive);
            let run = async |e: &mut GatewayAuth| {
                if keeps || access.gateway.account.is_none() {
                    let at = log_on::At { network, access, peer: &peer };
                    let login = auth::Login { at, offered: &offered };
                    return auth::run(entered_wire(wire)?, &login, &mut session, e).await;
                }
                // Nobody has to keep a connection open on which nothing was proved.
                e.reconnected = true;
                let (fresh, peer) = match transport::again(network, access, &session, &peer).await? {
                    Step::Passed(made) => made,
                    Step::Stopped(reason) => return Ok(Step::Stopped(reason)),
                };
                let at = log_on::At { network, access, peer: &peer };
                let login = auth::Login { at, offered: &offered };
                auth::run(wire.insert(fresh), &login, &mut session, e).await
            };
            step(&mut steps.auth, run).await?
        }
    };
    evidence.transport = Some(transport.name().into());
    let scheme = steps.auth.as_ref().and_then(|record| record.evidence.scheme.clone());
    let crossing = transport::Crossing { access, session: &session, peer: &peer, scheme };
    let run = async |e: &mut _| shake_hands(network, &crossing, transport, wire, e).await;
    let sending = step(&mut steps.handshake, run).await?;
    let open = entered(wire)?;
    let run = async |e: &mut _| tunnel::run(open, access, &session, &sending, e).await;
    step(&mut steps.tunnel, run).await?;
    let open = entered(wire)?;
    step(&mut steps.authorize, async |e: &mut _| authorize::run(open, access, e).await).await?;
    let open = entered(wire)?;
    step(&mut steps.channel, async |e: &mut _| channel::run(open, access, e).await).await?;
    *wire = wire.take().map(|open| open.into_channel(access.remarks.clone()));
    Ok(())
}

/// Why nobody goes through a gateway that was pinned and has not proved itself: the account of the server behind it depends on it
/// as much as its own.
fn unmet(access: &Access<'_>, peer: &Secured) -> Option<Cow<'static, str>> {
    access.gateway.expected_thumbprint.as_ref()?;
    peer.proven().err().map(|why| why.reason("the gateway").into())
}

/// The transport and the first packets in it; who hears those that follow.
async fn shake_hands(
    network: &dyn Network,
    crossing: &transport::Crossing<'_>,
    transport: transport::Transport,
    wire: &mut Option<Wire>,
    evidence: &mut GatewayHandshake,
) -> PhaseResult<Secured> {
    let transport::Crossing { access, session, .. } = crossing;
    let opened = transport::open(network, crossing, transport, wire, evidence).await?;
    if matches!(opened, Step::Passed(_)) {
        handshake::run(entered_wire(wire)?, session, access.remarks, evidence).await?;
    }
    Ok(opened)
}

/// An alert that answers our handshake is met by the first request.
pub(crate) fn alert_to_handshake(steps: &mut GatewaySteps, failure: &Failure) {
    if let Some(tls) = steps.tls.as_mut().filter(|tls| attribution::answers_handshake(&tls.evidence, failure))
    {
        steps.http = None;
        attribution::fail_handshake(tls, failure.clone());
    }
}

/// The wire at the beginning of a step.
fn entered(wire: &mut Option<Wire>) -> Result<&mut Wire, Ended> {
    entered_wire(wire).map_err(Ended::Failed)
}

fn entered_wire(wire: &mut Option<Wire>) -> Result<&mut Wire, Failure> {
    let gone = || Failure::new(FailureKind::Closed, "the connection to the gateway is gone");
    let open = wire.as_mut().ok_or_else(gone)?;
    open.enter(Phase::Gateway);
    Ok(open)
}

/// Runs and records a step.
async fn step<E: Default, T>(
    slot: &mut Option<PhaseRecord<E>>,
    run: impl AsyncFnOnce(&mut E) -> PhaseResult<T>,
) -> Result<T, Ended> {
    if let Some(value) = record(slot, run).await {
        return Ok(value);
    }
    let ended = slot.as_mut().and_then(|record| match &mut record.failure {
        Some(failure) => {
            *failure = failure.clone().or_of(Speaker::Gateway);
            Some(Ended::Failed(failure.clone()))
        }
        None => record.stopped.clone().map(|reason| Ended::Stopped(reason.into())),
    });
    Err(ended.expect("a step that has not passed has failed or stopped"))
}
