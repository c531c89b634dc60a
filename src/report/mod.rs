//! The report: everything a trace saw and what was judged of it. Types only; the JSON schema is made from them.
//!
//! The types grow with what a trace sees, so they are `#[non_exhaustive]`. Exhaustive are only the scales whose values
//! are part of the schema's promise, such as [`Outcome`] and [`Severity`]: a reader should handle every value.

mod addresses;
mod answered_by;
mod cause_code;
mod certificate;
mod client;
mod connection;
mod evidence;
mod experiment_name;
mod failure;
mod finding_code;
mod frame;
mod hop;
mod judgement;
mod machine;
mod named;
mod posture;
mod promise;
mod rdp_file;
mod request;
mod session;
mod udp;
mod values;
mod wait;
mod watched;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use answered_by::{AnsweredBy, Answerer};
pub use cause_code::CauseCode;
pub use certificate::{Certificate, ChainCertificate, PublicKey, Signature, Thumbprints, Trust, Usage};
pub use client::{
    Client, ClientCapabilities, ClientChannel, ClientCredssp, ClientHelloOffer, ClientInfo, ClientRequest,
    ClientSettings, Coded,
};
pub(crate) use connection::INTERRUPTED;
pub use connection::{Connection, PhaseRecord, Phases, Purpose, Status, Summary};
pub use evidence::{
    ActivateEvidence, Alert, Attempt, AttemptResult, ConnectEvidence, CredsspEvidence, EncryptionKey, Family,
    GatewayAuth, GatewayAuthorization, GatewayChannel, GatewayEvidence, GatewayHandshake, GatewayHttp,
    GatewayStep, GatewaySteps, GatewayTransport, GatewayTunnel, HandshakeSignature, HelloOffer, IcmpError,
    KdcAnswer, KdcCarrier, KdcEvidence, KdcExchange, KdcProxyEvidence, KdcSource, LicenseCertificate,
    LicensingEvidence, LicensingOutcome, McsEvidence, MultitransportRequest, NegotiateEvidence, NtlmEvidence,
    OLD_SUITES, ProxyEvidence, RdsaadEvidence, RdstlsEvidence, Redirection, RejectedBy, ResolveEvidence,
    ResolvedAddress, Seen, Selected, Spoken, StepSummary, Tcp, TlsEvidence, UnansweredKdc,
};
pub use experiment_name::{ExperimentKind, ExperimentName};
pub use failure::{Failure, FailureKind, Speaker, StreamEnd};
pub use finding_code::FindingCode;
pub use frame::{Direction, Frame};
pub use hop::{Hop, Tried, Unfollowed, Unusable};
pub use judgement::{
    Cause, CheckStatus, Confidence, Credentials, Finding, Likelihood, LocalCheck, MstscLabel, Outcome, Place,
    Severity, Verdict,
};
pub use machine::{
    ClientAttempt, HostsEntry, Machine, NOT_HELD, Os, ProtocolSetting, ProxySetting, RememberedCertificate,
    Role, Route,
};
pub use named::{Known, Named};
pub use posture::{
    Answer, CredsspPosture, Exposure, Nla, POSTURE_CONNECTIONS, Posture, ProtocolPosture, RdpSecurity,
    TlsPosture,
};
pub use promise::{Decision, DecisionEffect, Promise, PromiseStatus};
pub use rdp_file::{MalformedLine, Publisher, RdpFile, RdpFileGateway, RdpFileSignature, SignatureState};
pub use request::Request;
pub use session::Session;
pub use udp::{Udp, UdpOutcome, WatchedUdp};
pub use values::{Millis, Timestamp};
pub use wait::{Wait, WaitEntry};
pub use watched::{EndHow, EndSide, EndedBy, InVain, Watched, WatchedIcmp, WatchedSide};

use crate::endpoint::DEFAULT_PORT;

/// The version of the report's shape; it changes when a fixed field does.
pub const SCHEMA_VERSION: u32 = 1;

/// What happened on the wire, before anything was judged.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Trace {
    /// When the run began.
    pub started: Timestamp,
    /// Milliseconds the run took.
    pub elapsed_ms: Millis,
    /// What was traced; null where only a machine was checked.
    pub target: Option<TargetRecord>,
    /// What was asked for.
    pub request: Request,
    /// Every connection that was made, in order.
    pub connections: Vec<Connection>,
    /// How many between them were left out: of an attempt in a capture the first and the last eight are kept.
    #[serde(default)]
    pub connections_omitted: u64,
    /// Why the last redirection was not followed; null where none was, or following was not asked for.
    #[serde(default)]
    pub unfollowed: Option<Unfollowed>,
    /// The tries before, when the host was waited for.
    pub wait: Option<Wait>,
    /// What was learned of UDP; null unless that was asked for, or is in a capture.
    #[serde(default)]
    pub udp: Option<Udp>,
    /// The machine that was checked; null if none was.
    #[serde(default)]
    pub machine: Option<Machine>,
    /// What its checks showed.
    #[serde(default)]
    pub local: Vec<LocalCheck>,
    /// The .rdp file that names the server for which a machine alone was checked; that of a trace is in its target.
    #[serde(default)]
    pub rdp_file: Option<RdpFile>,
}

impl Report {
    /// Who answers, where that is likely or certain.
    pub fn answerer(&self) -> Answerer {
        AnsweredBy::answerer(self.answered_by.as_ref())
    }

    /// The promises that were broken.
    pub fn broken(&self) -> impl Iterator<Item = &Promise> {
        self.promises.iter().filter(|one| one.status == PromiseStatus::Broken)
    }
}

impl Trace {
    /// The checks of a machine, without a connection.
    pub fn of_machine(
        machine: Machine,
        local: Vec<LocalCheck>,
        started: Timestamp,
        elapsed_ms: Millis,
    ) -> Self {
        Self { machine: Some(machine), local, ..Self::begun(started, elapsed_ms) }
    }

    /// One that began then and took so long, without anything that was seen.
    pub(crate) fn begun(started: Timestamp, elapsed_ms: Millis) -> Self {
        Self {
            started,
            elapsed_ms,
            target: None,
            request: Request::default(),
            connections: Vec::new(),
            connections_omitted: 0,
            unfollowed: None,
            wait: None,
            udp: None,
            machine: None,
            local: Vec::new(),
            rdp_file: None,
        }
    }

    /// The main connection, the retry and the hops, without what was made to separate causes.
    pub fn traced(&self) -> impl DoubleEndedIterator<Item = &Connection> {
        self.connections.iter().filter(|connection| connection.purpose.is_traced())
    }

    /// Whether the target is the machine that was checked.
    pub fn is_on_target(&self) -> bool {
        self.machine.as_ref().is_some_and(|machine| self.is_to(machine))
    }

    /// Whether this machine is the target: it is reached by loopback on the usual port, was checked as a host alone, or was
    /// read from files of a host. Another port of loopback may be the near end of a tunnel to somewhere else.
    pub fn is_to(&self, machine: &Machine) -> bool {
        let connect = self.described().and_then(|made| made.phases.connect.as_ref());
        let attempts = connect.into_iter().flat_map(|record| &record.evidence.attempts);
        let mut addresses = attempts.map(|attempt| attempt.address.ip().to_canonical());
        let direct = connect.is_some_and(|record| record.evidence.proxy.is_none());
        let usual = direct && self.target.as_ref().is_some_and(|target| target.port == DEFAULT_PORT);
        let loopback = usual && addresses.next().is_some_and(|address| address.is_loopback());
        match machine.from_files {
            true => machine.roles.contains(&Role::Host),
            false => machine.roles == [Role::Host] || loopback,
        }
    }

    /// The connection that the verdict describes: a retry or a hop replaces the one that made it necessary, a retry with another
    /// ClientHello only where the server takes one of the suites that it adds.
    pub fn described(&self) -> Option<&Connection> {
        // With experiments it is the record of a trace.
        let is_own = self.connections.iter().any(|made| !made.purpose.is_traced());
        if !is_own && self.traced().any(|made| made.watched.is_some()) {
            return self.furthest();
        }
        let mut described: Option<&Connection> = None;
        for made in self.traced() {
            if !described.is_some_and(|before| made.adds_nothing_to(before)) {
                described = Some(made);
            }
        }
        described
    }

    /// Of connections that were watched the one that got furthest tells most: a client that is refused tries less again. If nobody
    /// saw how that one went on, a later one that failed tells more. One that was open before the record tells least.
    fn furthest(&self) -> Option<&Connection> {
        let last = |made: &Connection| made.phases.summaries().last().map(|last| (last.phase, last.status));
        let order = |made: &Connection| (!made.is_of_before(), last(made).map(|(phase, _)| phase));
        let (at, furthest) = self.traced().enumerate().max_by_key(|(_, made)| order(made))?;
        let is_open = matches!(last(furthest), Some((_, Status::Stopped | Status::Unseen)));
        let failed = self.traced().skip(at + 1).filter(|made| is_open && made.has_failed()).last();
        Some(failed.unwrap_or(furthest))
    }
}

/// The whole report, the only contract between the program and what shows or reads it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// [`SCHEMA_VERSION`] of the program that wrote the report.
    pub schema_version: u32,
    /// The program that wrote the report.
    pub tool: Tool,
    /// What happened.
    #[serde(flatten)]
    pub trace: Trace,
    /// How far it got and what ended it.
    pub verdict: Verdict,
    /// The target's certificate, from the connection that got furthest.
    pub certificate: Option<Certificate>,
    /// What was observed that matters.
    pub findings: Vec<Finding>,
    /// What may explain it, best first.
    pub causes: Vec<Cause>,
    /// What the server accepts; null unless that was asked for.
    #[serde(default)]
    pub posture: Option<Posture>,
    /// Which software answers, judged from what it does; null where nothing answered.
    #[serde(default)]
    pub answered_by: Option<AnsweredBy>,
    /// What a policy promises of the target, and what became of it; empty without one.
    #[serde(default)]
    pub promises: Vec<Promise>,
}

/// Name and version of the program.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Tool {
    /// Always `rdptrace`.
    pub name: String,
    /// The program's version.
    pub version: String,
}

/// The target as given and as understood.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TargetRecord {
    /// The argument, unchanged.
    pub input: String,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The name used for SNI, the certificate and the service principal.
    pub server_name: String,
    /// The .rdp file that names it, or the settings of its rdp:// address; null for a plain host.
    #[serde(default)]
    pub rdp_file: Option<RdpFile>,
}
