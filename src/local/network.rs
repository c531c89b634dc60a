//! A network as people write it: an address and the length of its prefix, or an address alone.

use std::net::IpAddr;

use ipnet::IpNet;

/// Whether the address is in it; none if it is no network.
pub(super) fn holds(network: &str, address: IpAddr) -> Option<bool> {
    let alone = || network.parse::<IpAddr>().map(|alone| alone.to_canonical().into());
    let network: IpNet = network.parse().or_else(|_| alone()).ok()?;
    Some(network.contains(&address))
}
