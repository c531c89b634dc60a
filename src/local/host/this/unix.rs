//! Linux, macOS and other Unix systems: files with owners, and commands. There is no registry and no event log.

use std::{
    fs::{self, Metadata, OpenOptions},
    io,
    net::IpAddr,
    os::{
        fd::AsFd as _,
        unix::{
            fs::{MetadataExt as _, OpenOptionsExt as _},
            process::CommandExt as _,
        },
    },
    path::Path,
    process::{Child, Command},
};

use rustix::{
    fs::{Access, OFlags, access, fcntl_getfl, fcntl_setfl},
    io::Errno,
    process::{Pid, Resource, Rlimit, Signal, geteuid, kill_process_group, setrlimit},
};

use super::shared::{ThisMachine, Transport};
use crate::{
    local::host::{
        Answer, Event, File, Host as _, Interface, Owner, Service, ServiceState, Span, StartType, Unreadable,
        Value,
    },
    report::Os,
};

/// The kind of system.
pub(super) const KIND: Os = if cfg!(target_os = "macos") { Os::Macos } else { Os::Linux };

/// A command tells it.
pub(super) fn interface(_to: IpAddr) -> Answer<Interface> {
    Err(Unreadable::NotHeld)
}

/// For the current user alone.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// Opens without waiting for anybody: a pipe waits for its other end, a serial line for a carrier.
pub(super) fn open_at_once(options: &mut OpenOptions, path: &Path) -> io::Result<fs::File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    options.custom_flags(flags.bits().cast_signed()).open(path)
}

/// Lets what was opened so wait for data again.
pub(super) fn wait_again(file: &fs::File) -> io::Result<()> {
    Ok(fcntl_setfl(file, fcntl_getfl(file)? - OFlags::NONBLOCK)?)
}

/// Whether a pipe has nobody at its other end.
pub(super) fn is_unread(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::NXIO)
}

/// Standard input without the buffer of the standard library, which nobody wipes.
pub(crate) fn standard_input() -> io::Result<fs::File> {
    io::stdin().as_fd().try_clone_to_owned().map(fs::File::from)
}

/// What this process holds is written to no core file any more.
pub(crate) fn forbid_core_files() {
    // Where it cannot be forbidden, there is nothing else to be done.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// What the command starts can then be ended with it.
pub(super) fn in_own_group(command: &mut Command) {
    command.process_group(0);
}

/// Ends a command that was not waited for yet, and whatever of its children has not left its group.
pub(super) fn end_group(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.kill();
}

/// `PRETTY_NAME` of os-release, or the product version of macOS.
pub(super) fn version(machine: &ThisMachine) -> Option<String> {
    match KIND {
        Os::Macos => {
            let text = machine.text("/System/Library/CoreServices/SystemVersion.plist").ok()??;
            let after = text.split("<key>ProductVersion</key>").nth(1)?;
            after.split("<string>").nth(1)?.split('<').next().map(str::to_owned)
        }
        Os::Linux | Os::Windows => {
            let text = machine.text("/etc/os-release").ok()??;
            let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
            Some(line.trim_matches('"').to_owned())
        }
    }
}

/// Whether the current user is root.
pub(super) fn elevated() -> Option<bool> {
    Some(geteuid().is_root())
}

/// Facts of a file that exists.
pub(super) fn file(path: &str, facts: &Metadata) -> Result<File, Unreadable> {
    Ok(File {
        size: facts.len(),
        modified: facts.modified().ok().map(|time| time::OffsetDateTime::from(time).into()),
        readable: access(path, Access::READ_OK).is_ok(),
        writable: access(path, Access::WRITE_OK).is_ok(),
        mode: Some(facts.mode() & 0o7777),
        owner: Some(name("/etc/passwd", facts.uid())),
        group: Some(name("/etc/group", facts.gid())),
        attributes: Vec::new(),
        version: None,
    })
}

/// The name that a table of the system gives to a number, or the number.
fn name(table: &str, number: u32) -> String {
    let text = ThisMachine.text(table).ok().flatten().unwrap_or_default();
    let mut rows = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let row = rows.find(|row| row.get(2).is_some_and(|id| *id == number.to_string()));
    row.map_or_else(|| number.to_string(), |row| row[0].to_owned())
}

/// There is none.
pub(super) fn descriptor(_path: &str) -> Answer<String> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub(super) fn value(_key: &str, _name: &str) -> Answer<Value> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub(super) fn subkeys(_key: &str) -> Answer<Vec<String>> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub(super) fn may_create(_key: &str) -> Answer<bool> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub(super) fn events(_machine: &ThisMachine, _channel: &str) -> Answer<Vec<Event>> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub(super) fn span(_channel: &str) -> Option<Span> {
    None
}

/// A unit of systemd; other systems have none that is asked for.
pub(super) fn service(machine: &ThisMachine, name: &str) -> Answer<Service> {
    if KIND != Os::Linux {
        return Err(Unreadable::NotHeld);
    }
    let line = format!("systemctl show {name} --property=LoadState,ActiveState,UnitFileState,MainPID");
    let without = || Unreadable::Failed("systemd does not run here".to_owned());
    let output = machine.command(&line)?.filter(|output| output.code == 0).ok_or_else(without)?;
    let value = |name: &str| {
        let mut lines = output.text.lines().filter_map(|line| line.split_once('='));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    if value("LoadState").ok_or_else(without)? == "not-found" {
        return Ok(None);
    }
    let state = match value("ActiveState") {
        Some("active") => ServiceState::Running,
        Some("inactive" | "failed") => ServiceState::Stopped,
        Some("activating" | "deactivating" | "reloading") => ServiceState::Changing,
        _ => ServiceState::Unknown,
    };
    let start = value("UnitFileState").and_then(|word| match word {
        "enabled" | "enabled-runtime" | "generated" | "alias" => Some(StartType::Automatic),
        "disabled" | "static" | "indirect" | "transient" => Some(StartType::Manual),
        "masked" | "masked-runtime" => Some(StartType::Disabled),
        _ => None,
    });
    let process = value("MainPID").and_then(|id| id.parse().ok()).filter(|id| *id != 0);
    Ok(Some(Service { state, start, process }))
}

/// Who listens, as the kernel tells root; others learn only that somebody does.
pub(super) fn listener(machine: &ThisMachine, port: u16, transport: Transport) -> Answer<Owner> {
    if KIND != Os::Linux {
        return Err(Unreadable::NotHeld);
    }
    let without = || Unreadable::Failed("there is no ss command to ask".to_owned());
    let kind = match transport {
        Transport::Tcp => 't',
        Transport::Udp => 'u',
    };
    let output = machine.command(&format!("ss -Hl{kind}np sport = :{port}"))?.ok_or_else(without)?;
    if output.code != 0 {
        return Err(Unreadable::Failed("ss does not say".to_owned()));
    }
    let owner = |line: &str| {
        // users:(("xrdp",pid=812,fd=11))
        let users = line.split("users:((\"").nth(1);
        let program = users.and_then(|rest| rest.split('"').next()).map(str::to_owned);
        let id = users.and_then(|rest| rest.split("pid=").nth(1));
        let process = id.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
        Owner { process, program }
    };
    Ok(output.text.lines().next().map(owner))
}
