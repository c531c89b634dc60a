//! Which hosts a table of a policy is about.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::{
    endpoint::{DEFAULT_PORT, bracketed},
    report::{Connection, Report, TargetRecord},
};

/// Hosts that are promised the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hosts {
    /// One by its name or address, on this port or on any.
    One(String, Option<u16>),
    /// Those of a domain, by what their names end in.
    Below(String),
    /// Those of a network.
    Network(IpNet),
}

impl Hosts {
    /// A host, `host:port`, `[v6]:port`, `*.domain` or a network; none for what is none of these.
    pub(super) fn of(text: &str) -> Option<Self> {
        if let Some(domain) = text.strip_prefix("*.") {
            return is_name(domain).then(|| Self::Below(format!(".{}", plain(domain))));
        }
        if text.contains('/') {
            return text.parse().ok().map(Self::Network);
        }
        if let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Some(Self::One(address.to_string(), None));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0)?)),
            None => (text, None),
        };
        match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(address) => address.parse().ok().map(|address: IpAddr| Self::One(address.to_string(), port)),
            None => is_name(host).then(|| Self::One(plain(host), port)),
        }
    }

    /// Whether a target is one of them.
    pub(super) fn has(&self, Known { host, port: own_port, address }: &Known) -> bool {
        match self {
            Self::One(own, port) => own == host && port.is_none_or(|port| port == *own_port),
            Self::Below(domain) => host.len() > domain.len() && host.ends_with(domain.as_str()),
            Self::Network(network) => address.is_some_and(|own| network.contains(&own)),
        }
    }
}

/// The target of a report, as it is looked for among many hosts.
pub(super) struct Known {
    host: String,
    port: u16,
    address: Option<IpAddr>,
}

impl Known {
    /// That of a report; none where only a machine was checked.
    pub(super) fn of(report: &Report) -> Option<Self> {
        let target = report.trace.target.as_ref()?;
        Some(Self { host: plain(&target.host), port: target.port, address: address(report, target) })
    }
}

/// As a policy names the target of a report, with its port where that is not the usual one.
pub(super) fn named(target: &TargetRecord) -> String {
    match target.port {
        DEFAULT_PORT => target.host.clone(),
        port => format!("{}:{port}", bracketed(&target.host)),
    }
}

/// Without regard to case and a final dot.
fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn is_name(text: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || matches!(c, '*' | ':' | '/' | '[' | ']' | '@');
    !text.trim_matches('.').is_empty() && !text.contains(is_odd)
}

/// The address of the target, or the one that its name led to.
fn address(report: &Report, target: &TargetRecord) -> Option<IpAddr> {
    let connected = |made: &Connection| {
        let connect = &made.phases.connect.as_ref()?.evidence;
        connect.peer.filter(|_| connect.proxy.is_none()).map(|peer| peer.ip().to_canonical())
    };
    target.host.parse().ok().or_else(|| report.trace.traced().find_map(connected))
}
