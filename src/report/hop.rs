//! Where a redirection led, by which of its names, and why the last one was not followed (MS-RDPBCGR 2.2.13.1).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Failure;
use crate::codes::Phase;
use crate::endpoint::place;

/// Where a Server Redirection PDU leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Hop {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The name that its certificate has to be for.
    pub server_name: String,
    /// The routing token that the Connection Request carries, as text; null where it is none.
    pub token: Option<String>,
    /// The same as bytes, lower-case hex, without the CR LF at its end.
    #[serde(default)]
    pub token_hex: Option<String>,
    /// The session that it is to be joined to.
    pub session_id: u32,
    /// Whether the redirection brought an account for it other than the one that was given: a password or a cookie.
    #[serde(default)]
    pub own_account: bool,
    /// The other names and addresses of the redirection that were tried and did not answer, in the order of the tries.
    #[serde(default)]
    pub tried: Vec<Tried>,
}

/// A name or an address that did not answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Tried {
    /// Name or address.
    pub host: String,
    /// The phase that failed.
    pub phase: Phase,
    /// How it failed.
    pub failure: Failure,
}

/// A field of a redirection that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Unusable {
    /// The field, as the specification calls it.
    pub field: String,
    /// The name or the address in it; null for a routing token.
    pub name: Option<String>,
    /// Why it cannot be used.
    pub reason: String,
}

impl Hop {
    /// The token as it can be shown.
    pub fn shown_token(&self) -> Option<String> {
        let bytes = || self.token_hex.as_ref().map(|hex| format!("{hex} (in hex)"));
        self.token.clone().or_else(bytes)
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&place(&self.host, self.port))
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fails in {}: {}", self.host, self.phase, self.failure.detail)
    }
}

/// Why the last redirection was not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unfollowed {
    /// As many as were asked for had been followed.
    Limit,
    /// It leads where the trace has been, with the same token.
    Loop,
    /// It names no place that a client can go to.
    Nowhere,
    /// The way leads through a gateway, whose account is used once.
    Gateway,
}
