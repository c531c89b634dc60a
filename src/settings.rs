//! How deep, how long and with what a target is probed. Plain data.

mod account;
mod anchors;
mod kdc;

use std::{fmt, time::Duration};

use zeroize::Zeroizing;

pub use account::{Account, Password};
pub use anchors::Anchors;
pub use kdc::{Kdc, KdcSource, KdcTransport, Kerberos, Others};

use crate::{
    codes::{Phase, Protocols},
    endpoint::Endpoint,
};

/// Everything a probe needs to know besides its target.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The phase to stop after; none means the default depth.
    pub until: Option<Phase>,
    /// What to offer in the negotiation.
    pub security: Security,
    /// Whether NLA may be in the offer.
    pub nla: bool,
    /// Whether to begin with TLS, and negotiate inside it (MS-RDPBCGR 5.4.2.2).
    pub direct_tls: bool,
    /// The routing token of the Connection Request, in place of the cookie: at most 238 bytes, mostly text.
    pub routing_token: Option<Vec<u8>>,
    /// How many redirections are followed, each with a connection of its own.
    pub follow_redirects: u32,
    /// Whether the account goes with them, for one attempt at each host, and what a gateway on the way there is shown.
    pub follow_with_account: bool,
    /// What the pre-connection PDU says, which then comes before everything else (MS-RDPEPS).
    pub preconnection: Option<String>,
    /// How far the license exchange may go.
    pub license: LicensePolicy,
    /// The account for CredSSP.
    pub account: Option<Account>,
    /// How a Kerberos ticket is had; without it the account is used with NTLM.
    pub kerberos: Option<Kerberos>,
    /// Whether the account is used in Restricted Admin mode, which gives the server no password, or not at all.
    pub restricted_admin: bool,
    /// Whether the activation may take over a session of the account.
    pub take_session: bool,
    /// Whether to watch the session after the activation for what the server draws.
    pub screenshot: bool,
    /// Which follow-up connections may be made.
    pub experiments: Experiments,
    /// How many connections a posture may make; none means as many as usual.
    pub posture_connections: Option<usize>,
    /// Whether to authenticate to a CredSSP version below 5 (CVE-2018-0886).
    pub allow_unpatched: bool,
    /// The RD Gateway to go through.
    pub gateway: Option<Gateway>,
    /// Whether UDP is asked too.
    pub udp: bool,
    /// The proxy that connects for us: to the gateway where there is one, else to the target.
    pub proxy: Option<Proxy>,
    /// The name for SNI, the certificate and the service principal, when the target is an address.
    pub server_name: Option<String>,
    /// SHA-1 or SHA-256 thumbprint that must be served, lower-case hex.
    pub expected_thumbprint: Option<String>,
    /// Trust anchors.
    pub anchors: Anchors,
    /// Time for one phase.
    pub timeout: Duration,
    /// Time for the whole run; of a wait, for each try.
    pub deadline: Duration,
    /// Whether an account was given that is kept for a later connection.
    pub account_kept: bool,
    /// Hardware id of this machine for [`LicensePolicy::Complete`], stable per machine.
    pub hardware_id: [u32; 4],
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            until: None,
            security: Security::Auto,
            nla: true,
            direct_tls: false,
            routing_token: None,
            follow_redirects: 0,
            follow_with_account: false,
            preconnection: None,
            license: LicensePolicy::Challenge,
            account: None,
            kerberos: None,
            restricted_admin: false,
            take_session: false,
            screenshot: false,
            experiments: Experiments::Auto,
            posture_connections: None,
            allow_unpatched: false,
            gateway: None,
            udp: false,
            proxy: None,
            server_name: None,
            expected_thumbprint: None,
            anchors: Anchors::default(),
            timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            account_kept: false,
            hardware_id: [0; 4],
        }
    }
}

impl Settings {
    /// The requestedProtocols number of the main connection.
    pub fn offer(&self) -> Protocols {
        let offer = self.security.protocols();
        if self.nla { offer } else { offer.without(Protocols::NLA) }
    }
}

/// Which follow-up connections may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Experiments {
    /// Those that a failure deserves.
    Auto,
    /// None.
    Off,
    /// Every one, also after success.
    All,
}

/// What to offer in the X.224 negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS and CredSSP, and what the server demands instead if it can be met.
    Auto,
    /// Standard RDP Security only.
    Rdp,
    /// TLS only.
    Tls,
    /// CredSSP only.
    Nla,
}

impl Security {
    /// What it offers.
    pub fn protocols(self) -> Protocols {
        match self {
            Self::Auto => Protocols::SSL | Protocols::NLA,
            Self::Rdp => Protocols::RDP,
            Self::Tls => Protocols::SSL,
            Self::Nla => Protocols::NLA,
        }
    }

    /// The value as the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Rdp => "rdp",
            Self::Tls => "tls",
            Self::Nla => "nla",
        }
    }
}

/// How far the license exchange may go (MS-RDPELE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicensePolicy {
    /// End at the server's license request.
    Stop,
    /// Ask for a license and end at the platform challenge; nothing is issued.
    Challenge,
    /// Answer the challenge and consume a license.
    Complete,
}

impl LicensePolicy {
    /// The value as the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Challenge => "challenge",
            Self::Complete => "complete",
        }
    }
}

/// A proxy that connects for others.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// How it is asked.
    pub kind: ProxyKind,
    /// Where it listens.
    pub endpoint: Endpoint,
    /// The account for the proxy. It crosses the network as it is: neither way of asking hides it.
    pub account: Option<Account>,
}

/// How a proxy is asked to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP CONNECT (RFC 9110 section 9.3.6).
    Http,
    /// SOCKS5 (RFC 1928).
    Socks5,
}

impl ProxyKind {
    /// The value as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Socks5 => "socks5",
        }
    }
}

/// An RD Gateway (MS-TSGU).
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Where it listens.
    pub endpoint: Endpoint,
    /// The account for the gateway, which is used once.
    pub account: Option<Account>,
    /// The token for the gateway, such as an .rdp file carries.
    pub token: Option<Token>,
    /// How to authenticate.
    pub authentication: GatewayAuthentication,
    /// Whether to go on past a text that asks for consent.
    pub accept_consent: bool,
    /// SHA-1 or SHA-256 thumbprint that the gateway must serve, lower-case hex.
    pub expected_thumbprint: Option<String>,
}

impl Gateway {
    /// A gateway that is asked without an account.
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            account: None,
            token: None,
            authentication: GatewayAuthentication::Auto,
            accept_consent: false,
            expected_thumbprint: None,
        }
    }

    /// Whether it is shown an account or a token, which must happen only once.
    pub fn is_used_once(&self) -> bool {
        self.account.is_some() || self.token.is_some()
    }
}

/// How to authenticate to an RD Gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayAuthentication {
    /// The token where there is one, else the first of NTLM, Negotiate and Basic that is offered.
    Auto,
    /// SPNEGO.
    Negotiate,
    /// NTLM.
    Ntlm,
    /// The password as it is, and only to a gateway whose certificate is right.
    Basic,
    /// The token of pluggable authentication.
    Token,
}

/// A secret that is neither printed nor kept longer than needed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub Zeroizing<String>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}
