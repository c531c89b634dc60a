//! The connection that rules are asked about, and what a rule does to what it fits.

use std::net::IpAddr;

use super::values::Fit;

/// The connection: to a port of the far end, whose address may not be known.
#[derive(Clone, Copy)]
pub(super) struct Connection {
    pub port: u16,
    pub address: Option<IpAddr>,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing that ends the way through the chain.
    Nothing,
    /// The chain is over.
    Accept,
    /// Nothing goes on.
    Refuse,
    /// It goes on to another place than it was sent to.
    Elsewhere,
    /// Back to the rule behind the jump.
    Return,
    /// Through another chain, and back.
    Jump(String),
    /// Through another chain.
    Goto(String),
    /// Nobody knows.
    Strange,
}

/// How a rule fits, and what it does then.
pub(super) type Rule = (Fit, Verdict);
