//! One connection: what it is for, and what each phase saw.

use std::{fmt, net::SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::{
    ActivateEvidence, ConnectEvidence, CredsspEvidence, GatewayEvidence, LicensingEvidence, McsEvidence,
    NegotiateEvidence, Redirection, ResolveEvidence, Tcp, TlsEvidence,
};
use super::{Client, EndedBy, ExperimentName, Failure, Frame, Hop, Millis, Session, Timestamp, Watched};
use crate::codes::Phase;

/// One connection and what it is for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Connection {
    /// Why the connection was made.
    pub purpose: Purpose,
    /// Where a redirection led it; null where it goes to the target of the trace.
    #[serde(default)]
    pub hop: Option<Hop>,
    /// What each phase saw; a phase that was not entered is absent.
    pub phases: Phases,
    /// The session after the activation, when a screenshot was asked for or a redirection ended it.
    #[serde(default)]
    pub session: Option<Session>,
    /// When it was begun.
    #[serde(default, alias = "began")]
    pub started: Option<Timestamp>,
    /// Our address and port; null where none was opened.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub local: Option<SocketAddr>,
    /// Those of the peer: the server, the proxy or the gateway.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub peer: Option<SocketAddr>,
    /// What TCP showed of it; null where none was opened.
    #[serde(default, alias = "transport")]
    pub tcp: Option<Tcp>,
    /// Who ended it first; null if this program made the connection.
    #[serde(default)]
    pub ended_by: Option<EndedBy>,
    /// What was watched of it; null if this program made the connection.
    #[serde(default)]
    pub watched: Option<Watched>,
    /// What the client offered; null if this program made the connection.
    #[serde(default)]
    pub client: Option<Client>,
    /// The frames of the connection, the first and the last ones when there were many.
    pub frames: Vec<Frame>,
    /// How many frames were left out of `frames`.
    pub frames_omitted: u64,
}

impl Connection {
    /// Whether one of its phases failed.
    pub fn has_failed(&self) -> bool {
        self.phases.summaries().iter().any(|summary| summary.status == Status::Failed)
    }

    /// Whether it was to show that other suites help where `before` was refused in TLS, and did not. Why a client that was watched
    /// tried again nobody knows.
    pub fn is_in_vain_after(&self, before: &Self) -> bool {
        self.watched.is_none() && self.adds_nothing_to(before)
    }

    /// The same of the record of a trace too.
    pub(super) fn adds_nothing_to(&self, before: &Self) -> bool {
        let again = self.purpose == Purpose::Retry || self.hop.is_some() && self.purpose == before.purpose;
        let refused = before.phases.tls.as_ref().is_some_and(|tls| tls.status == Status::Failed);
        again && refused && !self.has_old_suite()
    }

    /// Whether it is inside TLS with one of the older suites.
    pub fn has_old_suite(&self) -> bool {
        self.phases.tls.as_ref().is_some_and(|tls| tls.evidence.has_old_suite())
    }

    /// The redirection that came last in it.
    pub fn redirection(&self) -> Option<&Redirection> {
        let Phases { licensing, activate, .. } = &self.phases;
        let early = licensing.as_ref().and_then(|record| record.evidence.redirection.as_ref());
        let late = activate.as_ref().and_then(|record| record.evidence.redirection.as_ref());
        let session = self.session.as_ref().and_then(|session| session.redirection.as_ref());
        session.or(late).or(early)
    }
}

/// Why a connection was made; `main`, `retry`, `hop:<n>`, `experiment:<name>` or `posture:<name>` in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
#[non_exhaustive]
pub enum Purpose {
    /// The connection that was asked for.
    Main,
    /// The same with the offer that the server demanded.
    Retry,
    /// The one that the redirection with this number led to, from 1.
    Hop(u32),
    /// One that separates causes.
    Experiment(ExperimentName),
    /// One that shows what the server accepts.
    Posture(String),
}

impl Purpose {
    /// Whether the verdict is about this connection.
    pub fn is_traced(&self) -> bool {
        matches!(self, Self::Main | Self::Retry | Self::Hop(_))
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Main => f.write_str("main"),
            Self::Retry => f.write_str("retry"),
            Self::Hop(number) => write!(f, "{HOP}{number}"),
            Self::Experiment(name) => write!(f, "{EXPERIMENT}{name}"),
            Self::Posture(name) => write!(f, "{POSTURE}{name}"),
        }
    }
}

const HOP: &str = "hop:";
const EXPERIMENT: &str = "experiment:";
const POSTURE: &str = "posture:";

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.to_string()
    }
}

impl TryFrom<String> for Purpose {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "main" => Ok(Self::Main),
            "retry" => Ok(Self::Retry),
            other => named(other).ok_or_else(|| format!("a connection has no purpose {other:?}")),
        }
    }
}

fn named(text: &str) -> Option<Purpose> {
    let hop = || text.strip_prefix(HOP)?.parse().ok().map(Purpose::Hop);
    let experiment = || text.strip_prefix(EXPERIMENT)?.parse().ok().map(Purpose::Experiment);
    let posture = || text.strip_prefix(POSTURE).map(|name| Purpose::Posture(name.to_owned()));
    hop().or_else(experiment).or_else(posture)
}

/// One optional record a phase, in the order of the protocol.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct Phases {
    /// Name resolution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve: Option<PhaseRecord<ResolveEvidence>>,
    /// TCP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<PhaseRecord<ConnectEvidence>>,
    /// The RD Gateway, with its steps; then there is neither name resolution nor TCP of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<PhaseRecord<GatewayEvidence>>,
    /// X.224 connection request and confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negotiate: Option<PhaseRecord<NegotiateEvidence>>,
    /// The TLS handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<PhaseRecord<TlsEvidence>>,
    /// CredSSP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credssp: Option<PhaseRecord<CredsspEvidence>>,
    /// Basic settings exchange and channel connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcs: Option<PhaseRecord<McsEvidence>>,
    /// Client Info, connect-time auto-detect and licensing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licensing: Option<PhaseRecord<LicensingEvidence>>,
    /// Multitransport bootstrap, capabilities exchange and finalization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activate: Option<PhaseRecord<ActivateEvidence>>,
}

/// What one phase saw and how it ended.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct PhaseRecord<E> {
    /// How the phase ended.
    pub status: Status,
    /// Milliseconds the phase took.
    pub elapsed_ms: Millis,
    /// What was seen.
    pub evidence: E,
    /// What ended it, when failed.
    pub failure: Option<Failure>,
    /// Why we chose to end here, when stopped; why nothing can be seen, when unseen.
    pub stopped: Option<String>,
    /// What sizes and times of encrypted records say of it, if that is all there is to say.
    #[serde(default)]
    pub inferred: Option<String>,
}

impl<E> PhaseRecord<E> {
    /// The record of this phase without its evidence.
    pub fn summary(&self, phase: Phase) -> Summary<'_> {
        Summary {
            phase,
            status: self.status,
            elapsed_ms: self.elapsed_ms,
            failure: self.failure.as_ref(),
            stopped: self.stopped.as_deref(),
            inferred: self.inferred.as_deref(),
        }
    }
}

/// How a phase ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The phase was completed.
    Passed,
    /// The connection ended in it.
    Failed,
    /// We chose to end in it.
    Stopped,
    /// It may have happened, but whoever watched cannot see it; only in reports of captures and relays.
    Unseen,
}

/// A phase's record without its evidence.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Summary<'a> {
    /// The phase.
    pub phase: Phase,
    /// How it ended.
    pub status: Status,
    /// Milliseconds it took.
    pub elapsed_ms: Millis,
    /// What ended it, when failed.
    pub failure: Option<&'a Failure>,
    /// Why we chose to end here, when stopped.
    pub stopped: Option<&'a str>,
    /// What was inferred of it, if that is all.
    pub inferred: Option<&'a str>,
}

/// Why a phase ended that the user gave up.
pub(crate) const INTERRUPTED: &str = "interrupted by the user";

impl Phases {
    /// How long this phase took.
    pub fn elapsed(&mut self, phase: Phase) -> Option<&mut Millis> {
        fn of<E>(record: &mut Option<PhaseRecord<E>>) -> Option<&mut Millis> {
            record.as_mut().map(|record| &mut record.elapsed_ms)
        }
        match phase {
            Phase::Resolve => of(&mut self.resolve),
            Phase::Connect => of(&mut self.connect),
            Phase::Gateway => of(&mut self.gateway),
            Phase::Negotiate => of(&mut self.negotiate),
            Phase::Tls => of(&mut self.tls),
            Phase::Credssp => of(&mut self.credssp),
            Phase::Mcs => of(&mut self.mcs),
            Phase::Licensing => of(&mut self.licensing),
            Phase::Activate => of(&mut self.activate),
        }
    }

    /// The phases that were entered, in order.
    pub fn summaries(&self) -> Vec<Summary<'_>> {
        fn of<E>(phase: Phase, record: Option<&PhaseRecord<E>>) -> Option<Summary<'_>> {
            record.map(|record| record.summary(phase))
        }
        [
            of(Phase::Resolve, self.resolve.as_ref()),
            of(Phase::Connect, self.connect.as_ref()),
            of(Phase::Gateway, self.gateway.as_ref()),
            of(Phase::Negotiate, self.negotiate.as_ref()),
            of(Phase::Tls, self.tls.as_ref()),
            of(Phase::Credssp, self.credssp.as_ref()),
            of(Phase::Mcs, self.mcs.as_ref()),
            of(Phase::Licensing, self.licensing.as_ref()),
            of(Phase::Activate, self.activate.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
