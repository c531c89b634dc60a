//! The licensing of a Windows host; all of it is read only, and nothing here helps to do without licenses.

use super::{
    asked::{Judged, Layered, answer, number, outcome, value},
    carried::RCM,
    host_log::ADMIN,
    listener::TERMINAL_SERVER,
    spans::span,
};
use crate::{
    local::{Check, CheckResult, Survey, Value, registry_keys::TERMINAL_SERVICES_POLICY as POLICY},
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
pub(super) const CHECKS: &[Check] = &[
    Check::logic("license-mode", Host, &[Windows], mode),
    Check::logic("license-servers", Host, &[Windows], servers),
    Check::logic("license-grace-period", Host, &[Windows], grace),
    Check::logic("license-host-certificates", Host, &[Windows], certificates),
];

/// Goes on where the role Remote Desktop Session Host is installed.
fn session_host(survey: &Survey<'_>) -> Result<(), CheckResult> {
    match number(survey, TERMINAL_SERVER, "TSAppCompat")? {
        Some(1) => Ok(()),
        _ => Err(CheckResult::not_applicable(
            "this machine is no Remote Desktop Session Host, so its sessions need no RDS licenses",
        )),
    }
}

fn mode(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        session_host(survey)?;
        let mode = Layered::read(survey, POLICY, CORE, "LicensingMode")?;
        let result = match mode.effective() {
            Some(2) => CheckResult::ok("a license is needed for each device"),
            Some(4) => CheckResult::ok("a license is needed for each user"),
            None | Some(5) => {
                CheckResult::warning("no licensing mode is set; when the grace period ends nobody is let in")
            }
            Some(_) => CheckResult::warning("the licensing mode is neither 2 nor 4"),
        };
        Ok(mode.judged(result.seen(mode.shown("LicensingMode"))))
    };
    outcome(judge())
}

fn servers(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        session_host(survey)?;
        let named = match value(survey, POLICY, "LicenseServers")? {
            Some(named) => Some(named),
            None => value(survey, SERVERS, "SpecifiedLicenseServers")?,
        };
        Ok(match named.map(|named| named.to_string()).filter(|named| !named.trim().is_empty()) {
            Some(named) => CheckResult::ok("a license server is named").seen(named),
            None => CheckResult::warning("no license server is named, so none is asked"),
        })
    };
    outcome(judge())
}

fn grace(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        session_host(survey)?;
        let log = answer("the log of licensing", survey.events(ADMIN))?.unwrap_or_default();
        let over = log.iter().find(|event| event.provider == RCM && GRACE_OVER.contains(&event.id));
        if let Some(event) = over {
            return Ok(CheckResult::error("the grace period is over, so only licensed sessions are let in")
                .seen(format!("event {} on {}", event.id, event.at.0.date())));
        }
        Ok(match value(survey, GRACE, TIMER)? {
            None => CheckResult::ok("no grace period is counted"),
            Some(_) => CheckResult::ok(format!(
                "a grace period of 120 days was begun, and the log does not say {} that it is over",
                span(survey, ADMIN, &log)
            )),
        })
    };
    outcome(judge())
}

fn certificates(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let (mut kept, mut odd) = (Vec::new(), Vec::new());
        for name in CERTIFICATES {
            match value(survey, RCM_KEY, name)? {
                None => {}
                Some(Value::Binary { binary }) if !binary.is_empty() => kept.push(name),
                // It is a number of the license server's certificate.
                Some(Value::Text(_) | Value::Number(_)) if name.ends_with("ID") => kept.push(name),
                Some(_) => odd.push(name),
            }
        }
        if !odd.is_empty() {
            return Ok(CheckResult::warning(
                "what the license server gave this host is empty or of another kind",
            )
            .seen(odd.join(", ")));
        }
        if kept.is_empty() {
            return Ok(CheckResult::ok("this host keeps no certificates of a license server"));
        }
        let log = answer("the log System", survey.events(SYSTEM))?.unwrap_or_default();
        let broken = log.iter().filter(|event| event.provider == "TermDD" && event.id == 50).count();
        let result = match broken {
            0 => CheckResult::ok(format!(
                "the log has no error that damaged certificates of licensing lead to {}",
                span(survey, SYSTEM, &log)
            )),
            _ => CheckResult::warning(
                "TermDD ended connections because of damaged data; damaged certificates of licensing can be why",
            ),
        };
        let count = if broken == 0 { String::new() } else { format!("; events 50 of TermDD: {broken}") };
        Ok(result.seen(format!("{}{count}", kept.join(", "))))
    };
    outcome(judge())
}
