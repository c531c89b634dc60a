//! What a first connection shows that a second one has to say in its place.
//!
//! No first ClientHello offers older suites. If it is refused before a ServerHello (alert 40 or 71, FIN, RST), a
//! retry offers TLS 1.2 with the current suites and six older ones. It goes on, and the verdict describes it, only if
//! the server selects an older one. If it selects a current suite, something else was refused: the retry ends with
//! its handshake and the experiments tell what. Experiments and postures after it say the same hello. Through a
//! gateway that is shown an account or a token there is no retry.

use super::{Hello, Plan, Versions};
use crate::{
    codes::Protocols,
    report::{Failure, FailureKind, Phases},
    settings::{Gateway, Security, Settings},
};

/// The negotiation failure that demands Standard RDP Security (MS-RDPBCGR 2.2.1.2.2).
const SSL_NOT_ALLOWED_BY_SERVER: i64 = 2;
/// handshake_failure and insufficient_security (RFC 5246 7.2.2).
const NO_COMMON_SUITE: [i64; 2] = [40, 71];
/// The record with the shortest ServerHello: two headers, version, random, no session, suite and compression.
const SHORTEST_SERVER_HELLO: u64 = 5 + 4 + 2 + 32 + 1 + 2 + 1;

/// What a server demands that can be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// No protocol with TLS.
    StandardSecurity,
    /// Perhaps older suites: the ClientHello was refused before a ServerHello.
    OldSuites,
}

impl Demand {
    /// What a connection under these settings ran into, where another may be made: an account or a token for a gateway is used
    /// once.
    pub(super) fn of(phases: &Phases, settings: &Settings) -> Option<Self> {
        if settings.route.gateway.as_ref().is_some_and(Gateway::is_used_once) {
            return None;
        }
        if settings.offer.security == Security::Auto && demands_standard_security(phases) {
            return Some(Self::StandardSecurity);
        }
        refuses_hello(phases).then_some(Self::OldSuites)
    }

    /// The same connection with what is demanded.
    pub(super) fn met_by(self, plan: Plan) -> Plan {
        match self {
            Self::StandardSecurity => Plan { protocols: Protocols::RDP, ..plan },
            Self::OldSuites => Plan { hello: Hello::Handshake(Versions::OldSuites), ..plan },
        }
    }
}

fn demands_standard_security(phases: &Phases) -> bool {
    let failure = phases.negotiate.as_ref().and_then(|record| record.failure.as_ref());
    failure.is_some_and(|f| {
        f.kind == FailureKind::NegotiationFailure && f.code == Some(SSL_NOT_ALLOWED_BY_SERVER)
    })
}

/// By an alert that says so, or without a word.
fn refuses_hello(phases: &Phases) -> bool {
    let Some(tls) = phases.tls.as_ref() else { return false };
    let refuses = |failure: &Failure| match failure.kind {
        FailureKind::Closed | FailureKind::Reset => true,
        FailureKind::TlsAlert => failure.code.is_some_and(|code| NO_COMMON_SUITE.contains(&code)),
        _ => false,
    };
    let unanswered = tls.evidence.bytes_received < SHORTEST_SERVER_HELLO && phases.credssp.is_none();
    unanswered && tls.failure.as_ref().is_some_and(refuses)
}
