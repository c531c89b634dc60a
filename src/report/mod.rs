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
mod trace;
mod udp;
mod values;
mod wait;
mod watched;
mod working;

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
    LicensingEvidence, LicensingOutcome, LogOff, LogonError, LogonEvidence, McsEvidence,
    MultitransportRequest, NegotiateEvidence, NtlmEvidence, OLD_SUITES, ProxyEvidence, RdsaadEvidence,
    RdstlsEvidence, Redirection, RejectedBy, ResolveEvidence, ResolvedAddress, Seen, Selected, Spoken,
    StepSummary, Tcp, TlsEvidence, UnansweredKdc,
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
pub use trace::Trace;
pub use udp::{Udp, UdpOutcome, WatchedUdp};
pub use values::{Millis, Timestamp};
pub use wait::{Wait, WaitEntry};
pub use watched::{EndHow, EndSide, EndedBy, InVain, Watched, WatchedIcmp, WatchedSide};
pub use working::{Working, WorkingCommand, WorkingSetting};

/// The version of the report's shape; it changes when a fixed field does.
pub const SCHEMA_VERSION: u32 = 1;

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
    /// The settings with which other clients get as far; null after a failure.
    #[serde(default)]
    pub working: Option<Working>,
    /// What a policy promises of the target, and what became of it; empty without one.
    #[serde(default)]
    pub promises: Vec<Promise>,
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
