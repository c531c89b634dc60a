//! What each host is asked, and what no scan asks.

use crate::{
    cli::{
        Error,
        arguments::scan::{AskedArguments, ScanArguments},
    },
    codes::Phase,
    destination::RdpFile,
    gateway_of, honour, honour_route,
    settings::{Experiments, Gateway, LicensePolicy, Security, Settings},
};

/// Refuses what makes no sense for many hosts.
///
/// # Errors
/// It was asked for.
pub(super) fn refuse(arguments: &ScanArguments) -> Result<(), Error> {
    let further = arguments.output.reports.iter().map(|(format, _)| *format);
    let mut formats = [arguments.output.chosen()].into_iter().chain(further);
    if let Some(format) = formats.find(|format| !format.takes_many()) {
        return Err(Error::new(format!(
            "{} is the report of one host: a scan writes text, ndjson, junit or html",
            format!("{format:?}").to_lowercase()
        )));
    }
    if arguments.promises.write_policy.is_some() {
        return Err(Error::new(
            "--write-policy is made from the report of one host: trace or posture writes it",
        ));
    }
    match arguments.asked.until {
        Some(Phase::Activate) => {
            Err(Error::new("a scan begins no session on any host: --until licensing is the last"))
        }
        Some(Phase::Gateway) => {
            Err(Error::new("--until gateway is for trace: a scan has no gateway of its own"))
        }
        _ => Ok(()),
    }
}

/// The settings of every host.
///
/// # Errors
/// The file of trust anchors cannot be read.
pub(super) fn settings(arguments: &ScanArguments) -> Result<Settings, Error> {
    let asked = &arguments.asked;
    let usual = Settings::default();
    let deadline = usual.limits.deadline.max(arguments.pace.timeout);
    let license = if asked.posture { LicensePolicy::Stop } else { usual.depth.license };
    Ok(usual
        .anchors(arguments.anchors.anchors()?)
        .timeout(arguments.pace.timeout)
        .deadline(deadline)
        .license(license)
        .until(asked.until)
        .experiments(Experiments::Off)
        .security(asked.security.map_or(Security::Auto, Security::from)))
}

/// The same for a host that an .rdp file names; a gateway that it demands gets neither an account nor a token.
pub(super) fn honoured(file: &RdpFile, settings: &Settings, asked: &AskedArguments) -> Settings {
    if asked.posture {
        return honour_route(file, settings.clone());
    }
    let gateway = gateway_of(file).map(|gateway| Gateway::new(gateway.endpoint));
    let mut settings = honour(file, settings.clone()).gateway(gateway);
    settings.offer.nla |= asked.security.is_some();
    settings
}
