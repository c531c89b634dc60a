//! An RD Gateway with an invented identity in front of the demo server (MS-TSGU, HTTP transport), or one that misbehaves in one chosen way.
//!
//! It shares no packet, frame or header code with the client, so that a mistake in one is not repeated in the other.
//! It leads to a demo server through memory, by one name and port only, as its resource policy says. A fault that
//! closes the channel late ends the server behind it at that point.

mod auth;
mod carrier;
mod connection;
mod fault;
mod faults;
mod headers;
mod http;
mod packets;
mod shared;
mod tunnel;
mod websocket;

pub use fault::{Entry, Expect, Fault};
pub use faults::{all, find};
pub use shared::{Gateway, NAME, NETBIOS_NAME, TOKEN};
