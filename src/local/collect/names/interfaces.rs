//! Names of network interfaces that people gave them; those that systems give tell nothing.

use super::Names;

/// What systems call interfaces, before a number or a place on a bus.
const USUAL: &[&str] = &[
    "lo",
    "eth",
    "en",
    "wl",
    "ww",
    "usb",
    "ib",
    "tun",
    "tap",
    "wg",
    "utun",
    "ppp",
    "sit",
    "gre",
    "ip6tnl",
    "zt",
    "br",
    "bond",
    "team",
    "vlan",
    "vmnet",
    "vboxnet",
    "virbr",
    "vnet",
    "veth",
    "docker",
    "lxc",
    "lxd",
    "cni",
    "flannel",
    "cali",
    "podman",
    "dummy",
    "tailscale",
    "bridge",
    "awdl",
    "llw",
    "anpi",
    "ap",
    "gif",
    "stf",
];

/// Looks through the names of `/sys/class/net`.
pub(super) fn look(names: &mut Names, found: &[String]) {
    found.iter().filter(|name| !is_usual(name)).for_each(|name| names.interface(name));
}

fn is_usual(name: &str) -> bool {
    USUAL.iter().any(|start| {
        let rest = name.strip_prefix(start);
        // `enp3s0`, `eno1np0`, `enx00a1b2c3d4e5`, `eth0.100`.
        let is_place = |c: char| c.is_ascii_hexdigit() || "fnopsxviu.".contains(c);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.contains(|c: char| c.is_ascii_digit()) && rest.chars().all(is_place)
        })
    })
}
