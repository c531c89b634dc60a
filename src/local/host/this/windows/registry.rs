//! The registry, opened for reading only.

use std::io;

use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type, USERS};

use super::super::shared::existing;
use crate::local::host::{Answer, Unreadable, Value};

/// Enough for every list that is asked for.
const MOST_KEYS: usize = 10_000;
/// `KEY_CREATE_SUB_KEY`.
const CREATE_SUB_KEY: u32 = 0x0004;
/// The key of the service accounts, which only administrators may read.
const NETWORK_SERVICE: &str = "S-1-5-20";

/// A value; what is neither number nor text is bytes.
pub(crate) fn value(key: &str, name: &str) -> Answer<Value> {
    let Some(key) = open(key, |options| options.read())? else { return Ok(None) };
    let Some(raw) = answered(key.get_value(name))? else { return Ok(None) };
    let bytes = Value::Binary { binary: hex::encode(&*raw) };
    let value = match raw.ty() {
        Type::U32 | Type::U64 => u64::try_from(raw).map(Value::Number),
        Type::String | Type::ExpandString => String::try_from(raw).map(Value::Text),
        Type::MultiString => Vec::try_from(raw).map(Value::List),
        Type::Bytes | Type::Other(_) => Ok(bytes.clone()),
    };
    Ok(Some(value.unwrap_or(bytes)))
}

/// The names of a key's subkeys.
pub(crate) fn subkeys(key: &str) -> Answer<Vec<String>> {
    let Some(key) = open(key, |options| options.read())? else { return Ok(None) };
    answered(key.keys().map(|names| names.take(MOST_KEYS).collect()))
}

/// Whether a subkey may be created; the right is asked for, nothing is made.
pub(crate) fn may_create(key: &str) -> Answer<bool> {
    match open(key, |options| options.access(CREATE_SUB_KEY)) {
        Ok(found) => Ok(found.map(|_| true)),
        Err(Unreadable::Denied) => Ok(Some(false)),
        Err(why) => Err(why),
    }
}

/// Whether the current user may read what only administrators may.
pub(super) fn may_read_users() -> bool {
    USERS.open(NETWORK_SERVICE).is_ok()
}

type Options<'a> = windows_registry::OpenOptions<'a>;

fn open(key: &str, rights: impl for<'o, 'k> Fn(&'o mut Options<'k>) -> &'o mut Options<'k>) -> Answer<Key> {
    let (root, path) = key.split_once('\\').unwrap_or((key, ""));
    let root = match root {
        "HKLM" => LOCAL_MACHINE,
        "HKCU" => CURRENT_USER,
        _ => return Err(Unreadable::Failed(format!("{root} is not asked for"))),
    };
    let mut options = root.options();
    answered(rights(&mut options).open(path))
}

fn answered<T>(result: windows_registry::Result<T>) -> Answer<T> {
    // The code is an HRESULT around the number of Windows.
    existing(result.map_err(|error| io::Error::from_raw_os_error(error.code().0 & 0xFFFF)))
}
