//! The facts of a trace as the rules read them.

use crate::report::{
    Certificate, Connection, CredsspEvidence, LicensingEvidence, NegotiateEvidence, Request, Selected,
    Status, Summary, Timestamp, TlsEvidence, Trace,
};

/// The connection that the verdict describes, and the certificate of the one that got furthest.
pub struct Facts<'a> {
    pub started: Timestamp,
    pub request: &'a Request,
    pub server_name: &'a str,
    pub phases: Vec<Summary<'a>>,
    pub negotiate: Option<&'a NegotiateEvidence>,
    pub tls: Option<&'a TlsEvidence>,
    pub credssp: Option<&'a CredsspEvidence>,
    pub licensing: Option<&'a LicensingEvidence>,
    pub certificate: Option<&'a Certificate>,
}

impl<'a> Facts<'a> {
    /// A retry replaces the connection that made it necessary.
    pub fn of(trace: &'a Trace) -> Self {
        let described = trace.connections.last();
        let phases = described.map(|connection| &connection.phases);
        Self {
            started: trace.started,
            request: &trace.request,
            server_name: &trace.target.server_name,
            phases: phases.map(|p| p.summaries()).unwrap_or_default(),
            negotiate: phases.and_then(|p| p.negotiate.as_ref()).map(|record| &record.evidence),
            tls: phases.and_then(|p| p.tls.as_ref()).map(|record| &record.evidence),
            credssp: phases.and_then(|p| p.credssp.as_ref()).map(|record| &record.evidence),
            licensing: phases.and_then(|p| p.licensing.as_ref()).map(|record| &record.evidence),
            certificate: trace.connections.iter().max_by_key(|c| depth(c)).and_then(certificate),
        }
    }

    /// The phase entered last.
    pub fn last(&self) -> Option<&Summary<'a>> {
        self.phases.last()
    }

    /// The phase in which the connection ended.
    pub fn failed(&self) -> Option<&Summary<'a>> {
        self.last().filter(|summary| summary.status == Status::Failed)
    }

    /// The protocol that the server selected.
    pub fn selected(&self) -> Option<Selected> {
        self.negotiate?.selected
    }
}

fn depth(connection: &Connection) -> (bool, usize) {
    (certificate(connection).is_some(), connection.phases.summaries().len())
}

fn certificate(connection: &Connection) -> Option<&Certificate> {
    connection.phases.tls.as_ref()?.evidence.certificate.as_ref()
}
