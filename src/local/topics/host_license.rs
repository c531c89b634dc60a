//! The licensing of a Windows host; all of it is read only, and nothing here helps to do without licenses.

use super::{
    asked::{Judged, Layered, answer, number, said, value},
    host_log::{ADMIN, RCM},
    listener::{POLICY, TERMINAL_SERVER},
    spans::span,
};
use crate::{
    local::{Check, Said, Scene, Value},
    report::{Os::Windows, Role::Host},
};

const SYSTEM: &str = "System";
const CORE: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\RCM\Licensing Core";
const RCM_KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\RCM";
const GRACE: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\RCM\GracePeriod";
const TIMER: &str = "L$RTMTIMEBOMB_1320153D-8DA3-4e8e-B27B-0D888223A588";
const SERVERS: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\TermService\Parameters\LicenseServers";
/// What the license server gave this host.
const CERTIFICATES: [&str; 4] =
    ["Certificate", "X509 Certificate", "X509 Certificate ID", "X509 Certificate2"];
/// The grace period is over, without a mode or without a server.
const GRACE_OVER: [u32; 2] = [1069, 50_280];

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("license-mode", Host, &[Windows], mode),
    Check::logic("license-servers", Host, &[Windows], servers),
    Check::logic("license-grace-period", Host, &[Windows], grace),
    Check::logic("license-host-certificates", Host, &[Windows], certificates),
];

/// Goes on where the role Remote Desktop Session Host is installed.
fn session_host(scene: &Scene<'_>) -> Result<(), Said> {
    match number(scene, TERMINAL_SERVER, "TSAppCompat")? {
        Some(1) => Ok(()),
        _ => Err(Said::not_applicable(
            "this machine is no Remote Desktop Session Host, so its sessions need no RDS licenses",
        )),
    }
}

fn mode(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        session_host(scene)?;
        let mode = Layered::read(scene, POLICY, CORE, "LicensingMode")?;
        let said = match mode.effective() {
            Some(2) => Said::ok("a license is needed for each device"),
            Some(4) => Said::ok("a license is needed for each user"),
            None | Some(5) => {
                Said::warning("no licensing mode is set; when the grace period ends nobody is let in")
            }
            Some(_) => Said::warning("the licensing mode is neither 2 nor 4"),
        };
        Ok(mode.judged(said.seen(mode.shown("LicensingMode"))))
    };
    said(judge())
}

fn servers(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        session_host(scene)?;
        let named = match value(scene, POLICY, "LicenseServers")? {
            Some(named) => Some(named),
            None => value(scene, SERVERS, "SpecifiedLicenseServers")?,
        };
        Ok(match named.map(|named| named.to_string()).filter(|named| !named.trim().is_empty()) {
            Some(named) => Said::ok("a license server is named").seen(named),
            None => Said::warning("no license server is named, so none is asked"),
        })
    };
    said(judge())
}

fn grace(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        session_host(scene)?;
        let log = answer("the log of licensing", scene.events(ADMIN))?.unwrap_or_default();
        let over = log.iter().find(|event| event.provider == RCM && GRACE_OVER.contains(&event.id));
        if let Some(event) = over {
            return Ok(Said::error("the grace period is over, so only licensed sessions are let in")
                .seen(format!("event {} on {}", event.id, event.at.0.date())));
        }
        Ok(match value(scene, GRACE, TIMER)? {
            None => Said::ok("no grace period is counted"),
            Some(_) => Said::ok(format!(
                "a grace period of 120 days was begun, and the log does not say {} that it is over",
                span(scene, ADMIN, &log)
            )),
        })
    };
    said(judge())
}

fn certificates(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        let (mut kept, mut odd) = (Vec::new(), Vec::new());
        for name in CERTIFICATES {
            match value(scene, RCM_KEY, name)? {
                None => {}
                Some(Value::Binary { binary }) if !binary.is_empty() => kept.push(name),
                // It is a number of the license server's certificate.
                Some(Value::Text(_) | Value::Number(_)) if name.ends_with("ID") => kept.push(name),
                Some(_) => odd.push(name),
            }
        }
        if !odd.is_empty() {
            return Ok(Said::warning("what the license server gave this host is empty or of another kind")
                .seen(odd.join(", ")));
        }
        if kept.is_empty() {
            return Ok(Said::ok("this host keeps no certificates of a license server"));
        }
        let log = answer("the log System", scene.events(SYSTEM))?.unwrap_or_default();
        let broken = log.iter().filter(|event| event.provider == "TermDD" && event.id == 50).count();
        let said = match broken {
            0 => Said::ok(format!(
                "the log has no error that damaged certificates of licensing lead to {}",
                span(scene, SYSTEM, &log)
            )),
            _ => Said::warning(
                "TermDD ended connections because of damaged data; damaged certificates of licensing can be why",
            ),
        };
        let count = if broken == 0 { String::new() } else { format!("; events 50 of TermDD: {broken}") };
        Ok(said.seen(format!("{}{count}", kept.join(", "))))
    };
    said(judge())
}
