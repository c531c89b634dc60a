//! Whether the clock of this machine is kept by the network; how far it is from the server's is seen on the wire.

use time::Duration;

use crate::{
    local::{Beside, Check, CheckResult, ServiceState, StartType, Survey, Value},
    report::{
        CheckStatus, Machine,
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

const W32TIME: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time\Parameters";
/// systemd-timesyncd touches it with every answer of its server, at least every 35 minutes.
const TOUCHED: &str = "/run/systemd/timesync/synchronized";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("clock-synchronized", Client, &[Windows, Linux, Macos], judge).beside(Beside::Clock)];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    machine.clock_synchronized = match judge(survey).status {
        CheckStatus::Ok => Some(true),
        CheckStatus::Warning | CheckStatus::Error => Some(false),
        CheckStatus::Unknown | CheckStatus::NotApplicable => None,
    };
}

fn judge(survey: &Survey<'_>) -> CheckResult {
    match survey.system() {
        Os::Windows => on_windows(survey),
        Os::Linux => on_linux(survey),
        Os::Macos => on_macos(survey),
    }
}

fn on_linux(survey: &Survey<'_>) -> CheckResult {
    if let Ok(Some(file)) = survey.machine.file(TOUCHED)
        && file.modified.is_some_and(|touched| survey.machine.now() - touched.0 < Duration::hours(2))
    {
        return synchronized("systemd-timesyncd");
    }
    let chrony = ["/run/chrony/chronyd.pid", "/run/chronyd.pid", "/run/chrony/chronyd.sock"];
    if chrony.iter().any(|path| matches!(survey.machine.file(path), Ok(Some(_))))
        && let Ok(Some(output)) = survey.command("chronyc -n tracking")
        && let Some(leap) = field(&output.text, "Leap status", ':')
    {
        return if leap == "Not synchronised" {
            CheckResult::warning("chrony has no time from the network").seen(leap)
        } else {
            synchronized("chrony")
        };
    }
    match survey.machine.file("/run/systemd/system") {
        Ok(Some(_)) => timedatectl(survey),
        Ok(None) => {
            CheckResult::unknown("neither systemd nor chrony is there to ask whether the clock is kept")
        }
        Err(why) => CheckResult::unreadable("the state of the clock", &why),
    }
}

fn timedatectl(survey: &Survey<'_>) -> CheckResult {
    let output = match survey.command("timedatectl show --property=NTP --property=NTPSynchronized") {
        Ok(Some(output)) => output,
        Ok(None) => return CheckResult::unknown("there is no timedatectl to ask whether the clock is kept"),
        Err(why) => return CheckResult::unreadable("timedatectl", &why),
    };
    match (field(&output.text, "NTPSynchronized", '='), field(&output.text, "NTP", '=')) {
        (Some("yes"), _) => synchronized("timedatectl: NTPSynchronized=yes"),
        (Some("no"), Some("yes")) => {
            CheckResult::warning("the clock is to be kept by the network, and is not yet")
                .seen("NTPSynchronized=no")
        }
        (Some("no"), _) => {
            CheckResult::warning("nothing keeps the clock of this machine").seen("NTPSynchronized=no")
        }
        _ => CheckResult::unknown("timedatectl does not say whether the clock is kept"),
    }
}

fn on_macos(survey: &Survey<'_>) -> CheckResult {
    let output = match survey.command("systemsetup -getusingnetworktime") {
        Ok(Some(output)) => output,
        Ok(None) => return CheckResult::unknown("there is no systemsetup to ask whether the clock is kept"),
        Err(why) => return CheckResult::unreadable("systemsetup", &why),
    };
    match field(&output.text, "Network Time", ':') {
        Some("On") => synchronized("Network Time: On"),
        Some("Off") => {
            CheckResult::warning("this Mac does not take its time from the network").seen("Network Time: Off")
        }
        _ => CheckResult::unknown("whether the clock is kept is told to administrators only"),
    }
}

fn on_windows(survey: &Survey<'_>) -> CheckResult {
    let kind = match survey.value(W32TIME, "Type") {
        Ok(Some(Value::Text(kind))) => kind,
        Ok(_) => "NTP".to_owned(),
        Err(why) => return CheckResult::unreadable("the settings of the Windows Time service", &why),
    };
    if kind.eq_ignore_ascii_case("NoSync") {
        return CheckResult::warning("the Windows Time service is told to ask nobody").seen("Type = NoSync");
    }
    let service = match survey.machine.service("W32Time") {
        Ok(Some(service)) => service,
        Ok(None) => {
            return CheckResult::warning("there is no Windows Time service, so nothing keeps the clock");
        }
        Err(why) => return CheckResult::unreadable("the Windows Time service", &why),
    };
    let domain = kind.eq_ignore_ascii_case("NT5DS");
    match (service.state, service.start) {
        (ServiceState::Running, _) => synchronized(&format!("W32Time runs, Type = {kind}")),
        (_, Some(StartType::Disabled)) => {
            CheckResult::warning("the Windows Time service is disabled, so nothing keeps the clock")
        }
        (ServiceState::Stopped, _) if domain => CheckResult::warning(
            "the clock is to follow the domain, but the Windows Time service does not run",
        ),
        _ => CheckResult::unknown(
            "the Windows Time service starts from time to time, whether it was answered is not known",
        ),
    }
}

fn synchronized(by: &str) -> CheckResult {
    CheckResult::ok("the network keeps the clock of this machine").seen(by)
}

/// The rest of the line that begins with this name.
fn field<'a>(text: &'a str, name: &str, separator: char) -> Option<&'a str> {
    let mut fields = text.lines().filter_map(|line| line.split_once(separator));
    fields.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}
