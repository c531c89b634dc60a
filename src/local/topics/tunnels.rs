//! Tunnels that are up, such as those of a VPN, and whether the way to the target leads through one.

use std::net::IpAddr;

use super::{names, route};
use crate::{
    local::{Beside, Check, CheckResult, Survey},
    report::{Os::Linux, Role::Client},
};

/// More interfaces than this are not looked at.
const MOST: usize = 256;
const UP: u32 = 1;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("route-tunnels", Client, &[Linux], judge).beside(Beside::Way)];

fn judge(survey: &Survey<'_>) -> CheckResult {
    let interfaces = match survey.machine.folder("/sys/class/net") {
        Ok(Some(interfaces)) => interfaces,
        Ok(None) => return CheckResult::unknown("the interfaces of this machine are not listed"),
        Err(why) => return CheckResult::unreadable("/sys/class/net", &why),
    };
    let candidates = interfaces.into_iter().take(MOST).filter(|one| route::is_tunnel(survey, one));
    let tunnels: Vec<_> = candidates.filter(|one| is_up(survey, one)).collect();
    if tunnels.is_empty() {
        return CheckResult::ok("no tunnel is up on this machine");
    }
    let beside = names::address(survey).is_some_and(is_private)
        && route::route(survey).is_ok_and(|route| !route.tunnel);
    let result = if beside {
        CheckResult::warning("a tunnel is up, but the way to this private address does not lead through it")
    } else {
        CheckResult::ok("a tunnel is up on this machine")
    };
    result.seen(tunnels.join(", "))
}

fn is_up(survey: &Survey<'_>, interface: &str) -> bool {
    let flags = survey.machine.text(&format!("/sys/class/net/{interface}/flags")).ok().flatten();
    let flags = flags.and_then(|text| u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok());
    flags.is_some_and(|flags| flags & UP != 0)
}

/// Whether an address belongs to a network that is not the internet.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}
