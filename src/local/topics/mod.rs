//! The checks by topic, and the facts that the topics gather.

mod clock;
mod credssp;
mod crypto_policy;
mod firewall;
mod kerberos;
mod known_hosts;
mod local_network;
mod names;
mod programs;
mod proxy;
mod resolver;
mod roots;
mod route;
mod search_domains;
mod split_dns;
mod tunnels;
mod xrdp;

use super::{Check, Scene};
use crate::report::{
    Machine,
    Os::{Linux, Macos, Windows},
};

/// Every check, one slice a topic.
pub const CHECKS: &[&[Check]] = &[
    names::CHECKS,
    search_domains::CHECKS,
    resolver::CHECKS,
    split_dns::CHECKS,
    clock::CHECKS,
    route::CHECKS,
    tunnels::CHECKS,
    firewall::CHECKS,
    local_network::CHECKS,
    proxy::CHECKS,
    crypto_policy::CHECKS,
    roots::CHECKS,
    known_hosts::CHECKS,
    kerberos::CHECKS,
    programs::CHECKS,
    credssp::CHECKS,
    xrdp::CHECKS,
];

/// What each topic learns for a comparison with the wire.
pub const FACTS: &[fn(&Scene<'_>, &mut Machine)] = &[
    names::learn,
    search_domains::learn,
    clock::learn,
    route::learn,
    proxy::learn,
    crypto_policy::learn,
    known_hosts::learn,
    credssp::learn,
    xrdp::learn,
];

/// Whether the machine lets others connect to it.
pub fn is_host(scene: &Scene<'_>) -> bool {
    match scene.system() {
        Linux => xrdp::is_host(scene),
        Macos | Windows => false,
    }
}
