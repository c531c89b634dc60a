//! Whether macOS may keep programs from hosts of the local network.

use super::{names, tunnels};
use crate::{
    codes::Phase,
    local::{Beside, Check, Said, Scene},
    report::{Os::Macos, Role::Client},
};

/// The release that began to ask for it.
const FIRST: u32 = 15;

/// The checks of this topic.
pub const CHECKS: &[Check] =
    &[Check::logic("local-network-permission", Client, &[Macos], judge)
        .beside(Beside::Failed(Phase::Connect))];

fn judge(scene: &Scene<'_>) -> Said {
    let release = scene.host.version().and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    let Some(release) = release else {
        return Said::unknown("the version of macOS is not known");
    };
    if release < FIRST {
        return Said::not_applicable("this macOS keeps no program from the local network");
    }
    if names::address(scene).is_some_and(|address| !tunnels::is_private(address)) {
        return Said::not_applicable("the target is not in the local network");
    }
    let (remote, terminal) =
        match (scene.host.variable("SSH_CONNECTION"), scene.host.variable("TERM_PROGRAM")) {
            (Ok(remote), Ok(terminal)) => (remote, terminal),
            (Err(why), _) | (_, Err(why)) => return Said::unreadable("the environment", &why),
        };
    let free = remote.is_some() || scene.host.elevated() == Some(true);
    match terminal.as_deref() {
        _ if free => spared(),
        Some("Apple_Terminal") => spared(),
        Some(terminal) => Said::warning(
            "the program that this one runs in needs the permission to reach hosts of the local network",
        )
        .seen(terminal),
        None => Said::unknown("whether this program may reach hosts of the local network is not known"),
    }
}

fn spared() -> Said {
    Said::ok(
        "macOS spares this program the permission for the local network, not the client: they may differ",
    )
}
