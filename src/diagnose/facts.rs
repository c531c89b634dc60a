//! The facts of a trace as the rules read them.
//!
//! The certificate is that of the traced connections. If none was served there, it is an experiment's, but never that
//! of another address or of TLS without a Connection Request, which may be another host's.

use super::{
    answered_by,
    experiments::{self, Experiment},
    posture,
};
use crate::codes::{Phase, alert::CERTIFICATE_REQUIRED};
use crate::report::{
    ActivateEvidence, AnsweredBy, Answerer, Certificate, Connection, CredsspEvidence, ExperimentKind,
    FailureKind, GatewayEvidence, LicensingEvidence, McsEvidence, NegotiateEvidence, Posture, Purpose,
    RdpFile, RdpFileGateway, Request, Selected, Session, Spoken, Status, Summary, Tcp, Thumbprints,
    Timestamp, TlsEvidence, Trace,
};

/// AllowEncryptionOracle that lets a client connect to anyone.
pub(super) const VULNERABLE: u32 = 2;
/// `gatewayusagemethod`: always through the gateway.
pub(super) const GATEWAY_ALWAYS: i32 = 1;
/// `gatewayusagemethod`: through the gateway where the host cannot be reached.
pub(super) const GATEWAY_IF_DIRECT_FAILS: i32 = 2;

/// The connection that the verdict describes, and the certificate of the one that got furthest.
pub(super) struct Facts<'a> {
    pub trace: &'a Trace,
    pub described: Option<&'a Connection>,
    pub started: Timestamp,
    pub request: &'a Request,
    pub server_name: &'a str,
    pub host: &'a str,
    pub port: Option<u16>,
    pub file: Option<&'a RdpFile>,
    pub phases: Vec<Summary<'a>>,
    /// What TCP showed of the described connection.
    pub transport: Option<&'a Tcp>,
    /// The RD Gateway that the trace went through.
    pub through: Option<&'a GatewayEvidence>,
    pub negotiate: Option<&'a NegotiateEvidence>,
    pub tls: Option<&'a TlsEvidence>,
    pub credssp: Option<&'a CredsspEvidence>,
    pub mcs: Option<&'a McsEvidence>,
    pub licensing: Option<&'a LicensingEvidence>,
    pub activate: Option<&'a ActivateEvidence>,
    pub session: Option<&'a Session>,
    pub certificate: Option<&'a Certificate>,
    pub thumbprints: Option<&'a Thumbprints>,
    pub experiments: Vec<Experiment<'a>>,
    pub posture: Option<Posture>,
    pub answered_by: Option<AnsweredBy>,
}

impl<'a> Facts<'a> {
    /// Whether somebody else's connection was watched.
    pub(super) fn is_watched(&self) -> bool {
        self.described.is_some_and(|made| made.watched.is_some())
    }

    /// Whose the client's messages are, in a sentence.
    pub(super) fn ours(&self) -> &'static str {
        if self.is_watched() { "the client's" } else { "our" }
    }

    /// A retry replaces the connection that made it necessary.
    pub(super) fn of(trace: &'a Trace) -> Self {
        let described = trace.described();
        let phases = described.map(|connection| &connection.phases);
        let tls = furthest(trace).and_then(tls);
        let target = trace.target.as_ref();
        let host = target.map_or("", |target| target.host.as_str());
        let server_name = target.map_or("", |target| target.server_name.as_str());
        let hop = described.and_then(|connection| connection.hop.as_ref());
        let mut facts = Self {
            trace,
            described,
            started: trace.started,
            request: &trace.request,
            server_name: hop.map_or(server_name, |hop| &hop.server_name),
            host: hop.map_or(host, |hop| &hop.host),
            port: hop.map(|hop| hop.port).or(target.map(|target| target.port)),
            file: trace.target.as_ref().and_then(|target| target.rdp_file.as_ref()),
            phases: summaries(trace),
            transport: described.and_then(|connection| connection.tcp.as_ref()),
            through: phases.and_then(|p| p.gateway.as_ref()).map(|record| &record.evidence),
            negotiate: phases.and_then(|p| p.negotiate.as_ref()).map(|record| &record.evidence),
            tls: phases.and_then(|p| p.tls.as_ref()).map(|record| &record.evidence),
            credssp: phases.and_then(|p| p.credssp.as_ref()).map(|record| &record.evidence),
            mcs: phases.and_then(|p| p.mcs.as_ref()).map(|record| &record.evidence),
            licensing: phases.and_then(|p| p.licensing.as_ref()).map(|record| &record.evidence),
            activate: phases.and_then(|p| p.activate.as_ref()).map(|record| &record.evidence),
            session: described.and_then(|connection| connection.session.as_ref()),
            certificate: tls.and_then(|tls| tls.certificate.as_ref()),
            experiments: experiments::all(trace),
            posture: posture::posture(trace),
            thumbprints: tls.and_then(|tls| tls.thumbprints.as_ref()),
            answered_by: None,
        };
        facts.answered_by = answered_by::answered_by(&facts);
        facts
    }

    /// The connections to the host that the verdict is about: behind a redirection none of those before it. Another address may be
    /// another host.
    pub(super) fn of_host(&self) -> impl Iterator<Item = &'a Connection> {
        let described = self.described;
        let hop = described.is_some_and(|described| described.hop.is_some());
        self.trace.connections.iter().filter(move |made| match &made.purpose {
            Purpose::Main | Purpose::Retry => !hop,
            Purpose::Hop(_) => described.is_some_and(|described| std::ptr::eq(described, *made)),
            Purpose::Experiment(name) => !name.is_elsewhere(),
            Purpose::Posture(_) => true,
        })
    }

    /// Whether that host served a certificate in any of them.
    pub(super) fn is_served(&self) -> bool {
        self.of_host().filter_map(tls).any(|tls| tls.thumbprints.is_some())
    }

    /// Who answers, where that is likely or certain.
    pub(super) fn answerer(&self) -> Answerer {
        AnsweredBy::answerer(self.answered_by.as_ref())
    }

    /// The phase entered last.
    pub(super) fn last(&self) -> Option<&Summary<'a>> {
        self.phases.last()
    }

    /// The phase in which the connection ended.
    pub(super) fn failed(&self) -> Option<&Summary<'a>> {
        self.last().filter(|summary| summary.status == Status::Failed)
    }

    /// Whether a watched connection ended in TLS before its client had sent a ClientHello.
    pub(super) fn is_ungreeted(&self) -> bool {
        let ended =
            self.failed().filter(|failed| failed.phase == Phase::Tls).and_then(|failed| failed.failure);
        let ended = ended.is_some_and(|end| matches!(end.kind, FailureKind::Closed | FailureKind::Reset));
        ended && self.is_watched() && self.tls.is_some_and(|tls| tls.bytes_sent == 0)
    }

    /// Whether the server kept sending what does not end the phase.
    pub(super) fn is_busy(&self) -> bool {
        let licensing = self.licensing.is_some_and(|seen| seen.auto_detect_requests + seen.ignored_pdus > 0);
        let drawn = self.activate.is_some_and(|seen| seen.fast_path_pdus > 0);
        match self.failed().map(|failed| failed.phase) {
            Some(Phase::Licensing) => licensing,
            Some(Phase::Activate) => drawn,
            _ => false,
        }
    }

    /// The .rdp file of the trace, or the one that the checks of a machine were made beside.
    pub(super) fn named_file(&self) -> Option<&'a RdpFile> {
        self.file.or(self.trace.rdp_file.as_ref())
    }

    /// The gateway that the .rdp file goes through, always or where the direct way fails, while this trace went directly.
    pub(super) fn gateway(&self) -> Option<&'a RdpFileGateway> {
        let gateway = self.named_file()?.gateway.as_ref().filter(|_| self.through.is_none())?;
        gateway
            .usage
            .is_some_and(|usage| matches!(usage, GATEWAY_ALWAYS | GATEWAY_IF_DIRECT_FAILS))
            .then_some(gateway)
    }

    /// Whether it began with TLS, without a Connection Request.
    pub(super) fn began_with_tls(&self) -> bool {
        self.negotiate.is_none() && self.tls.is_some()
    }

    /// Whether an alert ended the handshake because the client has no certificate: it was asked for, or the alert says so.
    pub(super) fn lacks_client_certificate(&self) -> bool {
        let alert =
            self.failed().filter(|failed| failed.phase == Phase::Tls).and_then(|failed| failed.failure);
        let asked = self.tls.is_some_and(|tls| tls.client_certificate_requested);
        alert.is_some_and(|alert| {
            alert.kind == FailureKind::TlsAlert && (asked || alert.code == Some(CERTIFICATE_REQUIRED))
        })
    }

    /// What a silent port answered a request of HTTP with.
    pub(super) fn answers_http(&self) -> Option<&'a Spoken> {
        let asked = |made: &&Connection| match &made.purpose {
            Purpose::Experiment(name) => name.is(ExperimentKind::HttpRequest),
            Purpose::Posture(name) => name == ExperimentKind::HttpRequest.as_str(),
            _ => false,
        };
        let made = self.trace.connections.iter().find(asked)?;
        made.phases.negotiate.as_ref()?.evidence.speaks.as_ref()
    }

    /// Whether there is a name to compare with that of the certificate; a redirection may name an address alone.
    pub(super) fn is_name_given(&self) -> bool {
        match self.described.and_then(|made| made.hop.as_ref()) {
            Some(hop) => hop.server_name.parse::<std::net::IpAddr>().is_err(),
            None => self.request.name_given,
        }
    }

    /// CredSSP of the connection that used the account, where the described one did not.
    pub(super) fn used_before(&self) -> Option<&'a CredsspEvidence> {
        if self.credssp.is_some_and(|credssp| credssp.attempted) {
            return None;
        }
        let seen = self.trace.traced().filter_map(|made| made.phases.credssp.as_ref());
        seen.map(|record| &record.evidence).find(|credssp| credssp.attempted)
    }

    /// Whether the account and its password were sent in Client Info, in this connection or in one before it.
    pub(super) fn account_sent(&self) -> bool {
        let seen = self.trace.traced().filter_map(|made| made.phases.licensing.as_ref());
        seen.into_iter().any(|record| record.evidence.account_sent)
    }

    /// The protocol that the server selected.
    pub(super) fn selected(&self) -> Option<Selected> {
        self.negotiate?.selected
    }
}

/// The phases of the described connection; a retry does not resolve again.
fn summaries(trace: &Trace) -> Vec<Summary<'_>> {
    let Some(described) = trace.described() else { return Vec::new() };
    let main = trace.traced().next().map(|main| main.phases.summaries()).unwrap_or_default();
    let resolve = main.into_iter().take(1);
    let is_retry = described.purpose == Purpose::Retry;
    let resolve = resolve.filter(|summary| is_retry && summary.phase == Phase::Resolve);
    let mut summaries: Vec<_> = resolve.chain(described.phases.summaries()).collect();
    // What the gateway says in a later phase is its own ending, not the server's.
    if let Some(last) = summaries.last_mut()
        && last.failure.is_some_and(|failure| failure.kind == FailureKind::GatewayError)
    {
        last.phase = Phase::Gateway;
    }
    summaries
}

/// The connection to the target that got furthest, where a redirection led to that of the last hop; an experiment counts only where no other was served a certificate.
fn furthest(trace: &Trace) -> Option<&Connection> {
    let last = trace.described().filter(|connection| connection.hop.is_some());
    let traced = last.or_else(|| trace.traced().max_by_key(|connection| depth(connection)));
    if traced.is_some_and(|connection| depth(connection).0) {
        return traced;
    }
    let followed =
        trace.connections.iter().find(|connection| is_same_host(connection) && depth(connection).0);
    followed.or(traced)
}

/// Another address is another host, and what takes TLS at once need not be the server.
fn is_same_host(connection: &Connection) -> bool {
    match &connection.purpose {
        Purpose::Experiment(name) => !name.is_elsewhere(),
        _ => true,
    }
}

fn depth(connection: &Connection) -> (bool, usize) {
    let served = tls(connection).is_some_and(|tls| tls.thumbprints.is_some());
    (served, connection.phases.summaries().len())
}

fn tls(connection: &Connection) -> Option<&TlsEvidence> {
    connection.phases.tls.as_ref().map(|record| &record.evidence)
}
