//! The target that a machine is to reach, as its checks are told of it.

use std::net::IpAddr;

use super::beside::is_through_gateway;
use crate::report::Trace;

/// The target that the machine is to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A name or an address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The address that was connected to, where a trace knows it.
    pub reached: Option<IpAddr>,
    /// Whether it is reached without an RD Gateway; false where that is not known.
    pub is_direct: bool,
}

impl Target {
    /// A target that nothing was connected to.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, reached: None, is_direct: false }
    }

    /// The target of a trace that has ended; none of a report about a machine alone.
    pub fn of(trace: &Trace) -> Option<Self> {
        let target = trace.target.as_ref()?;
        let reached = trace.target_addresses().first().copied();
        Some(Self {
            host: target.host.clone(),
            port: target.port,
            reached,
            is_direct: !is_through_gateway(trace),
        })
    }

    /// The address, when the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}
