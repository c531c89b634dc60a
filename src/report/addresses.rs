//! Which addresses of a trace are the target's.

use std::net::IpAddr;

use super::{ProxyEvidence, Trace};

impl Trace {
    /// The address that was connected to, else those that were tried, else those of the name; none behind a proxy, where all
    /// of them are the proxy's.
    pub fn target_addresses(&self) -> Vec<IpAddr> {
        let connect = self.described().and_then(|made| made.phases.connect.as_ref());
        if self.proxy().is_some() {
            return Vec::new();
        }
        if let Some(peer) = connect.and_then(|record| record.evidence.peer) {
            return vec![peer.ip()];
        }
        let tried = connect.map(|record| record.evidence.attempts.iter().map(|attempt| attempt.address.ip()));
        let tried: Vec<IpAddr> = tried.into_iter().flatten().collect();
        if tried.is_empty() { self.resolved_addresses() } else { tried }
    }

    /// The addresses that the system gave for the name; none for an address.
    pub fn resolved_addresses(&self) -> Vec<IpAddr> {
        let main = self.traced().next().filter(|_| self.proxy().is_none());
        let resolve = main.and_then(|made| made.phases.resolve.as_ref()).map(|record| &record.evidence);
        let named = resolve.filter(|evidence| !evidence.literal);
        named.into_iter().flat_map(|evidence| &evidence.addresses).map(|found| found.address).collect()
    }

    /// The proxy that the connection went through.
    pub fn proxy(&self) -> Option<&ProxyEvidence> {
        let connect = self.described()?.phases.connect.as_ref()?;
        connect.evidence.proxy.as_ref()
    }
}
