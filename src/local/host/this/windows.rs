//! Windows: the registry and files; read with the rights of the current user.

use std::{fs::Metadata, io};

use winreg::{
    RegKey,
    enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_CREATE_SUB_KEY, KEY_READ, KEY_WOW64_64KEY, RegType},
};

use super::{Answer, Event, File, Owner, Service, ThisMachine, Unreadable, Value, existing};
use crate::report::Os;

/// The kind of system.
pub const KIND: Os = Os::Windows;

const CURRENT: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";

/// Major and minor version, build and revision.
pub fn version(_machine: &ThisMachine) -> Option<String> {
    let number = |name: &str| value(CURRENT, name).ok().flatten().map(|value| value.to_string());
    crate::local::host::windows_version(number)
}

/// Whether the current user has an administrator's rights; it is tried where only they may look.
pub fn elevated() -> Option<bool> {
    let users = RegKey::predef(winreg::enums::HKEY_USERS);
    Some(users.open_subkey_with_flags("S-1-5-20", KEY_READ).is_ok())
}

/// Facts of a file that exists.
pub fn file(path: &str, facts: &Metadata) -> Result<File, Unreadable> {
    let read_only = facts.permissions().readonly();
    Ok(File {
        size: facts.len(),
        modified: facts.modified().ok().map(|time| time::OffsetDateTime::from(time).into()),
        readable: std::fs::File::open(path).is_ok(),
        writable: !read_only,
        attributes: if read_only { vec!["read-only".to_owned()] } else { Vec::new() },
        ..File::default()
    })
}

/// Not asked for yet by any check.
pub fn descriptor(_path: &str) -> Answer<String> {
    Err(Unreadable::NotHeld)
}

/// A value; what is neither number nor text is bytes.
pub fn value(key: &str, name: &str) -> Answer<Value> {
    let Some(key) = open(key, KEY_READ)? else { return Ok(None) };
    let Some(raw) = existing(key.get_raw_value(name))? else { return Ok(None) };
    let bytes = || Value::Binary { binary: hex::encode(&raw.bytes) };
    let value = match raw.vtype {
        RegType::REG_DWORD | RegType::REG_QWORD => {
            existing(key.get_value::<u64, _>(name).or_else(|_| key.get_value::<u32, _>(name).map(u64::from)))?
                .map_or_else(bytes, Value::Number)
        }
        RegType::REG_SZ | RegType::REG_EXPAND_SZ => {
            existing(key.get_value::<String, _>(name))?.map_or_else(bytes, Value::Text)
        }
        RegType::REG_MULTI_SZ => {
            existing(key.get_value::<Vec<String>, _>(name))?.map_or_else(bytes, Value::List)
        }
        _ => bytes(),
    };
    Ok(Some(value))
}

/// The names of a key's subkeys.
pub fn subkeys(key: &str) -> Answer<Vec<String>> {
    let found = open(key, KEY_READ)?;
    Ok(found.map(|key| key.enum_keys().flatten().collect()))
}

/// Whether a subkey may be created; the right is asked for, nothing is made.
pub fn may_create(key: &str) -> Answer<bool> {
    match open(key, KEY_CREATE_SUB_KEY) {
        Ok(found) => Ok(found.map(|_| true)),
        Err(Unreadable::Denied) => Ok(Some(false)),
        Err(why) => Err(why),
    }
}

fn open(key: &str, rights: u32) -> Answer<RegKey> {
    let (root, path) = key.split_once('\\').unwrap_or((key, ""));
    let root = match root {
        "HKLM" => HKEY_LOCAL_MACHINE,
        "HKCU" => HKEY_CURRENT_USER,
        _ => return Err(Unreadable::Failed(io::ErrorKind::InvalidInput.to_string())),
    };
    existing(RegKey::predef(root).open_subkey_with_flags(path, rights | KEY_WOW64_64KEY))
}

/// Not asked for yet by any check.
pub fn events(_machine: &ThisMachine, _channel: &str) -> Answer<Vec<Event>> {
    Err(Unreadable::NotHeld)
}

/// Not asked for yet by any check.
pub fn service(_machine: &ThisMachine, _name: &str) -> Answer<Service> {
    Err(Unreadable::NotHeld)
}

/// Not asked for yet by any check.
pub fn listener(_machine: &ThisMachine, _port: u16) -> Answer<Owner> {
    Err(Unreadable::NotHeld)
}
