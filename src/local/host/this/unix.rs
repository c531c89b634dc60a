//! Linux, macOS and other Unix systems: files with owners, and commands. There is no registry and no event log.

use std::{fs::Metadata, os::unix::fs::MetadataExt as _};

use rustix::{
    fs::{Access, access},
    process::geteuid,
};

use super::{Answer, Event, File, Host as _, Owner, Service, ThisMachine, Unreadable, Value};
use crate::report::Os;

/// The kind of system.
pub const KIND: Os = if cfg!(target_os = "macos") { Os::Macos } else { Os::Linux };

/// `PRETTY_NAME` of os-release, or the product version of macOS.
pub fn version(machine: &ThisMachine) -> Option<String> {
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
pub fn elevated() -> Option<bool> {
    Some(geteuid().is_root())
}

/// Facts of a file that exists.
pub fn file(path: &str, facts: &Metadata) -> Result<File, Unreadable> {
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
pub fn descriptor(_path: &str) -> Answer<String> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub fn value(_key: &str, _name: &str) -> Answer<Value> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub fn subkeys(_key: &str) -> Answer<Vec<String>> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub fn may_create(_key: &str) -> Answer<bool> {
    Err(Unreadable::NotHeld)
}

/// There is none.
pub fn events(_machine: &ThisMachine, _channel: &str) -> Answer<Vec<Event>> {
    Err(Unreadable::NotHeld)
}

/// There is none that is asked for.
pub fn service(_machine: &ThisMachine, _name: &str) -> Answer<Service> {
    Err(Unreadable::NotHeld)
}

/// There is none that is asked for.
pub fn listener(_machine: &ThisMachine, _port: u16) -> Answer<Owner> {
    Err(Unreadable::NotHeld)
}
