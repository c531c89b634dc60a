//! Hosts behind a broker, in virtual time: names, their addresses, and a demo server for each.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Network, Report, Settings, Target, Tracer,
    internal::demo::Server,
    report::{Connection, Failure, FailureKind},
    settings::Security,
};
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{demo::pipe, lab::fault};

pub(crate) const BROKER: &str = "rdsh01.corp.example";
pub(crate) const HOST: &str = "rdsh02.corp.example";

/// Hosts by name, each with its fault, with a certificate of its own at every connection; the first one is traced.
pub(crate) struct Farm(pub &'static [(&'static str, &'static str)]);

impl Farm {
    pub(crate) async fn trace(&self, settings: Settings) -> Report {
        let target: Target = self.0[0].0.parse().expect("a target");
        Tracer::new(&target, &settings, self).run().await
    }
}

#[async_trait]
impl Network for Farm {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        address(self.0.iter().map(|(name, _)| *name), host)
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let (_, name) = self.0.get(number(address)).ok_or(io::ErrorKind::ConnectionRefused)?;
        let (stream, _, _server) = pipe::connect_to(server(name));
        Ok(Box::new(stream))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// A server with this fault; an empty one is none.
pub(crate) fn server(name: &str) -> Arc<Server> {
    let fault = (!name.is_empty()).then(|| fault(name));
    Arc::new(Server::new(fault, pipe::NOW).expect("the server can be made"))
}

/// The address of a host, which has its place in the list for its last number.
pub(crate) fn address<'a>(
    mut names: impl Iterator<Item = &'a str>,
    host: &str,
) -> Result<Vec<IpAddr>, Failure> {
    let unknown = || Failure::new(FailureKind::NotFound, format!("the name does not exist: {host}"));
    let place = names.position(|name| name == host).ok_or_else(unknown)?;
    Ok(vec![IpAddr::from([192, 0, 2, u8::try_from(place).expect("a small farm")])])
}

/// The place of the host with this address.
pub(crate) fn number(address: SocketAddr) -> usize {
    usize::from(match address.ip() {
        IpAddr::V4(ip) => ip.octets()[3],
        IpAddr::V6(ip) => ip.octets()[15],
    })
}

pub(crate) fn without_nla(most: u32) -> Settings {
    Settings::default().follow_redirects(most).security(Security::Tls)
}

pub(crate) fn purposes(report: &Report) -> Vec<String> {
    report.trace.traced().map(|made| made.purpose.to_string()).collect()
}

pub(crate) fn found(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code.as_str() == code)
}

/// Which of the connections used the account.
pub(crate) fn attempts(report: &Report) -> Vec<bool> {
    let attempted =
        |made: &Connection| made.phases.credssp.as_ref().is_some_and(|record| record.evidence.attempted);
    report.trace.traced().map(attempted).collect()
}
