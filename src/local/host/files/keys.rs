//! What files of the registry have in common: keys without case, values by their type, and times.

use crate::{
    local::host::{Answer, Value},
    utf16,
};

/// How many names of subkeys are told.
pub(super) const MOST_NAMES: usize = 10_000;
/// More values of one key are not looked at.
pub(super) const MOST_VALUES: usize = 20_000;

/// Keys and values of a file. What lies outside of what the file holds is [`Unreadable::NotHeld`].
pub trait Keys: Send + Sync {
    /// A value.
    fn value(&self, key: &str, name: &str) -> Answer<Value>;

    /// The names of a key's subkeys.
    fn subkeys(&self, key: &str) -> Answer<Vec<String>>;

    /// What is damaged.
    fn notes(&self) -> Vec<String>;
}

/// A value of the registry by its type and its bytes.
pub(super) fn value(kind: u32, bytes: &[u8]) -> Value {
    let texts = || utf16::text(bytes).trim_end_matches('\0').to_owned();
    match (kind, bytes.len()) {
        (1 | 2, _) => Value::Text(texts()),
        (4, 4) => Value::Number(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))),
        (11, 8) => Value::Number(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))),
        (5, 4) => Value::Number(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))),
        (7, _) => match texts() {
            none if none.is_empty() => Value::List(Vec::new()),
            some => Value::List(some.split('\0').map(str::to_owned).collect()),
        },
        _ => Value::Binary { binary: hex::encode(bytes) },
    }
}

/// Whether both are one name: Windows knows no case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || one.to_lowercase() == other.to_lowercase()
}
