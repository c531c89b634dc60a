//! xrdp as the host on Linux: its settings, its key and certificate, and who has its port.

mod certificate;
mod key;
mod port;
mod settings;

use crate::{
    local::{Check, Survey},
    report::{Machine, Os::Linux, Role::Host},
};
use settings::INI;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("xrdp-security-layer", Host, &[Linux], settings::security_layer),
    Check::logic("xrdp-protocols", Host, &[Linux], settings::protocols),
    Check::logic("xrdp-certificate", Host, &[Linux], certificate::judge),
    Check::logic("xrdp-key", Host, &[Linux], key::judge),
    Check::logic("xrdp-services", Host, &[Linux], port::services),
    Check::logic("xrdp-listener", Host, &[Linux], port::listener),
    Check::logic("xrdp-rival", Host, &[Linux], port::rival),
];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    if survey.system() == Linux && machine.roles.contains(&Host) {
        machine.listener_certificate = certificate::sha1(survey);
    }
}

/// Whether xrdp is installed.
pub(super) fn is_host(survey: &Survey<'_>) -> bool {
    matches!(survey.machine.file(INI), Ok(Some(_)))
}
