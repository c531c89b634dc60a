//! The way to the target as the system's table has it: interface, tunnel, largest packet. Nothing is sent.

use std::net::IpAddr;

use super::names;
use crate::{
    local::{Beside, Check, Said, Scene},
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
pub const CHECKS: &[Check] = &[
    Check::logic("route-to-target", Client, &[Windows, Linux, Macos], to_target).beside(Beside::Way),
    Check::logic("route-mtu", Client, &[Windows, Linux, Macos], mtu).beside(Beside::Way),
];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    machine.route = route(scene).ok();
}

/// The way to the target, or why there is none to tell.
pub fn route(scene: &Scene<'_>) -> Result<Route, Said> {
    let Some(address) = names::address(scene) else {
        return Err(Said::not_applicable(
            "no address of a target was given, and the checks look up no names",
        ));
    };
    match scene.system() {
        Windows => on_windows(scene, address),
        Linux => on_linux(scene, address),
        Macos => on_macos(scene, address),
    }
}

/// Whether an interface is a tunnel, by its name or by its kind.
pub fn is_tunnel(scene: &Scene<'_>, interface: &str) -> bool {
    let named = TUNNELS.iter().any(|start| {
        interface
            .strip_prefix(start)
            .is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphabetic()))
    });
    named || device(scene, interface, "type").is_some_and(|kind| KINDS.contains(&kind.as_str()))
}

fn to_target(scene: &Scene<'_>) -> Said {
    match route(scene) {
        Err(said) => said,
        Ok(route) if route.tunnel => {
            Said::ok(format!("the way to {} leads through a tunnel", route.destination)).seen(route.interface)
        }
        Ok(route) => Said::ok(format!("there is a way to {}", route.destination)).seen(route.interface),
    }
}

fn mtu(scene: &Scene<'_>) -> Said {
    let route = match route(scene) {
        Ok(route) => route,
        Err(said) if said.status == crate::report::CheckStatus::Error => {
            return Said::not_applicable("there is no way to the target");
        }
        Err(said) => return said,
    };
    let Some(mtu) = route.mtu else {
        return Said::unknown(format!("the largest packet of {} is not known", route.interface));
    };
    let said = if mtu < NEEDED {
        Said::warning(
            "packets to the target are very small; a device on the path that drops larger ones is likely",
        )
    } else if mtu < USUAL && !route.tunnel {
        Said::warning("packets to the target are smaller than tunnels need, and this is none")
    } else {
        Said::ok("packets to the target have a usual size")
    };
    said.seen(format!("{mtu} bytes on {}", route.interface))
}

fn on_windows(scene: &Scene<'_>, address: IpAddr) -> Result<Route, Said> {
    let found = match scene.host.interface(address) {
        Ok(Some(found)) => found,
        Ok(None) => return Err(Said::error(format!("this machine has no route to {address}"))),
        Err(why) => return Err(Said::unreadable("the route", &why)),
    };
    let driver = found.description.to_ascii_lowercase();
    let tunnel = TYPES.contains(&found.kind) || DRIVERS.iter().any(|word| driver.contains(word));
    let interface = format!("{} ({})", found.name, found.description);
    Ok(Route { destination: address, interface, tunnel, mtu: Some(found.mtu) })
}

fn on_linux(scene: &Scene<'_>, address: IpAddr) -> Result<Route, Said> {
    let output = match scene.command(&format!("ip -j route get {address}")) {
        Ok(Some(output)) => output,
        Ok(None) => return Err(Said::unknown("there is no ip command to ask for the route")),
        Err(why) => return Err(Said::unreadable("the route", &why)),
    };
    // 2 is the kernel's refusal, 1 that the command was not understood.
    if output.code == 2 {
        return Err(Said::error(format!("this machine has no route to {address}")));
    }
    let routes: serde_json::Value = serde_json::from_str(&output.text).unwrap_or_default();
    let Some(interface) = routes[0]["dev"].as_str() else {
        return Err(Said::unknown("what ip says of the route is not understood"));
    };
    let path = routes[0]["metrics"][0]["mtu"].as_u64().and_then(|mtu| u32::try_from(mtu).ok());
    let mtu = path.or_else(|| device(scene, interface, "mtu")?.parse().ok());
    let tunnel = is_tunnel(scene, interface);
    Ok(Route { destination: address, interface: interface.to_owned(), tunnel, mtu })
}

fn on_macos(scene: &Scene<'_>, address: IpAddr) -> Result<Route, Said> {
    let family = if address.is_ipv6() { "-inet6 " } else { "" };
    let output = match scene.command(&format!("route -n get {family}{address}")) {
        Ok(Some(output)) => output,
        Ok(None) => return Err(Said::unknown("there is no route command to ask")),
        Err(why) => return Err(Said::unreadable("the route", &why)),
    };
    let lines = || output.text.lines().map(str::trim);
    let Some(interface) = lines().find_map(|line| line.strip_prefix("interface:")).map(str::trim) else {
        return Err(Said::error(format!("this machine has no route to {address}")));
    };
    // The values stand below a line of their names.
    let column = lines().find_map(|line| line.split_whitespace().position(|word| word == "mtu"));
    let mtu = column.and_then(|column| {
        let values = lines().skip_while(|line| !line.contains("mtu")).nth(1)?;
        values.split_whitespace().nth(column)?.parse().ok()
    });
    let tunnel = is_tunnel(scene, interface);
    Ok(Route { destination: address, interface: interface.to_owned(), tunnel, mtu })
}

/// A value of an interface in `/sys`.
fn device(scene: &Scene<'_>, interface: &str, name: &str) -> Option<String> {
    if scene.system() != Linux || interface.contains(['/', '%', '~']) || interface.starts_with('.') {
        return None;
    }
    let text = scene.host.text(&format!("/sys/class/net/{interface}/{name}")).ok()??;
    Some(text.trim().to_owned())
}
