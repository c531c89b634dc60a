//! Names that are types here and text in the report: spelled as their variants, read back also from other versions.
//!
//! `FindingCode` and `CauseCode` are the one list of each: a rule, an ending and whoever asks for a finding or a
//! cause name a variant. So do the steps and the transport of a gateway and who named a KDC. A stored name that this
//! version does not know stays as it came (`Named::Unknown`) and equals none.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names of one kind, every one that this version knows.
pub trait Known: Copy + Eq + 'static {
    /// Every one.
    const ALL: &'static [Self];

    /// As the report spells it.
    fn as_str(self) -> &'static str;
}

/// A name in a report: one that this version knows, or one of another version, kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Named<K> {
    /// One that this version knows.
    Known(K),
    /// One of another version.
    Unknown(String),
}

impl<K: Known> Named<K> {
    /// The one that is spelled so.
    pub fn of(text: &str) -> Self {
        let known = K::ALL.iter().copied().find(|known| known.as_str() == text);
        known.map_or_else(|| Self::Unknown(text.to_owned()), Self::Known)
    }

    /// As the report spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(known) => known.as_str(),
            Self::Unknown(text) => text,
        }
    }

    /// The one that this version knows; none for one of another version.
    pub fn known(&self) -> Option<K> {
        match self {
            Self::Known(known) => Some(*known),
            Self::Unknown(_) => None,
        }
    }
}

/// What was left out is no name.
impl<K> Default for Named<K> {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl<K> From<K> for Named<K> {
    fn from(known: K) -> Self {
        Self::Known(known)
    }
}

impl<K: Known> PartialEq<K> for Named<K> {
    fn eq(&self, known: &K) -> bool {
        self.known() == Some(*known)
    }
}

impl<K: Known> fmt::Display for Named<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<K: Known> Serialize for Named<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, K: Known> Deserialize<'de> for Named<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::of(&String::deserialize(deserializer)?))
    }
}

/// Makes the names of one kind and their list together, so that none is missing in it, each spelled as its variant is, with a
/// byte before what begins a word.
macro_rules! names {
    ($(#[$about:meta])* $kind:ident, $between:literal: $($(#[$each:meta])* $name:ident,)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {
            $($(#[$each])* $name,)*
        }

        impl $kind {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As the report spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => {
                        const NAME: &str = stringify!($name);
                        const SPELLED: [u8; $crate::report::named::length(NAME)] =
                            $crate::report::named::spelled(NAME, $between);
                        const TEXT: &str = $crate::report::named::text(&SPELLED);
                        TEXT
                    })*
                }
            }
        }

        impl $crate::report::Known for $kind {
            const ALL: &'static [Self] = Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use names;

/// How many bytes the spelling of a variant has.
pub(super) const fn length(name: &str) -> usize {
    let (bytes, mut at, mut words) = (name.as_bytes(), 1, 0);
    while at < bytes.len() {
        words += bytes[at].is_ascii_uppercase() as usize;
        at += 1;
    }
    bytes.len() + words
}

/// The spelling of a variant, with this byte between its words.
pub(super) const fn spelled<const N: usize>(name: &str, between: u8) -> [u8; N] {
    let (bytes, mut spelled, mut at, mut to) = (name.as_bytes(), [0; N], 0, 0);
    while at < bytes.len() {
        if at > 0 && bytes[at].is_ascii_uppercase() {
            spelled[to] = between;
            to += 1;
        }
        spelled[to] = bytes[at].to_ascii_lowercase();
        (at, to) = (at + 1, to + 1);
    }
    spelled
}

/// The same as text, which an identifier always is.
pub(super) const fn text(spelled: &[u8]) -> &str {
    match str::from_utf8(spelled) {
        Ok(text) => text,
        Err(_) => panic!("a variant is text"),
    }
}
