//! The way to the target as the system's table has it: interface, tunnel, largest packet. Nothing is sent.

use std::net::IpAddr;

use super::names;
use crate::{
    local::{Beside, Check, CheckResult, Survey},
    report::{
        Machine,
        Os::{Linux, Macos, Windows},
        Role::Client,
        Route,
    },
};

/// IPv6 needs it, and less is seldom meant.
const NEEDED: u32 = 1280;
/// A network that is no tunnel carries more.
const USUAL: u32 = 1400;

const TUNNELS: &[&str] = &[
    "tun",
    "tap",
    "wg",
    "utun",
    "ppp",
    "ipsec",
    "nordlynx",
    "tailscale",
    "zt",
    "gpd",
    "vpn",
    "cscotun",
    "proton",
    "wt",
    "xfrm",
    "vti",
    "gre",
    "sit",
    "ip6tnl",
    "mullvad",
    "CloudflareWARP",
];
/// Numbers of `linux/if_arp.h`: ppp, three kinds of tunnels, GRE, and none, which WireGuard and tun have.
const KINDS: &[&str] = &["512", "768", "769", "776", "778", "65534"];
/// IANA ifType: ppp, propVirtual, which WireGuard and its kin have, and tunnel.
const TYPES: &[u32] = &[23, 53, 131];
/// Words of drivers of tunnels that call themselves Ethernet.
const DRIVERS: &[&str] = &[
    "vpn",
    "tap-windows",
    "tap-win32",
    "wireguard",
    "wintun",
    "tailscale",
    "zerotier",
    "anyconnect",
    "cisco secure client",
    "pangp",
    "fortinet",
    "juniper networks",
    "pulse secure",
    "check point virtual",
    "netextender",
    "zscaler",
];

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("route-to-target", Client, &[Windows, Linux, Macos], to_target).beside(Beside::Way),
    Check::logic("route-mtu", Client, &[Windows, Linux, Macos], mtu).beside(Beside::Way),
];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    machine.route = route(survey).ok();
}

/// The way to the target, or why there is none to tell.
pub(super) fn route(survey: &Survey<'_>) -> Result<Route, CheckResult> {
    let Some(address) = names::address(survey) else {
        return Err(CheckResult::not_applicable(
            "no address of a target was given, and the checks look up no names",
        ));
    };
    match survey.system() {
        Windows => on_windows(survey, address),
        Linux => on_linux(survey, address),
        Macos => on_macos(survey, address),
    }
}

/// Whether an interface is a tunnel, by its name or by its kind.
pub(super) fn is_tunnel(survey: &Survey<'_>, interface: &str) -> bool {
    let named = TUNNELS.iter().any(|start| {
        interface
            .strip_prefix(start)
            .is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphabetic()))
    });
    named || device(survey, interface, "type").is_some_and(|kind| KINDS.contains(&kind.as_str()))
}

fn to_target(survey: &Survey<'_>) -> CheckResult {
    match route(survey) {
        Err(result) => result,
        Ok(route) if route.tunnel => {
            CheckResult::ok(format!("the way to {} leads through a tunnel", route.destination))
                .seen(route.interface)
        }
        Ok(route) => {
            CheckResult::ok(format!("there is a way to {}", route.destination)).seen(route.interface)
        }
    }
}

fn mtu(survey: &Survey<'_>) -> CheckResult {
    let route = match route(survey) {
        Ok(route) => route,
        Err(result) if result.status == crate::report::CheckStatus::Error => {
            return CheckResult::not_applicable("there is no way to the target");
        }
        Err(result) => return result,
    };
    let Some(mtu) = route.mtu else {
        return CheckResult::unknown(format!("the largest packet of {} is not known", route.interface));
    };
    let result = if mtu < NEEDED {
        CheckResult::warning(
            "packets to the target are very small; a device on the path that drops larger ones is likely",
        )
    } else if mtu < USUAL && !route.tunnel {
        CheckResult::warning("packets to the target are smaller than tunnels need, and this is none")
    } else {
        CheckResult::ok("packets to the target have a usual size")
    };
    result.seen(format!("{mtu} bytes on {}", route.interface))
}

fn on_windows(survey: &Survey<'_>, address: IpAddr) -> Result<Route, CheckResult> {
    let found = match survey.machine.interface(address) {
        Ok(Some(found)) => found,
        Ok(None) => return Err(CheckResult::error(format!("this machine has no route to {address}"))),
        Err(why) => return Err(CheckResult::unreadable("the route", &why)),
    };
    let driver = found.description.to_ascii_lowercase();
    let tunnel = TYPES.contains(&found.kind) || DRIVERS.iter().any(|word| driver.contains(word));
    let interface = format!("{} ({})", found.name, found.description);
    Ok(Route { destination: address, interface, tunnel, mtu: Some(found.mtu) })
}

fn on_linux(survey: &Survey<'_>, address: IpAddr) -> Result<Route, CheckResult> {
    let output = match survey.command(&format!("ip -j route get {address}")) {
        Ok(Some(output)) => output,
        Ok(None) => return Err(CheckResult::unknown("there is no ip command to ask for the route")),
        Err(why) => return Err(CheckResult::unreadable("the route", &why)),
    };
    // 2 is the kernel's refusal, 1 that the command was not understood.
    if output.code == 2 {
        return Err(CheckResult::error(format!("this machine has no route to {address}")));
    }
    let routes: serde_json::Value = serde_json::from_str(&output.text).unwrap_or_default();
    let Some(interface) = routes[0]["dev"].as_str() else {
        return Err(CheckResult::unknown("what ip says of the route is not understood"));
    };
    let path = routes[0]["metrics"][0]["mtu"].as_u64().and_then(|mtu| u32::try_from(mtu).ok());
    let mtu = path.or_else(|| device(survey, interface, "mtu")?.parse().ok());
    let tunnel = is_tunnel(survey, interface);
    Ok(Route { destination: address, interface: interface.to_owned(), tunnel, mtu })
}

fn on_macos(survey: &Survey<'_>, address: IpAddr) -> Result<Route, CheckResult> {
    let family = if address.is_ipv6() { "-inet6 " } else { "" };
    let output = match survey.command(&format!("route -n get {family}{address}")) {
        Ok(Some(output)) => output,
        Ok(None) => return Err(CheckResult::unknown("there is no route command to ask")),
        Err(why) => return Err(CheckResult::unreadable("the route", &why)),
    };
    let lines = || output.text.lines().map(str::trim);
    let Some(interface) = lines().find_map(|line| line.strip_prefix("interface:")).map(str::trim) else {
        return Err(CheckResult::error(format!("this machine has no route to {address}")));
    };
    // The values stand below a line of their names.
    let column = lines().find_map(|line| line.split_whitespace().position(|word| word == "mtu"));
    let mtu = column.and_then(|column| {
        let values = lines().skip_while(|line| !line.contains("mtu")).nth(1)?;
        values.split_whitespace().nth(column)?.parse().ok()
    });
    let tunnel = is_tunnel(survey, interface);
    Ok(Route { destination: address, interface: interface.to_owned(), tunnel, mtu })
}

/// A value of an interface in `/sys`.
fn device(survey: &Survey<'_>, interface: &str, name: &str) -> Option<String> {
    if survey.system() != Linux || interface.contains(['/', '%', '~']) || interface.starts_with('.') {
        return None;
    }
    let text = survey.machine.text(&format!("/sys/class/net/{interface}/{name}")).ok()??;
    Some(text.trim().to_owned())
}
