//! What all connections to the gateway share.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::carrier::Boxed;
use super::fault::{Behaviour, Fault, Impostor, Stage};
use crate::demo::certificate::{Handshake, Identity, Kind};
use crate::demo::faults::find;
use crate::demo::server::Server;
use crate::demo::stream::{Stream, send};

/// The gateway's DNS name, also in its certificate; that names the loopback address too.
pub const NAME: &str = "gw01.corp.example";
/// The gateway's NetBIOS name.
pub const NETBIOS_NAME: &str = "GW01";
/// The token of pluggable authentication that is accepted in place of the account, which is the server's.
pub const TOKEN: &str = "demo-token";

/// The second connection of a client, and what has been read of it already.
pub(super) struct Inbound {
    /// The connection.
    pub stream: Boxed,
    /// What has been read.
    pub unread: Vec<u8>,
}

/// How long the first of two connections waits for the second.
pub(super) const JOIN_TIME: Duration = Duration::from_secs(30);

/// What all connections share: the identity, the clock, the server behind it, and the fault if there is one.
pub struct Gateway {
    fault: Option<&'static Fault>,
    pub(super) identity: Identity,
    /// Who answers the second of two connections in its place.
    pub(super) impostor: Option<Identity>,
    started: (OffsetDateTime, Instant),
    pub(super) server: Arc<Server>,
    /// First connections of clients by their RDG-Connection-Id, until the second one comes.
    pub(super) waiting: Mutex<BTreeMap<String, First>>,
}

/// A first connection that waits for the second of its client.
pub(super) struct First {
    pub second: oneshot::Sender<Inbound>,
    /// Whether an impostor has answered in the place of this gateway: nobody meets it for another client's sake.
    pub met: bool,
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
            Some(Behaviour::Closes(name, _) | Behaviour::LeadsTo(name)) => find(name),
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

    /// The gateway's certificate, DER, to be trusted: the password is not shown to whom nobody trusts.
    pub fn certificate(&self) -> &[u8] {
        &self.identity.certificate
    }

    pub(super) fn behaviour(&self) -> Option<&'static Behaviour> {
        self.fault.map(|fault| &fault.behaviour)
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.started.0 + self.started.1.elapsed()
    }

    /// Whether the fault ends the connection at this stage.
    pub(super) fn sits_at(&self, stage: Stage) -> bool {
        matches!(
            self.behaviour(),
            Some(Behaviour::At(at, _) | Behaviour::AtTls12(at, _) | Behaviour::Begun(at, ..)) if *at == stage
        )
    }

    /// Ends the connection with an error when the fault sits at this stage.
    pub(super) async fn reached(&self, stage: Stage, stream: &mut dyn Stream) -> io::Result<()> {
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
