//! A Remote Desktop server with an invented identity that accepts one account, or misbehaves in one chosen way.

mod activation;
mod alert;
mod answer;
mod capabilities;
mod certificate;
mod connection;
mod credssp;
mod der;
mod direct;
mod drawing;
mod dynamic_channel;
mod fault;
mod faults;
mod follower;
pub mod gateway;
mod hello;
pub mod license;
mod licensing;
mod listen;
mod measuring;
mod ntlm;
mod ntlm_session;
mod replay;
mod request;
mod rsa_key;
mod sealed;
mod session;
mod spnego;
mod standard_keys;
mod standard_security;
mod standard_settings;
mod stream;
mod ts_request;
mod udp;
mod version1;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use time::OffsetDateTime;
use tokio::time::{Instant, timeout};
use tokio_rustls::rustls::crypto::ring;

pub use fault::{Expect, Fault};
pub use faults::FAULTS;
pub use listen::{Listener, Service, listen, run};
pub use stream::Stream;
pub use udp::{answer as answer_datagram, answer_udp};

use crate::old_suites;

/// The only account.
pub const USER: &str = "demo";
/// Its password.
pub const PASSWORD: &str = "demo";
/// The server's NetBIOS name.
pub const NETBIOS_COMPUTER: &str = "RDSH01";
/// The NetBIOS name of its domain.
pub const NETBIOS_DOMAIN: &str = "CORP";
/// The server's DNS name, also in its certificate.
pub const DNS_COMPUTER: &str = "rdsh01.corp.example";
/// The DNS name of its domain and of its forest.
pub const DNS_DOMAIN: &str = "corp.example";
/// The build of Windows that it claims to be, version 10.0.
pub const BUILD: u16 = 20348;

/// How long one connection may last, whatever the client does.
const CONNECTION_TIME: Duration = Duration::from_secs(120);

/// What all connections share: the identity, the clock, and the fault if there is one.
pub struct Server {
    fault: Option<&'static Fault>,
    identity: certificate::Identity,
    started: (OffsetDateTime, Instant),
    served: AtomicUsize,
    password: String,
}

impl Server {
    /// A server with this fault, at this wall time; fails when its certificate cannot be made.
    pub fn new(fault: Option<&'static Fault>, now: OffsetDateTime) -> Result<Self, String> {
        let kind = fault.map_or(certificate::Kind::Healthy, Fault::certificate);
        let handshake = fault.map(Fault::handshake).unwrap_or_default();
        let has_old_suites =
            fault.is_some_and(|fault| matches!(fault.behaviour, fault::Behaviour::OldSuites(_)));
        let provider = if has_old_suites { old_suites::alone() } else { ring::default_provider() };
        let identity = certificate::Identity::speaking(provider, kind, &[DNS_COMPUTER], now, handshake)?;
        let started = (now, Instant::now());
        Ok(Self { fault, identity, started, served: AtomicUsize::new(0), password: PASSWORD.to_owned() })
    }

    /// The same with another password.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        Self { password: password.to_owned(), ..self }
    }

    /// Serves one client until it leaves, the fault ends the connection, or 120 seconds have passed.
    pub async fn serve<S: Stream>(&self, stream: S) {
        match timeout(CONNECTION_TIME, connection::serve(self, stream)).await {
            Ok(Ok(())) => tracing::debug!("the client left"),
            Ok(Err(error)) => tracing::debug!(%error, "the connection ended"),
            Err(_) => tracing::debug!("the connection took too long"),
        }
    }

    /// The number of the next connection, from 0.
    fn number(&self) -> usize {
        self.served.fetch_add(1, Ordering::Relaxed)
    }

    fn now(&self) -> OffsetDateTime {
        self.started.0 + self.started.1.elapsed()
    }
}

/// The fault with this name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().find(|fault| fault.name == name)
}
