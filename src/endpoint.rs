//! A host and a port, and how both are written together. Pure.

use std::{fmt, net::IpAddr};

/// The port of Remote Desktop (MS-RDPBCGR 2.1).
pub const DEFAULT_PORT: u16 = 3389;

/// The port of HTTPS, on which RD Gateways and KDC proxies listen.
pub const HTTPS_PORT: u16 = 443;

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A name or an address, without brackets.
    pub host: String,
    /// TCP or UDP port.
    pub port: u16,
}

impl Endpoint {
    /// This port of this host.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port }
    }

    /// The address, if the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether both lead to the same place: names are the same in any case.
    pub fn is_same(&self, other: &Self) -> bool {
        self.host.eq_ignore_ascii_case(&other.host) && self.port == other.port
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&place(&self.host, self.port))
    }
}

/// Host and port as they are written together, an IPv6 address in brackets.
pub fn place(host: &str, port: u16) -> String {
    format!("{}:{port}", bracketed(host))
}

/// The host as it is written before a port, an IPv6 address in brackets.
pub fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}
