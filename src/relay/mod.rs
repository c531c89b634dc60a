//! A relay between clients and one server: it passes their bytes unread, and what passed is read as a capture of it would be.
//!
//! Each connection ends in a report. Name resolution and TCP of the server are the relay's own, so those phases are told as a
//! trace tells them; everything above is the client's.

mod halves;
mod listen;
mod passage;
mod passed;
mod reading;
mod record;
mod serving;

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use futures_util::{FutureExt as _, StreamExt as _, future::Shared};
use halves::Halves;
pub use listen::Listener;
pub use reading::Keys;
use reading::Opens;
pub use record::Record;
pub use serving::Until;
use serving::serving;

use crate::{
    destination::Target,
    flow::KeyLog,
    net::{BoxStream, Clock, Door, Network, is_of_this_machine},
    pdu::server_key::ServerKey,
    report::{Failure, Report},
};

/// How many connections are passed at once; further clients wait until one has ended.
const MOST_CONNECTIONS: usize = 1024;

/// What all connections share.
pub struct Relay<'a> {
    target: &'a Target,
    network: &'a dyn Network,
    /// How long name resolution and TCP may take each.
    timeout: Duration,
    opens: Opens,
    halves: Halves,
    /// Whether any connection has ended.
    ended: Cell<bool>,
    /// How many times anything has passed.
    count: Cell<u64>,
    record: RefCell<Record>,
    clock: Clock,
}

impl<'a> Relay<'a> {
    /// One to this target.
    pub fn new(target: &'a Target, network: &'a dyn Network, timeout: Duration) -> Self {
        let opens = Opens { keys: Arc::new(KeyLog::default), server_keys: Arc::default() };
        Self {
            target,
            network,
            timeout,
            opens,
            halves: Halves::default(),
            ended: Cell::new(false),
            count: Cell::new(0),
            record: RefCell::default(),
            clock: Clock::of(network),
        }
    }

    /// The same, which opens what it can with these secrets.
    #[must_use]
    pub fn with_keys(self, keys: Keys) -> Self {
        Self { opens: Opens { keys, ..self.opens }, ..self }
    }

    /// The same, which opens what clients encrypt for these keys of servers.
    #[must_use]
    pub fn with_server_keys(self, keys: Vec<ServerKey>) -> Self {
        Self { opens: Opens { server_keys: keys.into(), ..self.opens }, ..self }
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
    /// under way are ended then. If the first client is enough, what comes before it has left is passed too, because a client of a
    /// gateway may need two connections.
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
        let has_room = |under_way| match until {
            Until::Interrupted => under_way < MOST_CONNECTIONS,
            Until::FirstEnded => under_way < MOST_CONNECTIONS && !self.ended.get(),
        };
        let mut under_way = serving(door, until, has_room, interrupt, hand_out, begin).await;
        drop(stop);
        while let Some(report) = under_way.next().await {
            report.into_iter().for_each(&mut *hand_out);
        }
    }

    /// Serves a client that did not come through a door, until it leaves; its report, unless another connection's report has it.
    pub async fn serve_one(&self, client: BoxStream, address: SocketAddr) -> Option<Report> {
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
