//! Who said that no connection can be made, and in which ICMP message.

use std::{fmt, net::IpAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An ICMP error about an attempt to connect (RFC 792, of IPv6 RFC 4443).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
// Exhaustive, so that a network of one's own can say who rejected a connection.
pub struct IcmpError {
    /// Its type: 3 is destination unreachable, of IPv6 1.
    #[serde(rename = "type")]
    pub kind: u8,
    /// What it says within that type.
    pub code: u8,
    /// The code's name, where a table knows it.
    pub name: Option<String>,
    /// Who sent it.
    #[schemars(with = "Option<String>")]
    pub from: Option<IpAddr>,
}

/// `ICMP admin-prohibited (type 3, code 13)`.
impl fmt::Display for IcmpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, code, name, .. } = self;
        let name = name.as_ref().map_or_else(String::new, |name| format!("{name} "));
        write!(f, "ICMP {name}(type {kind}, code {code})")
    }
}

/// Who said that an address cannot be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectedBy {
    /// This system: it has no route to the address, or its own rules forbid it. Nothing was sent.
    ThisMachine,
    /// This system, because nobody on its link answered for the address (ARP, neighbour discovery).
    Link,
    /// The address itself, or somebody in its name.
    Host,
    /// Another system on the way.
    Router,
}
