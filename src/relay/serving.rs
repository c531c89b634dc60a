//! Clients as they come, until enough have been served.

use std::net::SocketAddr;

use futures_util::{StreamExt as _, stream::FuturesUnordered};

use crate::{
    net::{BoxStream, Door},
    report::Report,
};

/// How long to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until interrupted.
    Interrupted,
    /// Until the first connection has ended.
    FirstEnded,
}

/// Begins to serve each client that comes while there is room beside those under way, until `interrupt` ends or enough have left;
/// hands out what is reported as it ends. Those that are under way then are returned.
pub(super) async fn serving<F: Future<Output = Option<Report>>>(
    door: &Door,
    until: Until,
    has_room: impl Fn(usize) -> bool,
    interrupt: impl Future<Output = ()>,
    hand_out: &mut dyn FnMut(Report),
    begin: impl Fn(BoxStream, SocketAddr) -> F,
) -> FuturesUnordered<F> {
    let mut under_way = FuturesUnordered::new();
    tokio::pin!(interrupt);
    loop {
        tokio::select! {
            biased;
            () = &mut interrupt => return under_way,
            Some(report) = under_way.next() => {
                let Some(report) = report else { continue };
                hand_out(report);
                if until == Until::FirstEnded {
                    return under_way;
                }
            }
            (client, address) = door.next(), if has_room(under_way.len()) => under_way.push(begin(client, address)),
        }
    }
}
