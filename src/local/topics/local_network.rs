//! Whether macOS may keep programs from hosts of the local network.

use super::{names, tunnels};
use crate::{
    codes::Phase,
    local::{Beside, Check, CheckResult, Survey},
    report::{Os::Macos, Role::Client},
};

/// The release that began to ask for it.
const FIRST: u32 = 15;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("local-network-permission", Client, &[Macos], judge)
        .beside(Beside::Failed(Phase::Connect))];

fn judge(survey: &Survey<'_>) -> CheckResult {
    let release = survey.machine.version().and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    let Some(release) = release else {
        return CheckResult::unknown("the version of macOS is not known");
    };
    if release < FIRST {
        return CheckResult::not_applicable("this macOS keeps no program from the local network");
    }
    if names::address(survey).is_some_and(|address| !tunnels::is_private(address)) {
        return CheckResult::not_applicable("the target is not in the local network");
    }
    let (remote, terminal) =
        match (survey.machine.variable("SSH_CONNECTION"), survey.machine.variable("TERM_PROGRAM")) {
            (Ok(remote), Ok(terminal)) => (remote, terminal),
            (Err(why), _) | (_, Err(why)) => return CheckResult::unreadable("the environment", &why),
        };
    let free = remote.is_some() || survey.machine.elevated() == Some(true);
    match terminal.as_deref() {
        _ if free => spared(),
        Some("Apple_Terminal") => spared(),
        Some(terminal) => CheckResult::warning(
            "the program that this one runs in needs the permission to reach hosts of the local network",
        )
        .seen(terminal),
        None => {
            CheckResult::unknown("whether this program may reach hosts of the local network is not known")
        }
    }
}

fn spared() -> CheckResult {
    CheckResult::ok(
        "macOS spares this program the permission for the local network, not the client: they may differ",
    )
}
