//! What a peer speaks that is not what was expected of it.

use std::fmt;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A protocol, or a service, with what shows it: `SSH (SSH-2.0-OpenSSH_9.2)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Spoken(pub String);

impl Spoken {
    /// Whether it is TLS, where nothing had asked for it.
    pub fn is_tls(&self) -> bool {
        self.0.starts_with("TLS")
    }

    /// Whether it is RDP, where TLS was to begin.
    pub fn is_rdp(&self) -> bool {
        self.0.starts_with("RDP")
    }

    /// Whether it is HTTP, with a status line or a page.
    pub fn is_http(&self) -> bool {
        self.0.starts_with("HTTP")
    }
}

impl Deref for Spoken {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Spoken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
