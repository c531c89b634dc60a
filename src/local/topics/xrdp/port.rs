//! The services of xrdp, and who has its port.

use super::settings::settings;
use crate::local::{Said, Scene, ServiceState, StartType};

const NAMES: &[&str] = &["xrdp", "xrdp-sesman"];
const RIVAL: &str = "gnome-remote-desktop";
/// The kernel keeps 15 characters of a program's name.
const RIVAL_SHORT: &str = "gnome-remote-de";

pub fn services(scene: &Scene<'_>) -> Said {
    if let Err(said) = settings(scene) {
        return said;
    }
    let (mut stopped, mut disabled) = (Vec::new(), Vec::new());
    for name in NAMES {
        match scene.host.service(name) {
            Err(why) => return Said::unreadable("the services of xrdp", &why),
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
        Said::error("a service of xrdp does not run").seen(stopped.join(", "))
    } else if !disabled.is_empty() {
        Said::warning("xrdp runs now, and will not after the next start of the system")
            .seen(disabled.join(", "))
    } else {
        Said::ok("xrdp and its session manager run")
    }
}

pub fn listener(scene: &Scene<'_>) -> Said {
    let settings = match settings(scene) {
        Ok(settings) => settings,
        Err(said) => return said,
    };
    let port = match settings.port() {
        Ok(Some(port)) => port,
        Ok(None) => return Said::not_applicable("xrdp is told to listen on no TCP port"),
        Err(strange) => {
            return Said::unknown("the port that xrdp is told to listen on is not understood").seen(strange);
        }
    };
    match scene.host.listener(port) {
        Err(why) => Said::unreadable(&format!("who listens on port {port}"), &why),
        Ok(None) => Said::error(format!("nobody listens on port {port}, which xrdp.ini names")),
        Ok(Some(owner)) => match owner.program {
            None => {
                Said::unknown(format!("port {port} is listened on; by whom is told to administrators only"))
            }
            Some(program) if program == NAMES[0] => Said::ok(format!("xrdp listens on port {port}")),
            Some(program) => {
                Said::error(format!("another program than xrdp listens on port {port}")).seen(program)
            }
        },
    }
}

pub fn rival(scene: &Scene<'_>) -> Said {
    let port = match settings(scene) {
        Ok(settings) => settings.port().ok().flatten(),
        Err(said) => return said,
    };
    let holds = port.is_some_and(|port| {
        let owner = scene.host.listener(port).ok().flatten();
        owner
            .and_then(|owner| owner.program)
            .is_some_and(|program| program == RIVAL_SHORT || program == RIVAL)
    });
    if holds {
        return Said::warning("gnome-remote-desktop has the port of xrdp").seen(RIVAL);
    }
    match scene.host.service(RIVAL) {
        Err(why) => Said::unreadable(RIVAL, &why),
        Ok(Some(service)) if service.state == ServiceState::Running => {
            Said::warning("gnome-remote-desktop runs beside xrdp, and both want port 3389")
        }
        Ok(_) => Said::ok("gnome-remote-desktop does not run beside xrdp"),
    }
}
