//! Whether a machine is a host, and which side its files are of: what only a client has in them, and what only a host has.
//!
//! Every Windows has the keys of a listener, so beside files of a client they count only if connections are accepted.
//! Files that may be of either are checked as both. Files that answer no check end with exit code 2, before anything
//! is sent.

use super::{client_attempts, client_key, client_log, host_log, listener, xrdp};
use crate::{
    local::{Answer, Event, Scene, Unreadable},
    report::Os::{Linux, Macos, Windows},
};

const PRODUCT: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions";

/// Whether the machine lets others connect to it.
pub fn is_host(scene: &Scene<'_>) -> bool {
    match scene.system() {
        Windows => listener::serves(scene),
        Linux => xrdp::is_host(scene),
        Macos => false,
    }
}

/// Whether the files hold what only a client has.
pub fn is_client_of_files(scene: &Scene<'_>) -> bool {
    if scene.system() != Windows {
        return true;
    }
    holds(&scene.events(client_attempts::CHANNEL))
        || holds(&scene.value(client_key::CLIENT, "AuthenticationLevelOverride"))
        || holds(&scene.host.subkeys(client_key::SERVERS))
        || client_log::tells_of_client(scene)
        || is_workstation(scene)
}

/// A whole Windows that is no server and takes no connections: its keys of a listener are those that every Windows has.
fn is_workstation(scene: &Scene<'_>) -> bool {
    scene.words(PRODUCT, "ProductType").is_some_and(|product| product.eq_ignore_ascii_case("WinNT"))
        && scene.number(listener::TERMINAL_SERVER, listener::DENY).is_some_and(|deny| deny != 0)
}

/// Whether the files hold what only a host has. Every Windows has the keys of a listener, so that those of a client say
/// only something where connections are taken.
pub fn is_host_of_files(scene: &Scene<'_>, is_client: bool) -> bool {
    if scene.system() != Windows || is_host(scene) {
        return is_host(scene);
    }
    let logs = host_log::OWN.iter().any(|channel| holds(&scene.events(channel)));
    logs || has_told(scene) && !is_workstation(scene) || !is_client && has_listener(scene)
}

/// The files are of this, whether or not it can be read.
fn holds<T>(answer: &Answer<T>) -> bool {
    !matches!(answer, Err(Unreadable::NotHeld))
}

fn has_listener(scene: &Scene<'_>) -> bool {
    // Also one that is damaged, which its check tells.
    let value = |key, name| !matches!(scene.value(key, name), Ok(None) | Err(Unreadable::NotHeld));
    value(listener::TERMINAL_SERVER, listener::DENY)
        || value(listener::LISTENER, "PortNumber")
        || matches!(scene.host.subkeys(listener::LISTENER), Ok(Some(_)))
}

/// The system's log holds events of the service that takes connections.
fn has_told(scene: &Scene<'_>) -> bool {
    let own = |event: &Event| [host_log::RCM, host_log::DRIVER].contains(&event.provider.as_str());
    scene.events("System").ok().flatten().is_some_and(|events| events.iter().any(own))
}
