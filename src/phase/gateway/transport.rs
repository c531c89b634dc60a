//! What carries the packets: a WebSocket, or the response and the request of two connections (MS-TSGU 3.3.3).
//!
//! Every further connection to a gateway must show the certificate of the first and prove it too, whatever is sent
//! there, even nothing: the packets of a dual channel go out on the second.

use super::{
    Access, ask,
    auth::Scheme,
    exchange::{Ask, IN_DATA, Reply, Session, exchange, send},
    http::refusal,
    log_on::{At, log_on},
    secure,
};
use crate::{
    codes::Phase,
    net::{Framing, Network, Wire, race},
    phase::{PhaseResult, Step, tls::Secured},
    report::{
        ConnectEvidence, Failure, FailureKind, GatewayAuth, GatewayHandshake, GatewayTransport,
        ProxyEvidence, TlsEvidence,
    },
};

const OTHER_CERTIFICATE: &str =
    "the second connection to the gateway shows another certificate than the first";
const OTHER_PROOF: &str =
    "the second connection to the gateway shows the same certificate, but not the same proof of its key";

/// What a gateway writes before the first packet. The specification allows up to 100 bytes; every gateway writes ten.
pub(crate) const SEED: usize = 10;

/// How the gateway lets packets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// Both ways on the connection that is there.
    WebSocket,
    /// Two connections; the response may come in chunks.
    Http { chunked: bool },
}

impl Transport {
    /// What an answer opens.
    ///
    /// # Errors
    /// `malformed`: the upgrade is not the one that was asked for.
    pub(super) fn of(reply: &Reply, session: &Session) -> Result<Self, Failure> {
        let head = &reply.head;
        if head.status != 101 {
            return Ok(Self::Http { chunked: head.lists("transfer-encoding", "chunked") });
        }
        if head.header("sec-websocket-accept") != Some(session.accept().as_str()) {
            let detail = "the upgrade to WebSocket is not ours: Sec-WebSocket-Accept does not match the key";
            return Err(Failure::new(FailureKind::Malformed, detail));
        }
        Ok(Self::WebSocket)
    }

    /// The transport as the report spells it.
    pub(super) fn name(self) -> GatewayTransport {
        match self {
            Self::WebSocket => GatewayTransport::Websocket,
            Self::Http { .. } => GatewayTransport::Http,
        }
    }
}

/// What a second connection needs.
pub(super) struct Crossing<'a> {
    pub access: &'a Access<'a>,
    pub session: &'a Session,
    /// Who answered on the first one.
    pub peer: &'a Secured,
    /// The scheme that was accepted on the first one.
    pub scheme: Option<String>,
}

/// Makes the wire one of packets, and says who hears them.
///
/// # Errors
/// Those of the second connection, where there is one.
pub(super) async fn open(
    network: &dyn Network,
    crossing: &Crossing<'_>,
    transport: Transport,
    wire: &mut Option<Wire>,
    evidence: &mut GatewayHandshake,
) -> PhaseResult<Secured> {
    let Transport::Http { chunked } = transport else {
        *wire = wire.take().map(Wire::into_websocket);
        return Ok(Step::Passed(crossing.peer.clone()));
    };
    evidence.second_connection = crossing.session.peer;
    let (sending, peer) = match second(network, crossing).await? {
        Step::Passed(made) => made,
        Step::Stopped(reason) => return Ok(Step::Stopped(reason)),
    };
    *wire = wire.take().map(|receiving| receiving.into_dual(sending, chunked));
    if let Some(open) = wire {
        open.enter(Phase::Gateway);
        open.receive(Framing::Exactly(SEED)).await?;
    }
    Ok(Step::Passed(peer))
}

/// Another connection to the address that answered, with TLS.
///
/// # Errors
/// What ends a connection.
pub(super) async fn connect(
    network: &dyn Network,
    access: &Access<'_>,
    session: &Session,
) -> Result<(Wire, Secured), Failure> {
    let addresses: Vec<_> = session.peer.into_iter().collect();
    let stream =
        race(network, &addresses, access.limits.phase_end(), &mut ConnectEvidence::default()).await?;
    let mut wire = Wire::new(stream, access.limits);
    wire.enter(Phase::Gateway);
    if let Some(asked) = access.proxy {
        ask(&mut wire, asked, &access.gateway.endpoint, &mut ProxyEvidence::default()).await?;
        wire.enter(Phase::Gateway);
    }
    match secure(network, &mut wire, access, &mut TlsEvidence::default()).await? {
        Step::Passed(served) => Ok((wire, served)),
        Step::Stopped(reason) => Err(Failure::new(FailureKind::Closed, reason)),
    }
}

/// Another connection on which something may be shown: it has to lead to the same peer as the first.
///
/// # Errors
/// As [`connect`].
pub(super) async fn again(
    network: &dyn Network,
    access: &Access<'_>,
    session: &Session,
    first: &Secured,
) -> PhaseResult<(Wire, Secured)> {
    let (wire, peer) = connect(network, access, session).await?;
    if peer.is_same(first) {
        return Ok(Step::Passed((wire, peer)));
    }
    wire.close(None).await;
    let reason = if peer.serves_as(first) { OTHER_PROOF } else { OTHER_CERTIFICATE };
    Ok(Step::Stopped(reason.into()))
}

/// The connection for what is sent: authenticated in the same way, with a request whose body never ends.
async fn second(network: &dyn Network, crossing: &Crossing<'_>) -> PhaseResult<(Wire, Secured)> {
    let Crossing { access, session, peer, scheme } = crossing;
    let (mut wire, peer) = match again(network, access, session, peer).await? {
        Step::Passed(made) => made,
        Step::Stopped(reason) => return Ok(Step::Stopped(reason)),
    };
    let mut own = Session::clone(session);
    let nothing = Ask { method: IN_DATA, authorization: None, body: Some(("Content-Length", "0")) };
    let reply = match scheme.as_ref().map(|name| Scheme::of(name, &peer)) {
        None => exchange(&mut wire, &mut own, &nothing).await?,
        Some(Err(reason)) => return Ok(Step::Stopped(reason)),
        Some(Ok(scheme)) => {
            let seen = &mut GatewayAuth::default();
            let at = At { network, access, peer: &peer };
            match log_on(&mut wire, &at, &mut own, IN_DATA, &scheme, seen).await.map_err(on_the_second)? {
                Step::Passed(reply) => reply,
                Step::Stopped(reason) => return Ok(Step::Stopped(reason)),
            }
        }
    };
    if reply.head.status != 200 || !reply.keeps_alive {
        return Err(refusal(&reply, "to the connection for what is sent"));
    }
    let chunks = Some(("Transfer-Encoding", "chunked"));
    send(&mut wire, &own, &Ask { method: IN_DATA, authorization: None, body: chunks }).await?;
    Ok(Step::Passed((wire, peer)))
}

/// The first one passed the same step, so it is said which of them failed.
fn on_the_second(failure: Failure) -> Failure {
    Failure { detail: format!("on the second connection {}", failure.detail), ..failure }
}
