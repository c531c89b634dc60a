//! The checks by topic, and the facts that the topics gather.

mod client_attempts;
mod client_key;
mod client_license;
mod client_log;
mod client_policy;
mod credssp;
mod delegation;
mod disk;
mod file_version;
mod names;
mod ntlm;
mod program;
mod schannel;
mod updates;
mod windows_proxy;

use super::{Check, Scene};
use crate::report::Machine;

/// Every check, one slice a topic.
pub const CHECKS: &[&[Check]] = &[
    names::CHECKS,
    credssp::CHECKS,
    ntlm::CHECKS,
    schannel::CHECKS,
    client_key::CHECKS,
    client_policy::CHECKS,
    client_license::CHECKS,
    windows_proxy::CHECKS,
    program::CHECKS,
    updates::CHECKS,
    disk::CHECKS,
    client_log::CHECKS,
];

/// What each topic learns for a comparison with the wire.
pub const FACTS: &[fn(&Scene<'_>, &mut Machine)] = &[
    names::learn,
    credssp::learn,
    schannel::learn,
    client_key::learn,
    windows_proxy::learn,
    client_log::learn,
];

/// Whether the machine lets others connect to it.
pub fn is_host(_scene: &Scene<'_>) -> bool {
    false
}
