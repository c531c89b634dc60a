//! What carries the packets: a WebSocket, or the response and the request of two connections (MS-TSGU 3.3.3).

use super::{
    Access, ask,
    auth::{self, Login},
    exchange::{Ask, IN_DATA, Reply, Session, exchange, send},
    http::refusal,
    secure,
};
use crate::{
    codes::Phase,
    net::{Framing, Network, Wire, race},
    pdu::http::Challenge,
    phase::{Step, tls},
    report::{
        ConnectEvidence, Failure, FailureKind, GatewayAuth, GatewayHandshake, ProxyEvidence, TlsEvidence,
    },
};

/// What a gateway writes before the first packet. The specification allows up to 100 bytes; every gateway writes ten.
const SEED: usize = 10;

/// How the gateway lets packets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
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
    pub fn of(reply: &Reply, session: &Session) -> Result<Self, Failure> {
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
    pub fn name(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Http { .. } => "http",
        }
    }
}

/// What a second connection needs.
pub struct Crossing<'a> {
    pub access: &'a Access<'a>,
    pub session: &'a Session,
    pub secured: &'a tls::Secured,
    /// The scheme that was accepted on the first one.
    pub scheme: Option<String>,
}

/// Makes the wire one of packets.
///
/// # Errors
/// Those of the second connection, where there is one.
pub async fn open<N: Network>(
    network: &N,
    crossing: &Crossing<'_>,
    transport: Transport,
    wire: &mut Option<Wire>,
    evidence: &mut GatewayHandshake,
) -> Result<(), Failure> {
    match transport {
        Transport::WebSocket => *wire = wire.take().map(Wire::into_websocket),
        Transport::Http { chunked } => {
            evidence.second_connection = crossing.session.peer;
            let sending = second(network, crossing).await?;
            *wire = wire.take().map(|receiving| receiving.into_dual(sending, chunked));
            if let Some(open) = wire {
                open.enter(Phase::Gateway);
                open.receive(Framing::Exactly(SEED)).await?;
            }
        }
    }
    Ok(())
}

/// Another connection to the address that answered, with TLS.
///
/// # Errors
/// What ends a connection.
pub async fn connect<N: Network>(
    network: &N,
    access: &Access<'_>,
    session: &Session,
) -> Result<(Wire, tls::Secured), Failure> {
    let addresses: Vec<_> = session.peer.into_iter().collect();
    let stream =
        race(network, &addresses, access.limits.phase_end(), &mut ConnectEvidence::default()).await?;
    let mut wire = Wire::new(stream, access.limits);
    wire.enter(Phase::Gateway);
    if let Some(asked) = access.proxy {
        ask(&mut wire, asked, &access.itself(), &mut ProxyEvidence::default()).await?;
        wire.enter(Phase::Gateway);
    }
    match secure(&mut wire, access, &mut TlsEvidence::default()).await? {
        Step::Passed(served) => Ok((wire, served)),
        Step::Stopped(reason) => Err(Failure::new(FailureKind::Closed, reason)),
    }
}

/// The connection for what is sent: authenticated in the same way, with a request whose body never ends.
async fn second<N: Network>(network: &N, crossing: &Crossing<'_>) -> Result<Wire, Failure> {
    let Crossing { access, session, secured, scheme } = crossing;
    let (mut wire, served) = connect(network, access, session).await?;
    if served.leaf != secured.leaf && scheme.is_some() {
        let detail = "the second connection to the gateway shows another certificate than the first";
        return Err(Failure::new(FailureKind::Malformed, detail));
    }
    let mut own = Session::clone(session);
    let nothing = Some(("Content-Length", "0"));
    let reply = match scheme {
        None => {
            exchange(&mut wire, &mut own, &Ask { method: IN_DATA, authorization: None, body: nothing })
                .await?
        }
        Some(scheme) => {
            let offered = [Challenge { scheme: scheme.clone(), parameters: String::new() }];
            let login = Login { access, offered: &offered, secured: &served, trusted: true };
            let seen = &mut GatewayAuth::default();
            auth::login(&mut wire, &login, &mut own, IN_DATA, scheme, seen).await.map_err(on_the_second)?
        }
    };
    if reply.head.status != 200 || !reply.keeps_alive {
        return Err(refusal(&reply.head, "to the connection for what is sent"));
    }
    let chunks = Some(("Transfer-Encoding", "chunked"));
    send(&mut wire, &own, &Ask { method: IN_DATA, authorization: None, body: chunks }).await?;
    Ok(wire)
}

/// The first one passed the same step, so it is said which of them failed.
fn on_the_second(failure: Failure) -> Failure {
    Failure { detail: format!("{}, on the second connection", failure.detail), ..failure }
}
