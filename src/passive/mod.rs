//! What a connection that was only watched shows: two timed streams in, the same `Connection` out that a probe makes; pure.
//!
//! The files mirror `phase`, whose readers say what each message means. A phase that cannot be seen is `unseen`, never passed,
//! and what is deduced from the sizes and times of encrypted records says so. What follows the activation is counted only.

mod activate;
mod attempt;
mod attempts;
mod beginning;
mod client;
mod connect;
mod credssp;
mod datagrams;
mod ended;
mod followed;
mod gateway;
mod halves;
mod http;
mod licensing;
mod mcs;
mod negotiate;
mod proxy;
mod record;
mod sealed;
mod session;
mod standard;
mod talk;
mod tls;
mod track;
mod udp;
mod vain;
mod walk;
mod watched;

pub use attempt::Watched;
pub use attempts::{Attempts, IsHeld, behind};
pub use beginning::{Beginning, beginning, is_relevant, is_wanted};
pub use gateway::Half;
pub use halves::{Halves, Taken};
pub use proxy::asked_for;
pub use tls::lacks_secret;
pub use walk::{walk, walk_alone, walk_both};

use crate::{certificate::Roots, flow::KeyLog, pdu::server_key::ServerKey};

/// What is known beside the streams.
pub struct Known<'a> {
    /// The secrets of TLS sessions.
    pub keys: &'a KeyLog,
    /// Private keys of servers.
    pub server_keys: &'a [ServerKey],
    /// The trust anchors that certificates are judged by.
    pub roots: &'a Roots<'a>,
    /// The name that the server's certificate has to be for, if it is given.
    pub server_name: Option<&'a str>,
    /// The same for whoever the client connects to, which may be a gateway before that server.
    pub reached_name: Option<&'a str>,
}

impl<'a> Known<'a> {
    /// The secrets of TLS and the roots alone.
    pub fn of(keys: &'a KeyLog, roots: &'a Roots<'a>) -> Self {
        Self { keys, server_keys: &[], roots, server_name: None, reached_name: None }
    }
}
