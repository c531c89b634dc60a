//! The services of a Windows host, each with what it is for, and whose process owns the port.

use super::{
    asked::{Judged, answer, outcome},
    file_version, listener,
};
use crate::{
    local::{Beside, Case, Check, CheckResult, Is, Service, ServiceState, Setting, StartType, Survey},
    report::{
        CheckStatus::{self, Error, Ok as Good, Warning},
        Os::Windows,
        Role::{Client, Host},
    },
};

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("service-remote-desktop", Host, &[Windows], |survey| judge(survey, &TERM_SERVICE)),
    Check::setting("service-library", Host, &[Windows], LIBRARY),
    Check::logic("service-port-owner", Host, &[Windows], port_owner),
    Check::logic("service-udp-port-owner", Host, &[Windows], udp_port_owner),
    Check::logic("service-configuration", Host, &[Windows], |survey| judge(survey, &SESSION_ENV)),
    Check::logic("service-redirector", Host, &[Windows], |survey| judge(survey, &REDIRECTOR)),
    Check::logic("service-cryptography", Host, &[Windows], |survey| judge(survey, &CRYPTOGRAPHY)),
    Check::logic("service-key-isolation", Host, &[Windows], |survey| judge(survey, &KEY_ISOLATION)),
    Check::logic("service-certificate-propagation", Host, &[Windows], |survey| judge(survey, &PROPAGATION)),
    Check::logic("service-netlogon", Host, &[Windows], netlogon),
    Check::logic("service-audio", Host, &[Windows], audio),
    Check::logic("service-smart-cards", Client, &[Windows], smart_cards).beside(Beside::SignIn),
];

/// What a service is to a Remote Desktop host.
struct Needed {
    name: &'static str,
    /// What fails without it.
    loss: &'static str,
    /// What it means that it is disabled.
    disabled: CheckStatus,
    /// What it means that it does not run; some services start when they are needed.
    stopped: CheckStatus,
}

const TERM_SERVICE: Needed =
    Needed { name: "TermService", loss: "nothing listens", disabled: Error, stopped: Error };

const SESSION_ENV: Needed = Needed {
    name: "SessionEnv",
    loss: "the listener's certificate is neither made nor renewed",
    disabled: Warning,
    stopped: Warning,
};

const REDIRECTOR: Needed = Needed {
    name: "UmRdpService",
    loss: "sessions have no drives and printers of the client",
    disabled: Warning,
    stopped: Warning,
};

const CRYPTOGRAPHY: Needed =
    Needed { name: "CryptSvc", loss: "certificates cannot be checked", disabled: Error, stopped: Warning };

const KEY_ISOLATION: Needed = Needed {
    name: "KeyIso",
    loss: "the private keys of certificates cannot be used",
    disabled: Error,
    stopped: Good,
};

const PROPAGATION: Needed = Needed {
    name: "CertPropSvc",
    loss: "certificates of smart cards do not reach a session",
    disabled: Warning,
    stopped: Good,
};

/// Windows 8 disables the service of smart cards until there is a reader.
const FIRST_WITHOUT_CARDS: u32 = 9200;

const SMART_CARDS: Needed = Needed {
    name: "SCardSvr",
    loss: "nobody can log on with a smart card from here",
    disabled: Warning,
    stopped: Good,
};

fn judge(survey: &Survey<'_>, needed: &Needed) -> CheckResult {
    outcome(judged(survey, needed))
}

fn judged(survey: &Survey<'_>, needed: &Needed) -> Judged {
    let Needed { name, loss, .. } = needed;
    let Some(service) = service(survey, name)? else {
        return Ok(CheckResult::new(needed.disabled, format!("there is no service {name}, so {loss}")));
    };
    let result = match (service.state, service.start) {
        (ServiceState::Running, Some(StartType::Disabled)) => CheckResult::warning(format!(
            "{name} runs, but is disabled: after the next restart of Windows {loss}"
        )),
        (ServiceState::Running, _) => CheckResult::ok(format!("{name} runs")),
        (_, Some(StartType::Disabled)) => {
            CheckResult::new(needed.disabled, format!("{name} is disabled, so {loss}"))
        }
        (ServiceState::Stopped, _) if needed.stopped == Good => {
            CheckResult::ok(format!("{name} starts when it is needed"))
        }
        (ServiceState::Stopped, _) => {
            CheckResult::new(needed.stopped, format!("{name} does not run, so {loss}"))
        }
        (ServiceState::Changing, _) => {
            CheckResult::warning(format!("{name} is starting, stopping or paused; until it runs {loss}"))
        }
        (ServiceState::Unknown, _) => {
            CheckResult::unknown(format!("{name} is not disabled; whether it runs is not in these files"))
        }
    };
    Ok(result.seen(shown(name, &service)))
}

fn service(survey: &Survey<'_>, name: &str) -> Result<Option<Service>, CheckResult> {
    answer(&format!("service {name}"), survey.machine.service(name))
}

fn shown(name: &str, service: &Service) -> String {
    let state = match service.state {
        ServiceState::Running => "running",
        ServiceState::Stopped => "stopped",
        ServiceState::Changing => "starting, stopping or paused",
        ServiceState::Unknown => "state not known",
    };
    let start = match service.start {
        None => "start not known",
        Some(StartType::Automatic) => "starts with Windows",
        Some(StartType::Manual) => "starts on demand",
        Some(StartType::Disabled) => "disabled",
    };
    let process = service.process.map(|process| format!(", process {process}")).unwrap_or_default();
    format!("{name}: {state}, {start}{process}")
}

/// Netlogon starts with Windows where the machine is in a domain, and on demand elsewhere.
fn netlogon(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let Some(found) = service(survey, "Netlogon")? else {
            return Ok(CheckResult::not_applicable("there is no service Netlogon on this machine"));
        };
        let result = match (found.state, found.start) {
            (ServiceState::Running, _) => CheckResult::ok("Netlogon runs"),
            (ServiceState::Unknown, _) => CheckResult::unknown("whether Netlogon runs is not in these files"),
            (_, Some(StartType::Automatic)) => {
                CheckResult::error("Netlogon does not run, so logons cannot be checked with the domain")
            }
            (_, Some(StartType::Disabled)) => {
                CheckResult::warning("Netlogon is disabled; in a domain no logon could be checked")
            }
            _ => CheckResult::not_applicable("Netlogon waits for a domain, as it does where there is none"),
        };
        Ok(result.seen(shown("Netlogon", &found)))
    };
    outcome(judge())
}

fn smart_cards(survey: &Survey<'_>) -> CheckResult {
    let is_disabled = |service: &Service| service.start == Some(StartType::Disabled);
    match survey.machine.service(SMART_CARDS.name) {
        Ok(Some(service)) if is_disabled(&service) && service.state != ServiceState::Running => {
            let result = match file_version::of(survey) {
                Some([_, _, build, _]) if build >= FIRST_WITHOUT_CARDS => {
                    CheckResult::ok("SCardSvr is disabled, as Windows has it until there is a reader")
                }
                Some(_) => judge(survey, &SMART_CARDS),
                None => CheckResult::unknown(
                    "SCardSvr is disabled, as Windows 8 and newer have it until there is a reader; the version is not known",
                ),
            };
            result.seen(shown(SMART_CARDS.name, &service))
        }
        Ok(None) => CheckResult::not_applicable("this Windows has no service for smart cards"),
        _ => judge(survey, &SMART_CARDS),
    }
}

fn audio(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let Some(found) = service(survey, "Audiosrv")? else {
            return Ok(CheckResult::not_applicable("there is no service Windows Audio on this machine"));
        };
        let result = match found.state {
            ServiceState::Changing => CheckResult::warning(
                "Windows Audio is between two states; when it hangs it can hold a connection for a minute",
            ),
            ServiceState::Unknown => CheckResult::unknown("whether Windows Audio runs is not in these files"),
            ServiceState::Running | ServiceState::Stopped => CheckResult::ok("Windows Audio does not hang"),
        };
        Ok(result.seen(shown("Audiosrv", &found)))
    };
    outcome(judge())
}

fn port_owner(survey: &Survey<'_>) -> CheckResult {
    let port = listener::port(survey);
    let judge = || -> Judged {
        let Some(owner) = answer(&format!("who listens on port {port}"), survey.machine.listener(port))?
        else {
            return Ok(CheckResult::error(format!("nothing listens on port {port}")));
        };
        let program = owner.program.as_deref().unwrap_or("a program without a name");
        let Some(process) = owner.process else {
            return Ok(CheckResult::unknown(format!(
                "{program} listens on port {port}; its process is not known"
            )));
        };
        let seen = format!("port {port}: {program}, process {process}");
        let service = service(survey, "TermService")?;
        let mine = service.as_ref().and_then(|service| service.process);
        let runs = service.is_some_and(|service| service.state != ServiceState::Stopped);
        Ok(match mine {
            Some(mine) if mine == process => CheckResult::ok(format!("TermService listens on port {port}")),
            Some(mine) => CheckResult::error(format!(
                "{program} listens on port {port} instead of TermService, which is process {mine}"
            )),
            None if runs => CheckResult::unknown("the process of TermService is not known"),
            None => {
                CheckResult::error(format!("{program} listens on port {port}, and TermService does not run"))
            }
        }
        .seen(seen))
    };
    outcome(judge())
}

/// TermService opens the port for datagrams with the one for streams; without it sessions go over TCP alone.
fn udp_port_owner(survey: &Survey<'_>) -> CheckResult {
    let port = listener::port(survey);
    let judge = || -> Judged {
        let what = format!("who takes datagrams on port {port}");
        let Some(owner) = answer(&what, survey.machine.udp_listener(port))? else {
            return Ok(CheckResult::ok(format!(
                "nobody takes datagrams on port {port}: sessions go over TCP alone"
            )));
        };
        let program = owner.program.as_deref().unwrap_or("a program without a name");
        let service = service(survey, "TermService")?;
        let stopped = service.as_ref().is_none_or(|service| service.state == ServiceState::Stopped);
        let mine = service.and_then(|service| service.process);
        let Some(process) = owner.process.filter(|_| stopped || mine.is_some()) else {
            let what = format!("whether {program}, on UDP port {port}, is TermService is not known");
            return Ok(CheckResult::unknown(what));
        };
        Ok(match mine {
            Some(mine) if mine == process => {
                CheckResult::ok(format!("TermService takes datagrams on port {port}"))
            }
            _ => CheckResult::warning(format!(
                "{program} takes the datagrams on port {port}, so sessions cannot go over UDP"
            ))
            .seen(format!("UDP port {port}: {program}, process {process}")),
        })
    };
    outcome(judge())
}

const LIBRARY: Setting = Setting {
    keys: &[r"HKLM\SYSTEM\CurrentControlSet\Services\TermService\Parameters"],
    name: "ServiceDll",
    absent: (Error, "TermService has no library, so it cannot start"),
    cases: &[
        Case(Is::Ending(r"\System32\termsrv.dll"), Good, "TermService runs the library of Windows"),
        Case(
            Is::Ending("rdpwrap.dll"),
            Warning,
            "RDP Wrapper stands in for TermService, and fails whenever an update changes what it patches",
        ),
        Case(Is::Ending("termsrv.dll"), Warning, "TermService runs a termsrv.dll outside System32"),
        Case(Is::Else, Warning, "TermService runs a library that is not the one of Windows"),
    ],
};
