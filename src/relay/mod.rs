//! A relay between clients and one server: it passes their bytes unread, and what passed is read as a capture of it would be.
//!
//! Each connection ends in a report. Name resolution and TCP of the server are the relay's own, so those phases are told as a
//! trace tells them; everything above is the client's.

mod listen;
mod passage;
mod record;
mod serving;

use std::{cell::RefCell, net::SocketAddr, sync::Arc, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, future::Shared};
pub use listen::Listener;
pub use record::Record;
pub use serving::Until;
use serving::serving;

use crate::{
    destination::Target,
    flow::KeyLog,
    net::{BoxStream, Clock, Door, Network, is_of_this_machine},
    report::{Failure, Report},
};

/// How many connections are passed at once; further clients wait until one has ended.
const MOST_CONNECTIONS: usize = 1024;

/// Where the secrets of TLS sessions are to be had when a connection has ended.
pub type Keys = Arc<dyn Fn() -> KeyLog + Send + Sync>;

/// What all connections share.
pub struct Relay<'a> {
    target: &'a Target,
    network: &'a dyn Network,
    /// How long name resolution and TCP may take each.
    timeout: Duration,
    keys: Keys,
    record: RefCell<Record>,
    clock: Clock,
}

impl<'a> Relay<'a> {
    /// One to this target.
    pub fn new(target: &'a Target, network: &'a dyn Network, timeout: Duration) -> Self {
        let keys: Keys = Arc::new(KeyLog::default);
        let clock = Clock::of(network);
        Self { target, network, timeout, keys, record: RefCell::default(), clock }
    }

    /// The same, which opens what it can with these secrets.
    #[must_use]
    pub fn with_keys(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    /// The same, which keeps what passes.
    #[must_use]
    pub fn recorded(self, record: Record) -> Self {
        Self { record: RefCell::new(record), ..self }
    }

    /// Where it leads.
    pub fn target(&self) -> &Target {
        self.target
    }

    /// Whether the target is where this relay itself would listen, so that each connection would make another.
    ///
    /// # Errors
    /// The target's name has no address.
    pub async fn leads_to(&self, own: SocketAddr) -> Result<bool, Failure> {
        let addresses = self.addresses().await?;
        for address in addresses.iter().filter(|address| address.port() == own.port()) {
            let (ip, listens_everywhere) = (address.ip(), own.ip().is_unspecified());
            if ip == own.ip() || listens_everywhere && is_of_this_machine(ip).await {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Serves clients until `interrupt` ends or enough have been served, and hands out a report of each connection as it ends; those
    /// under way are ended then.
    pub async fn serve(
        &self,
        door: &Door,
        until: Until,
        interrupt: impl Future<Output = ()>,
        hand_out: &mut dyn FnMut(Report),
    ) {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped: Stopped = stopped.map(drop as fn(_)).shared();
        let begin = |client, address| self.passage(client, address, stopped.clone());
        let mut under_way = serving(door, (until, MOST_CONNECTIONS), interrupt, hand_out, begin).await;
        drop(stop);
        while let Some(report) = under_way.next().await {
            hand_out(report);
        }
    }

    /// Serves a client that did not come through a door, until it leaves.
    pub async fn serve_one(&self, client: BoxStream, address: SocketAddr) -> Report {
        let (_held, stopped) = tokio::sync::oneshot::channel::<()>();
        self.passage(client, address, stopped.map(drop as fn(_)).shared()).await
    }

    /// What could not be recorded, told once.
    pub fn unrecorded(&self) -> Option<String> {
        self.record.borrow_mut().take_failure()
    }
}

/// Ends when the relay does.
type Stopped = Shared<futures_util::future::Map<tokio::sync::oneshot::Receiver<()>, fn(Received)>>;

type Received = Result<(), tokio::sync::oneshot::error::RecvError>;
