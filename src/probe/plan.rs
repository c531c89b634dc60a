//! What one connection is for and what it says.

use std::{net::SocketAddr, time::Duration};

use crate::{
    codes::{Phase, Protocols},
    pdu::{client_hello::Profile, connect_initial::Announced, hello::ClientHello},
    report::{ExperimentKind, ExperimentName, Phases, Purpose},
    settings::{Account, Settings},
};

pub(crate) use crate::net::Versions;

/// One connection before it is made.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Why it is made.
    pub purpose: Purpose,
    /// Where to; none looks the name up.
    pub addresses: Option<Vec<SocketAddr>>,
    /// requestedProtocols.
    pub protocols: Protocols,
    /// How it begins.
    pub opening: Opening,
    /// The ClientHello.
    pub hello: Hello,
    /// The phase to stop after; none means the default depth.
    pub until: Option<Phase>,
    /// The account for CredSSP.
    pub account: Option<Account>,
    /// The session that a redirection leads to.
    pub session: Option<u32>,
    /// Whether the graphics pipeline is kept back, as it is for a picture.
    pub pictured: bool,
    /// Why there is no account, where it is not that none was given.
    pub withheld: Option<Withheld>,
    /// Whether TCP is to send and to get short segments.
    pub small_segments: bool,
    /// What the user asked for and this connection does without.
    pub without: &'static [Added],
}

/// What the user adds to a connection beside its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// The pre-connection blob.
    Preconnection,
    /// Another name for SNI and certificate than the target's own.
    ServerName,
}

/// Why a connection gets no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withheld {
    /// Nobody said that the account may go along.
    NotAlong,
    /// The redirection brought another account for it.
    OwnAccount,
    /// A wait keeps it until a try shows that the server is ready.
    NotYet,
}

impl Withheld {
    /// The reason to stop where the account would be used.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::NotAlong => {
                "the account does not go along to where a redirection leads unless --follow-with-account allows it"
            }
            Self::NotYet => {
                "the account is kept until a try shows that the server is ready, with the expected certificate where one was named"
            }
            Self::OwnAccount => {
                "this hop expects the account that the redirection brought, which rdptrace does not use, and no other is tried in its place"
            }
        }
    }
}

/// How a connection begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// A Connection Request with the cookie, or with the routing token that was asked for.
    Cookie,
    /// A Connection Request without either.
    NoCookie,
    /// The ClientHello; the Connection Request comes inside TLS.
    Tls,
    /// Nothing, for so long.
    Nothing(Duration),
    /// A request of HTTP, with which the connection ends.
    Http,
}

/// What the ClientHello says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hello {
    /// A handshake of these versions by the TLS library.
    Handshake(Versions),
    /// The same without the server's name.
    Nameless(Versions),
    /// A hello of our own, made of this one of the TLS library; what answers it in plain is all that is seen.
    Own(Profile, Option<ClientHello>),
}

impl Plan {
    /// Which experiment it is, if it is one.
    pub(crate) fn experiment_kind(&self) -> Option<ExperimentKind> {
        match &self.purpose {
            Purpose::Experiment(name) => name.kind(),
            _ => None,
        }
    }

    /// The connection that was asked for.
    pub(crate) fn main(settings: &Settings) -> Self {
        Self {
            purpose: Purpose::Main,
            addresses: None,
            protocols: settings.offer.protocols(),
            opening: if settings.offer.direct_tls { Opening::Tls } else { Opening::Cookie },
            hello: Hello::Handshake(Versions::All),
            until: settings.depth.until,
            account: settings.usable_account().cloned(),
            session: None,
            pictured: settings.depth.screenshot,
            withheld: settings.logon.as_ref().filter(|logon| logon.kept).map(|_| Withheld::NotYet),
            small_segments: false,
            without: &[],
        }
    }

    /// The same again, for what the server demands.
    pub(crate) fn retry(settings: &Settings, addresses: Vec<SocketAddr>) -> Self {
        Self { purpose: Purpose::Retry, addresses: Some(addresses), ..Self::main(settings) }
    }

    /// What it announces. What goes through the graphics pipeline is not decoded, so that a picture is drawn without it.
    pub(crate) fn announced(&self) -> Announced {
        let activates = self.until == Some(Phase::Activate);
        Announced { clipboard: activates, graphics: activates && !self.pictured, session: self.session }
    }

    /// One that is made to tell causes apart: without an account, to these addresses, no further than this phase.
    pub(crate) fn experiment(
        name: ExperimentName,
        addresses: Vec<SocketAddr>,
        protocols: Protocols,
        until: Phase,
    ) -> Self {
        Self::further(Purpose::Experiment(name), addresses, protocols, until)
    }

    /// One that shows what the server accepts: the same without a ClientHello of its own.
    pub(crate) fn posture(
        name: &str,
        addresses: Vec<SocketAddr>,
        protocols: Protocols,
        until: Phase,
    ) -> Self {
        Self::further(Purpose::Posture(name.to_owned()), addresses, protocols, until)
    }

    fn further(purpose: Purpose, addresses: Vec<SocketAddr>, protocols: Protocols, until: Phase) -> Self {
        Self {
            purpose,
            addresses: Some(addresses),
            protocols,
            opening: Opening::Cookie,
            hello: Hello::Handshake(Versions::All),
            until: Some(until),
            account: None,
            session: None,
            pictured: false,
            withheld: None,
            small_segments: false,
            without: &[],
        }
    }

    /// A server that takes a current suite where older ones are offered too does not need them: what refused the first hello is
    /// something else, and this connection has nothing more to show.
    pub(crate) fn keeps_to_old_suites(&self, phases: &Phases) -> Option<()> {
        let for_old = matches!(self.hello, Hello::Handshake(Versions::OldSuites));
        let is_old = phases.tls.as_ref().is_some_and(|tls| tls.evidence.has_old_suite());
        (is_old || !for_old).then_some(())
    }
}
