//! What is known of the target's address, and how this machine's packets get there.

use std::net::IpAddr;

use super::machine;
use crate::{
    diagnose::Facts,
    report::{ProxyEvidence, Route},
};

/// The address that was connected to, else those that were tried, else those of the name; none behind a proxy, where all of
/// them are the proxy's.
pub fn addresses(facts: &Facts<'_>) -> Vec<IpAddr> {
    let connect = facts.trace.described().and_then(|made| made.phases.connect.as_ref());
    if is_proxied(facts) {
        return Vec::new();
    }
    if let Some(peer) = connect.and_then(|record| record.evidence.peer) {
        return vec![peer.ip()];
    }
    let tried = connect.map(|record| record.evidence.attempts.iter().map(|attempt| attempt.address.ip()));
    let tried: Vec<IpAddr> = tried.into_iter().flatten().collect();
    if tried.is_empty() { resolved(facts) } else { tried }
}

/// The addresses that the system gave for the name; none for an address.
pub fn resolved(facts: &Facts<'_>) -> Vec<IpAddr> {
    let main = facts.trace.traced().next().filter(|_| !is_proxied(facts));
    let resolve = main.and_then(|made| made.phases.resolve.as_ref()).map(|record| &record.evidence);
    let named = resolve.filter(|evidence| !evidence.literal);
    named.into_iter().flat_map(|evidence| &evidence.addresses).map(|found| found.address).collect()
}

/// Whether the connection went to a proxy, and to the target only from there.
fn is_proxied(facts: &Facts<'_>) -> bool {
    proxied(facts).is_some()
}

/// The proxy that the connection went through.
pub fn proxied<'a>(facts: &Facts<'a>) -> Option<&'a ProxyEvidence> {
    let connect = facts.trace.described()?.phases.connect.as_ref()?;
    connect.evidence.proxy.as_ref()
}

/// The tunnel that this machine's packets to the target go through.
pub fn tunnel<'a>(facts: &Facts<'a>) -> Option<&'a Route> {
    route(facts).filter(|route| route.tunnel)
}

/// The way to the target.
pub fn route<'a>(facts: &Facts<'a>) -> Option<&'a Route> {
    let route = machine(facts).filter(|machine| !machine.from_files)?.route.as_ref()?;
    addresses(facts).contains(&route.destination).then_some(route)
}

/// Whether an address is one of the internet.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            // Of carriers (RFC 6598), of protocols (RFC 6890), of benchmarks (RFC 2544), which tunnels use too, and reserved.
            let special =
                matches!((a, b, c), (100, 64..128, _) | (192, 0, 0) | (198, 18..20, _) | (240.., ..));
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_documentation()
                || v4.is_multicast()
                || special)
        }
        // Global unicast (RFC 4291) without documentation (RFC 3849).
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            first & 0xE000 == 0x2000 && (first, second) != (0x2001, 0xDB8)
        }
    }
}
