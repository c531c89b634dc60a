//! Settings of a Windows host outside its listener that decide over logons and certificates.

use super::{
    asked::{Judged, number, outcome, value},
    listener::TERMINAL_SERVER,
};
use crate::{
    local::{Case, Check, CheckResult, Is, Setting, Survey, registry_keys::LSA},
    report::{
        CheckStatus::{Ok as Good, Warning},
        Os::Windows,
        Role::Host,
    },
};

const SETUP: &str = r"HKLM\SYSTEM\Setup";
const WINLOGON: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("host-setup-finished", Host, &[Windows], setup),
    Check::logic("host-takes-logons", Host, &[Windows], logons),
    Check::setting("host-program-data", Host, &[Windows], PROGRAM_DATA),
    Check::setting("host-domain-credentials", Host, &[Windows], DOMAIN_CREDENTIALS),
    Check::setting("host-gateway-channel-binding", Host, &[Windows], CHANNEL_BINDING),
];

fn setup(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let mut running = Vec::new();
        for name in ["SystemSetupInProgress", "OOBEInProgress"] {
            if number(survey, SETUP, name)?.unwrap_or(0) != 0 {
                running.push(name);
            }
        }
        Ok(match running.as_slice() {
            [] => CheckResult::ok("the setup of Windows has ended"),
            _ => CheckResult::error("Windows takes its setup for unfinished and refuses logons")
                .seen(format!("{SETUP}: {} is set", running.join(" and "))),
        })
    };
    outcome(judge())
}

fn logons(survey: &Survey<'_>) -> CheckResult {
    // What one of them says is wrong, whether or not the other can be read.
    let refused = value(survey, WINLOGON, "WinStationsDisabled");
    let refused = refused.map(|value| value.map(|value| value.to_string()));
    match (refused, number(survey, TERMINAL_SERVER, "TSServerDrainMode")) {
        (Ok(Some(value)), _) if !matches!(value.as_str(), "0" | "") => {
            CheckResult::error("remote logons are switched off")
                .seen(format!("WinStationsDisabled = {value}"))
        }
        (_, Ok(Some(drained))) if drained != 0 => {
            CheckResult::warning("drain mode: users come back to their sessions, and nobody gets a new one")
                .seen(format!("TSServerDrainMode = {drained}"))
        }
        (Err(result), _) | (_, Err(result)) => result,
        (Ok(_), Ok(_)) => CheckResult::ok("logons are not switched off"),
    }
}

const PROGRAM_DATA: Setting = Setting {
    keys: &[r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"],
    name: "ProgramData",
    absent: (Warning, "no folder is named for the data of all users, which holds the keys of the machine"),
    cases: &[
        Case(Is::Text(r"%SystemDrive%\ProgramData"), Good, "the data of all users is in its usual folder"),
        Case(Is::Ending(r":\ProgramData"), Good, "the data of all users is in its usual folder"),
        Case(
            Is::Else,
            Warning,
            "the data of all users, with the keys of the machine, is in an unusual folder",
        ),
    ],
};

const DOMAIN_CREDENTIALS: Setting = Setting {
    keys: &[LSA],
    name: "disabledomaincreds",
    absent: (Good, "nothing forbids credentials of the domain"),
    cases: &[
        Case(Is::Number(0), Good, "nothing forbids credentials of the domain"),
        Case(Is::Number(1), Warning, "credentials of the domain are not kept, which can make logons fail"),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const CHANNEL_BINDING: Setting = Setting {
    keys: &[r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\TerminalServerGateway\Config\Core"],
    name: "EnforceChannelBinding",
    absent: (Good, "no RD Gateway is told to go without channel binding"),
    cases: &[
        Case(Is::Number(1), Good, "the RD Gateway asks for channel binding"),
        Case(Is::Number(0), Warning, "the RD Gateway also takes logons that somebody in between passes on"),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};
