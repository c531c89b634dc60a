//! The checks by topic, and the facts that the topics gather.

mod asked;
mod credssp;
mod host_firewall;
mod host_license;
mod host_log;
mod host_logons;
mod host_settings;
mod listener;
mod listener_certificate;
mod names;
mod services;

use super::{Check, Scene};
use crate::report::{Machine, Os};

/// Every check, one slice a topic.
pub const CHECKS: &[&[Check]] = &[
    names::CHECKS,
    credssp::CHECKS,
    services::CHECKS,
    listener::CHECKS,
    listener_certificate::CHECKS,
    host_settings::CHECKS,
    host_firewall::CHECKS,
    host_license::CHECKS,
    host_log::CHECKS,
    host_logons::CHECKS,
];

/// What each topic learns for a comparison with the wire.
pub const FACTS: &[fn(&Scene<'_>, &mut Machine)] =
    &[names::learn, credssp::learn, listener_certificate::learn];

/// Whether the machine lets others connect to it.
pub fn is_host(scene: &Scene<'_>) -> bool {
    match scene.system() {
        Os::Windows => listener::serves(scene),
        Os::Linux | Os::Macos => false,
    }
}
