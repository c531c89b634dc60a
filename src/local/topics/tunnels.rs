//! Tunnels that are up, such as those of a VPN, and whether the way to the target leads through one.

use std::net::IpAddr;

use super::{names, route};
use crate::{
    local::{Beside, Check, Said, Scene},
    report::{Os::Linux, Role::Client},
};

/// More interfaces than this are not looked at.
const MOST: usize = 256;
const UP: u32 = 1;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[Check::logic("route-tunnels", Client, &[Linux], judge).beside(Beside::Way)];

fn judge(scene: &Scene<'_>) -> Said {
    let interfaces = match scene.host.folder("/sys/class/net") {
        Ok(Some(interfaces)) => interfaces,
        Ok(None) => return Said::unknown("the interfaces of this machine are not listed"),
        Err(why) => return Said::unreadable("/sys/class/net", &why),
    };
    let candidates = interfaces.into_iter().take(MOST).filter(|one| route::is_tunnel(scene, one));
    let tunnels: Vec<_> = candidates.filter(|one| is_up(scene, one)).collect();
    if tunnels.is_empty() {
        return Said::ok("no tunnel is up on this machine");
    }
    let beside =
        names::address(scene).is_some_and(is_private) && route::route(scene).is_ok_and(|route| !route.tunnel);
    let said = if beside {
        Said::warning("a tunnel is up, but the way to this private address does not lead through it")
    } else {
        Said::ok("a tunnel is up on this machine")
    };
    said.seen(tunnels.join(", "))
}

fn is_up(scene: &Scene<'_>, interface: &str) -> bool {
    let flags = scene.host.text(&format!("/sys/class/net/{interface}/flags")).ok().flatten();
    let flags = flags.and_then(|text| u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok());
    flags.is_some_and(|flags| flags & UP != 0)
}

/// Whether an address belongs to a network that is not the internet.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}
