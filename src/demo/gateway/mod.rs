//! An RD Gateway with an invented identity in front of the demo server (MS-TSGU, HTTP transport), or one that misbehaves in one chosen way.
//!
//! It shares no packet, frame or header code with the client, so that a mistake in one is not repeated in the other.
//! It leads to a demo server through memory, by one name and port only, as its resource policy says. A fault that
//! closes the channel late ends the server behind it at that point.

mod auth;
mod carrier;
mod connection;
mod fault;
mod faults;
mod headers;
mod http;
mod packets;
mod tunnel;
mod websocket;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::certificate::{Handshake, Identity, Kind};
use super::stream::send;
use super::{CONNECTION_TIME, Server, Stream};
use connection::Inbound;
use fault::{Behaviour, Impostor, Stage};
pub use fault::{Entry, Expect, Fault};
pub use faults::all;

/// The gateway's DNS name, also in its certificate; that names the loopback address too.
pub const NAME: &str = "gw01.corp.example";
/// The gateway's NetBIOS name.
pub const NETBIOS_NAME: &str = "GW01";
/// The token of pluggable authentication that is accepted in place of the account, which is the server's.
pub const TOKEN: &str = "demo-token";

/// How long the first of two connections waits for the second.
const JOIN_TIME: Duration = Duration::from_secs(30);

/// What all connections share: the identity, the clock, the server behind it, and the fault if there is one.
pub struct Gateway {
    fault: Option<&'static Fault>,
    identity: Identity,
    /// Who answers the second of two connections in its place.
    impostor: Option<Identity>,
    started: (OffsetDateTime, Instant),
    server: Arc<Server>,
    /// First connections of clients by their RDG-Connection-Id, until the second one comes.
    waiting: Mutex<BTreeMap<String, First>>,
}

/// A first connection that waits for the second of its client.
struct First {
    second: oneshot::Sender<Inbound>,
    /// Whether an impostor has answered in the place of this gateway: nobody meets it for another client's sake.
    met: bool,
}

impl Gateway {
    /// A gateway with this fault, at this wall time; fails when a certificate cannot be made.
    pub fn new(fault: Option<&'static Fault>, now: OffsetDateTime) -> Result<Self, String> {
        let behaviour = fault.map(|fault| &fault.behaviour);
        let kind = match behaviour {
            Some(Behaviour::Certificate(kind)) => *kind,
            _ => Kind::Healthy,
        };
        let handshake = match behaviour {
            Some(Behaviour::WantsCertificate) => Handshake::WantsCertificate,
            Some(Behaviour::AtTls12(..)) => Handshake::Tls12,
            _ => Handshake::Usual,
        };
        let behind = match behaviour {
            Some(Behaviour::Closes(name, _) | Behaviour::LeadsTo(name)) => super::find(name),
            _ => None,
        };
        let named = |kind| Identity::new(kind, &[NAME, "localhost", "127.0.0.1"], now, handshake);
        let identity = named(kind)?;
        let impostor = match behaviour {
            Some(Behaviour::SecondBy(Impostor::OtherCertificate)) => Some(named(Kind::Healthy)?),
            Some(Behaviour::SecondBy(Impostor::WithoutKey)) => Some(identity.without_key()?),
            _ => None,
        };
        Ok(Self {
            fault,
            identity,
            impostor,
            started: (now, Instant::now()),
            server: Arc::new(Server::new(behind, now)?),
            waiting: Mutex::default(),
        })
    }

    /// Serves one connection until the client leaves, the fault ends it, or 120 seconds have passed.
    pub async fn serve<S: Stream + 'static>(&self, stream: S) {
        match timeout(CONNECTION_TIME, connection::serve(self, stream)).await {
            Ok(Ok(())) => tracing::debug!("the client left the gateway"),
            Ok(Err(error)) => tracing::debug!(%error, "the connection to the gateway ended"),
            Err(_) => tracing::debug!("the connection to the gateway took too long"),
        }
    }

    /// The gateway's certificate, DER, to be trusted: the password is not shown to whom nobody trusts.
    pub fn certificate(&self) -> &[u8] {
        &self.identity.certificate
    }

    fn behaviour(&self) -> Option<&'static Behaviour> {
        self.fault.map(|fault| &fault.behaviour)
    }

    fn now(&self) -> OffsetDateTime {
        self.started.0 + self.started.1.elapsed()
    }

    /// Whether the fault ends the connection at this stage.
    fn sits_at(&self, stage: Stage) -> bool {
        matches!(
            self.behaviour(),
            Some(Behaviour::At(at, _) | Behaviour::AtTls12(at, _) | Behaviour::Begun(at, ..)) if *at == stage
        )
    }

    /// Ends the connection with an error when the fault sits at this stage.
    async fn reached<S: Stream>(&self, stage: Stage, stream: &mut S) -> io::Result<()> {
        let (bytes, action) = match self.behaviour() {
            Some(Behaviour::At(at, action) | Behaviour::AtTls12(at, action)) if *at == stage => {
                (&[][..], action)
            }
            Some(Behaviour::Begun(at, bytes, action)) if *at == stage => (*bytes, action),
            _ => return Ok(()),
        };
        send(stream, bytes).await?;
        Err(action.act(stream, 0).await)
    }
}

/// The fault with this name.
pub fn find(name: &str) -> Option<&'static Fault> {
    all().find(|fault| fault.name == name)
}
