//! Windows: the registry, files, services, ports and event logs, read with the rights of the current user.

mod descriptor;
mod events;
mod failure;
mod files;
mod interface;
mod registry;

use std::{
    fs::{self, OpenOptions},
    io,
    os::windows::io::AsHandle as _,
    path::Path,
    process::{Child, Command},
};

use windows_service::{
    Error, service,
    service::ServiceAccess,
    service_manager::{ServiceManager, ServiceManagerAccess},
};

use super::shared::{ThisMachine, Transport, existing};
use crate::{
    local::{
        host::{Answer, Owner, Service, ServiceState, StartType, Unreadable, Value, windows_version},
        registry_keys::{CURRENT_VERSION, SERVICES},
    },
    report::Os,
};
pub(crate) use descriptor::descriptor;
pub(crate) use events::{events, span};
pub(crate) use files::file;
pub(crate) use interface::interface;
pub(crate) use registry::{may_create, subkeys, value};

/// The kind of system.
pub(super) const KIND: Os = Os::Windows;

/// The folder decides who may read a file.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Pipes have another place in Windows, where opening them does not wait.
pub(super) fn open_at_once(options: &mut OpenOptions, path: &Path) -> io::Result<fs::File> {
    options.open(path)
}

/// It waits already.
pub(super) fn wait_again(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

/// There is no such error.
pub(super) fn is_unread(_error: &io::Error) -> bool {
    false
}

/// Standard input without the buffer of the standard library, which nobody wipes.
pub(crate) fn standard_input() -> io::Result<fs::File> {
    io::stdin().as_handle().try_clone_to_owned().map(fs::File::from)
}

/// Windows writes no memory of a program that fails unless an administrator has asked for it.
pub(crate) fn forbid_core_files() {}

/// Windows knows no groups of processes that a parent could end.
pub(super) fn in_own_group(_command: &mut Command) {}

/// Ends the command alone; the tools that are asked start no others.
pub(super) fn end_group(child: &mut Child) {
    let _ = child.kill();
}

/// Major and minor version, build and revision.
pub(super) fn version(_machine: &ThisMachine) -> Option<String> {
    let number = |name: &str| value(CURRENT_VERSION, name).ok().flatten().map(|value| value.to_string());
    windows_version(number)
}

/// Whether the current user has an administrator's rights: only they may open the key of the local service accounts.
pub(super) fn elevated() -> Option<bool> {
    Some(registry::may_read_users())
}

/// A service, as its manager tells everybody.
pub(super) fn service(_machine: &ThisMachine, name: &str) -> Answer<Service> {
    let asked = || {
        let manager = ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT)?;
        manager.open_service(name, ServiceAccess::QUERY_STATUS)?.query_status()
    };
    let status = match asked() {
        Ok(status) => status,
        Err(Error::Winapi(error)) if error.raw_os_error() == Some(NO_SUCH_SERVICE) => return Ok(None),
        Err(Error::Winapi(error)) => return existing::<()>(Err(error)).map(|_| None),
        Err(error) => return Err(Unreadable::Failed(error.to_string())),
    };
    let state = match status.current_state {
        service::ServiceState::Running => ServiceState::Running,
        service::ServiceState::Stopped => ServiceState::Stopped,
        _ => ServiceState::Changing,
    };
    let start = match value(&format!(r"{SERVICES}\{name}"), "Start") {
        Ok(Some(Value::Number(0..=2))) => Some(StartType::Automatic),
        Ok(Some(Value::Number(3))) => Some(StartType::Manual),
        Ok(Some(Value::Number(4))) => Some(StartType::Disabled),
        _ => None,
    };
    Ok(Some(Service { state, start, process: status.process_id }))
}

/// `ERROR_SERVICE_DOES_NOT_EXIST`.
const NO_SUCH_SERVICE: i32 = 1060;

/// Who listens on a port.
pub(super) fn listener(_machine: &ThisMachine, port: u16, transport: Transport) -> Answer<Owner> {
    let protocol = match transport {
        Transport::Tcp => listeners::Protocol::TCP,
        Transport::Udp => listeners::Protocol::UDP,
    };
    let all = listeners::get_all().map_err(|error| Unreadable::Failed(error.to_string()))?;
    let found =
        all.into_iter().find(|listener| listener.socket.port() == port && listener.protocol == protocol);
    Ok(found
        .map(|listener| Owner { process: Some(listener.process.pid), program: Some(listener.process.name) }))
}
