//! What all connections to the demo server share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{KeyLog, ServerConfig};

use super::behaviour::Behaviour;
use super::certificate::{Identity, Kind};
use super::fault::Fault;
use super::invented::{DNS_COMPUTER, PASSWORD};
use super::listener::selecting;
use super::select::Select;
use crate::old_suites;

/// How long one connection may last, whatever the client does.
pub(super) const CONNECTION_TIME: Duration = Duration::from_secs(120);

/// What all connections share: the identity, the clock, and the fault if there is one.
pub struct Server {
    pub(super) fault: Option<&'static Fault>,
    pub(super) identity: Identity,
    started: (OffsetDateTime, Instant),
    served: AtomicUsize,
    pub(super) password: String,
}

impl Server {
    /// A server with this fault, at this wall time; fails when its certificate cannot be made.
    pub fn new(fault: Option<&'static Fault>, now: OffsetDateTime) -> Result<Self, String> {
        let kind = fault.map_or(Kind::Healthy, Fault::certificate);
        let handshake = fault.map(Fault::handshake).unwrap_or_default();
        let has_old_suites = fault.is_some_and(|fault| matches!(fault.behaviour, Behaviour::OldSuites(_)));
        let provider = if has_old_suites { old_suites::alone() } else { ring::default_provider() };
        let identity = Identity::speaking(provider, kind, &[DNS_COMPUTER], now, handshake)?;
        let started = (now, Instant::now());
        Ok(Self { fault, identity, started, served: AtomicUsize::new(0), password: PASSWORD.to_owned() })
    }

    /// One that listens to what clients offer.
    pub(crate) fn listener(select: Select, now: OffsetDateTime) -> Result<Self, String> {
        Self::new(Some(selecting(select)), now)
    }

    /// The same for clients whose TLS secrets are learned.
    pub(crate) fn watched_by(&self, keys: Arc<dyn KeyLog>) -> Self {
        let mut tls = ServerConfig::clone(&self.identity.tls);
        tls.key_log = keys;
        Self {
            fault: self.fault,
            identity: Identity {
                tls: Arc::new(tls),
                public_key: self.identity.public_key.clone(),
                certificate: self.identity.certificate.clone(),
            },
            started: self.started,
            served: AtomicUsize::new(0),
            password: String::new(),
        }
    }

    /// The same with another password.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        Self { password: password.to_owned(), ..self }
    }

    /// Its certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.identity.certificate
    }

    /// The number of the next connection, from 0.
    pub(super) fn number(&self) -> usize {
        self.served.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.started.0 + self.started.1.elapsed()
    }
}
