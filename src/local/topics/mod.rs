//! The checks by topic, and the facts that the topics gather.

mod address_order;
mod asked;
mod broker_log;
mod carried;
mod cipher_list;
mod client_attempts;
mod client_key;
mod client_license;
mod client_log;
mod client_policy;
mod clock;
mod credssp;
mod crypto_policy;
mod delegation;
mod disk;
mod event_log;
mod file_version;
mod firewall;
mod gateway_log;
mod host_firewall;
mod host_license;
mod host_log;
mod host_logons;
mod host_settings;
mod kerberos;
mod known_hosts;
mod listener;
mod listener_certificate;
mod local_network;
mod names;
mod network_filter;
mod ntlm;
mod program;
mod programs;
mod proxy;
mod resolv_conf;
mod resolver;
mod role;
mod roots;
mod route;
mod schannel;
mod search_domains;
mod services;
mod sign_in;
mod spans;
mod split_dns;
mod tunnels;
mod updates;
mod windows_proxy;
mod xrdp;

pub(crate) use role::{is_client_of_files, is_host, is_host_of_files};

use super::{
    beside::Beside,
    check::{Check, Matters, Test},
    survey::Survey,
};
use crate::report::{LocalCheck, Machine};

/// Every check, one slice a topic; reports keep this order.
pub(super) const CHECKS: &[&[Check]] = &[
    names::CHECKS,
    search_domains::CHECKS,
    resolver::CHECKS,
    address_order::CHECKS,
    split_dns::CHECKS,
    clock::CHECKS,
    route::CHECKS,
    tunnels::CHECKS,
    firewall::CHECKS,
    local_network::CHECKS,
    network_filter::CHECKS,
    proxy::CHECKS,
    windows_proxy::CHECKS,
    schannel::CHECKS,
    crypto_policy::CHECKS,
    roots::CHECKS,
    credssp::CHECKS,
    ntlm::CHECKS,
    sign_in::CHECKS,
    kerberos::CHECKS,
    known_hosts::CHECKS,
    client_key::CHECKS,
    client_policy::CHECKS,
    client_license::CHECKS,
    program::CHECKS,
    updates::CHECKS,
    programs::CHECKS,
    disk::CHECKS,
    client_log::CHECKS,
    services::CHECKS,
    listener::CHECKS,
    listener_certificate::CHECKS,
    host_settings::CHECKS,
    host_firewall::CHECKS,
    host_license::CHECKS,
    host_log::CHECKS,
    host_logons::CHECKS,
    gateway_log::CHECKS,
    broker_log::CHECKS,
    xrdp::CHECKS,
];

/// What a topic learns for a comparison with the wire.
type Learn = fn(&Survey<'_>, &mut Machine);

/// What each topic learns, and beside which traces.
pub(super) const FACTS: &[(Beside, Learn)] = &[
    (Beside::Name, names::learn),
    (Beside::Every, search_domains::learn),
    (Beside::Clock, clock::learn),
    (Beside::Way, route::learn),
    (Beside::Every, proxy::learn),
    (Beside::Way, proxy::learn_system),
    (Beside::Every, windows_proxy::learn),
    (Beside::Every, schannel::learn),
    (Beside::Every, crypto_policy::learn),
    (Beside::Every, credssp::learn),
    (Beside::Every, known_hosts::learn),
    (Beside::Every, client_key::learn),
    (Beside::Every, client_policy::learn),
    (Beside::Every, client_log::learn),
    (Beside::Every, listener_certificate::learn),
    (Beside::Every, xrdp::learn),
];

/// Every check of every role and system.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().copied().flatten()
}

/// Makes a check.
pub(super) fn make(check: &Check, survey: &Survey<'_>) -> LocalCheck {
    let result = match check.test {
        Test::Setting(setting) => setting.judge(survey),
        Test::Logic(logic) => logic(survey),
    };
    let excuse = result.status.severity().and_then(|_| excuse(check.matters, survey));
    let result = match excuse {
        Some(why) => result.excused(why),
        None => result,
    };
    result.named(check.code, Some(check.role))
}

/// Why a value does not matter here.
fn excuse(matters: Matters, survey: &Survey<'_>) -> Option<&'static str> {
    match matters {
        Matters::Always => None,
        Matters::BehindGateway => survey
            .target
            .is_some_and(|target| target.is_direct)
            .then_some("there is no gateway on the way to this target"),
        Matters::WithEntra => sign_in::knows_no_entra(survey)
            .then_some("this machine and its user are joined to no Entra tenant"),
    }
}
