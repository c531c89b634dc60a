//! The services of xrdp, and who has its port.

use super::settings::settings;
use crate::local::{CheckResult, ServiceState, StartType, Survey};

const NAMES: &[&str] = &["xrdp", "xrdp-sesman"];
const RIVAL: &str = "gnome-remote-desktop";
/// The kernel keeps 15 characters of a program's name.
const RIVAL_SHORT: &str = "gnome-remote-de";

pub(super) fn services(survey: &Survey<'_>) -> CheckResult {
    if let Err(result) = settings(survey) {
        return result;
    }
    let (mut stopped, mut disabled) = (Vec::new(), Vec::new());
    for name in NAMES {
        match survey.machine.service(name) {
            Err(why) => return CheckResult::unreadable("the services of xrdp", &why),
            Ok(Some(service)) if service.state == ServiceState::Running => {
                // sesman is started by xrdp's own unit.
                if *name == NAMES[0] && service.start != Some(StartType::Automatic) {
                    disabled.push(*name);
                }
            }
            Ok(_) => stopped.push(*name),
        }
    }
    if !stopped.is_empty() {
        CheckResult::error("a service of xrdp does not run").seen(stopped.join(", "))
    } else if !disabled.is_empty() {
        CheckResult::warning("xrdp runs now, and will not after the next start of the system")
            .seen(disabled.join(", "))
    } else {
        CheckResult::ok("xrdp and its session manager run")
    }
}

pub(super) fn listener(survey: &Survey<'_>) -> CheckResult {
    let settings = match settings(survey) {
        Ok(settings) => settings,
        Err(result) => return result,
    };
    let port = match settings.port() {
        Ok(Some(port)) => port,
        Ok(None) => return CheckResult::not_applicable("xrdp is told to listen on no TCP port"),
        Err(strange) => {
            return CheckResult::unknown("the port that xrdp is told to listen on is not understood")
                .seen(strange);
        }
    };
    match survey.machine.listener(port) {
        Err(why) => CheckResult::unreadable(&format!("who listens on port {port}"), &why),
        Ok(None) => CheckResult::error(format!("nobody listens on port {port}, which xrdp.ini names")),
        Ok(Some(owner)) => match owner.program {
            None => CheckResult::unknown(format!(
                "port {port} is listened on; by whom is told to administrators only"
            )),
            Some(program) if program == NAMES[0] => CheckResult::ok(format!("xrdp listens on port {port}")),
            Some(program) => {
                CheckResult::error(format!("another program than xrdp listens on port {port}")).seen(program)
            }
        },
    }
}

pub(super) fn rival(survey: &Survey<'_>) -> CheckResult {
    let port = match settings(survey) {
        Ok(settings) => settings.port().ok().flatten(),
        Err(result) => return result,
    };
    let holds = port.is_some_and(|port| {
        let owner = survey.machine.listener(port).ok().flatten();
        owner
            .and_then(|owner| owner.program)
            .is_some_and(|program| program == RIVAL_SHORT || program == RIVAL)
    });
    if holds {
        return CheckResult::warning("gnome-remote-desktop has the port of xrdp").seen(RIVAL);
    }
    match survey.machine.service(RIVAL) {
        Err(why) => CheckResult::unreadable(RIVAL, &why),
        Ok(Some(service)) if service.state == ServiceState::Running => {
            CheckResult::warning("gnome-remote-desktop runs beside xrdp, and both want port 3389")
        }
        Ok(_) => CheckResult::ok("gnome-remote-desktop does not run beside xrdp"),
    }
}
