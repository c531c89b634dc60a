//! Which connections are still being put together: nobody can say what a client did as long as one of its connections is.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

use crate::flow::At;

/// The connections that have not been handed out, by their ends and the time at which they began.
#[derive(Debug, Default)]
pub struct Held(BTreeSet<(IpAddr, SocketAddr, At, u64)>);

impl Held {
    /// Whether one of this client to this server began within these times.
    pub fn any(&self, client: IpAddr, server: SocketAddr, began: RangeInclusive<At>) -> bool {
        let (from, to) = began.into_inner();
        from <= to
            && self.0.range((client, server, from, 0)..=(client, server, to, u64::MAX)).next().is_some()
    }

    /// Adds the one with this serial number.
    pub(super) fn add(&mut self, client: IpAddr, server: SocketAddr, began: At, serial: u64) {
        self.0.insert((client, server, began, serial));
    }

    /// Removes it.
    pub(super) fn remove(&mut self, client: IpAddr, server: SocketAddr, began: At, serial: u64) {
        self.0.remove(&(client, server, began, serial));
    }
}
