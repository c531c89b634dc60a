//! What is known of the target's address, and how this machine's packets get there.

use std::net::IpAddr;

use super::machine;
use crate::{diagnose::Facts, report::Route};

/// The tunnel that this machine's packets to the target go through.
pub(crate) fn tunnel<'a>(facts: &Facts<'a>) -> Option<&'a Route> {
    route(facts).filter(|route| route.tunnel)
}

/// The way to the target.
pub(crate) fn route<'a>(facts: &Facts<'a>) -> Option<&'a Route> {
    let route = machine(facts).filter(|machine| !machine.from_files)?.route.as_ref()?;
    facts.trace.target_addresses().contains(&route.destination).then_some(route)
}

/// Whether an address is one of the internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
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
