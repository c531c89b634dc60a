//! How deep, how long and with what a target is probed. Plain data, in groups.

mod account;
mod anchors;
mod choices;
mod kdc;
mod logon;
mod route;
mod setters;

use std::time::Duration;

pub use account::{Account, Password};
pub use anchors::Anchors;
pub use choices::{Experiments, LicensePolicy, Security};
pub use kdc::{Kdc, KdcSource, KdcTransport, Kerberos, Others};
pub use logon::{Delegation, Logon, Method};
pub use route::{Gateway, GatewayAuthentication, Proxy, ProxyKind, Route, Token};

use crate::codes::{Phase, Protocols};

/// Everything a probe needs to know besides its target.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// How far it goes, and what it does there.
    pub depth: Depth,
    /// What it offers, and what it sends before that.
    pub offer: Offer,
    /// The way to the server.
    pub route: Route,
    /// The account for CredSSP, and how it is used.
    pub logon: Option<Logon>,
    /// How long it takes at most.
    pub limits: Limits,
    /// Whom it expects.
    pub trust: Trust,
}

/// How far a probe goes, and what it does there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Depth {
    /// The phase to stop after; none means the default depth.
    pub until: Option<Phase>,
    /// How far the license exchange may go.
    pub license: LicensePolicy,
    /// Hardware id of this machine for [`LicensePolicy::Complete`], stable per machine.
    pub hardware_id: [u32; 4],
    /// Whether the activation may take over a session of the account.
    pub take_session: bool,
    /// Whether a server without NLA is sent the account in Client Info.
    pub log_on: bool,
    /// Whether to watch the session after the activation for what the server draws.
    pub screenshot: bool,
    /// Whether UDP is asked too.
    pub udp: bool,
    /// Which follow-up connections may be made.
    pub experiments: Experiments,
}

impl Default for Depth {
    fn default() -> Self {
        Self {
            until: None,
            license: LicensePolicy::Challenge,
            hardware_id: [0; 4],
            take_session: false,
            log_on: false,
            screenshot: false,
            udp: false,
            experiments: Experiments::Auto,
        }
    }
}

/// What a probe offers, and what it sends before that.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Offer {
    /// What to offer in the negotiation.
    pub security: Security,
    /// Whether NLA may be in the offer.
    pub nla: bool,
    /// Whether to begin with TLS, and negotiate inside it (MS-RDPBCGR 5.4.2.2).
    pub direct_tls: bool,
    /// The routing token of the Connection Request, in place of the cookie: at most 238 bytes, mostly text.
    pub routing_token: Option<Vec<u8>>,
    /// What the pre-connection PDU says, which then comes before everything else (MS-RDPEPS).
    pub preconnection: Option<String>,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            security: Security::Auto,
            nla: true,
            direct_tls: false,
            routing_token: None,
            preconnection: None,
        }
    }
}

impl Offer {
    /// The requestedProtocols number of the main connection.
    pub fn protocols(&self) -> Protocols {
        let offer = self.security.protocols();
        if self.nla { offer } else { offer.without(Protocols::NLA) }
    }
}

/// How long a run takes, and how many connections a posture makes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Time for one phase.
    pub timeout: Duration,
    /// Time for the whole run; of a wait, for each try.
    pub deadline: Duration,
    /// How many connections a posture may make; none means as many as usual.
    pub posture_connections: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            posture_connections: None,
        }
    }
}

/// Whom a probe expects, and whose certificates it trusts.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trust {
    /// The name for SNI, the certificate and the service principal, if it is not the target's own.
    pub server_name: Option<String>,
    /// SHA-1 or SHA-256 thumbprint that must be served, lower-case hex.
    pub expected_thumbprint: Option<String>,
    /// Trust anchors.
    pub anchors: Anchors,
}

impl Settings {
    /// The account that a connection may use: none while it is kept for a later one.
    pub fn usable_account(&self) -> Option<&Account> {
        self.logon.as_ref().filter(|logon| !logon.kept).map(|logon| &logon.account)
    }
}
