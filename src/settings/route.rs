//! The way to the server: a proxy, an RD Gateway, and the redirections that are followed.

use std::fmt;

use zeroize::Zeroizing;

use super::Account;
use crate::endpoint::Endpoint;

/// The way to the server.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Route {
    /// The proxy that connects for us: to the gateway if there is one, else to the target.
    pub proxy: Option<Proxy>,
    /// The RD Gateway to go through.
    pub gateway: Option<Gateway>,
    /// How many redirections are followed, each with a connection of its own.
    pub follow_redirects: u32,
    /// Whether the account goes with them, for one attempt at each host, and what a gateway on the way there is shown.
    pub follow_with_account: bool,
}

/// A proxy that connects for others.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Proxy {
    /// How it is asked.
    pub kind: ProxyKind,
    /// Where it listens.
    pub endpoint: Endpoint,
    /// The account for the proxy. It crosses the network as it is: neither way of asking hides it.
    pub account: Option<Account>,
}

impl Proxy {
    /// A proxy that is asked without an account.
    pub fn new(kind: ProxyKind, endpoint: Endpoint) -> Self {
        Self { kind, endpoint, account: None }
    }

    /// The same with this account, or with none.
    #[must_use]
    pub fn account(self, account: Option<Account>) -> Self {
        Self { account, ..self }
    }
}

/// How a proxy is asked to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
#[non_exhaustive]
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

    /// The same with this account, or with none.
    #[must_use]
    pub fn account(self, account: Option<Account>) -> Self {
        Self { account, ..self }
    }

    /// The same with this token, or with none.
    #[must_use]
    pub fn token(self, token: Option<Token>) -> Self {
        Self { token, ..self }
    }

    /// The same with this way to authenticate.
    #[must_use]
    pub fn authentication(self, authentication: GatewayAuthentication) -> Self {
        Self { authentication, ..self }
    }

    /// The same, which goes on past a text that asks for consent or does not.
    #[must_use]
    pub fn accept_consent(self, accept_consent: bool) -> Self {
        Self { accept_consent, ..self }
    }

    /// The same, which must serve the certificate with this thumbprint, or any.
    #[must_use]
    pub fn expected_thumbprint(self, expected_thumbprint: Option<String>) -> Self {
        Self { expected_thumbprint, ..self }
    }

    /// Whether it is shown an account or a token, which must happen only once.
    pub fn is_used_once(&self) -> bool {
        self.account.is_some() || self.token.is_some()
    }
}

/// How to authenticate to an RD Gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
