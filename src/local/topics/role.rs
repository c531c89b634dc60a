//! Whether a machine is a host, and which side its files are of: what only a client has in them, and what only a host has.
//!
//! Every Windows has the keys of a listener, so beside files of a client they count only if connections are accepted.
//! Files that may be of either are checked as both. Files that answer no check end with exit code 2, before anything
//! is sent.

use super::{carried, client_attempts, client_key, client_log, host_log, listener, xrdp};
use crate::{
    local::{Answer, Event, Survey, Unreadable, registry_keys::CLIENT},
    report::Os::{Linux, Macos, Windows},
};

const PRODUCT: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions";

/// Whether the machine lets others connect to it.
pub(crate) fn is_host(survey: &Survey<'_>) -> bool {
    match survey.system() {
        Windows => listener::serves(survey),
        Linux => xrdp::is_host(survey),
        Macos => false,
    }
}

/// Whether the files hold what only a client has.
pub(crate) fn is_client_of_files(survey: &Survey<'_>) -> bool {
    if survey.system() != Windows {
        return true;
    }
    holds(&survey.events(client_attempts::CHANNEL))
        || holds(&survey.value(CLIENT, "AuthenticationLevelOverride"))
        || holds(&survey.machine.subkeys(client_key::SERVERS))
        || client_log::tells_of_client(survey)
        || is_workstation(survey)
}

/// A whole Windows that is no server and takes no connections: its keys of a listener are those that every Windows has.
fn is_workstation(survey: &Survey<'_>) -> bool {
    survey.words(PRODUCT, "ProductType").is_some_and(|product| product.eq_ignore_ascii_case("WinNT"))
        && survey.number(listener::TERMINAL_SERVER, listener::DENY).is_some_and(|deny| deny != 0)
}

/// Whether the files hold what only a host has. Every Windows has the keys of a listener, so that those of a client say
/// only something where connections are taken.
pub(crate) fn is_host_of_files(survey: &Survey<'_>, is_client: bool) -> bool {
    if survey.system() != Windows || is_host(survey) {
        return is_host(survey);
    }
    let logs = host_log::OWN.iter().any(|channel| holds(&survey.events(channel)));
    logs || has_told(survey) && !is_workstation(survey) || !is_client && has_listener(survey)
}

/// The files are of this, whether or not it can be read.
fn holds<T>(answer: &Answer<T>) -> bool {
    !matches!(answer, Err(Unreadable::NotHeld))
}

fn has_listener(survey: &Survey<'_>) -> bool {
    // Also one that is damaged, which its check tells.
    let value = |key, name| !matches!(survey.value(key, name), Ok(None) | Err(Unreadable::NotHeld));
    value(listener::TERMINAL_SERVER, listener::DENY)
        || value(listener::LISTENER, "PortNumber")
        || matches!(survey.machine.subkeys(listener::LISTENER), Ok(Some(_)))
}

/// The system's log holds events of the service that takes connections.
fn has_told(survey: &Survey<'_>) -> bool {
    let own = |event: &Event| [carried::RCM, host_log::DRIVER].contains(&event.provider.as_str());
    survey.events("System").ok().flatten().is_some_and(|events| events.iter().any(own))
}
