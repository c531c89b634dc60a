//! A listener for clients: a relay to a server of its own, which goes just far enough to see what a client offers.
//!
//! With NLA it ends after the first TSRequest, with TLS after the Font List, with Standard RDP Security after the Connect Initial,
//! because what follows would be the password under a key that proves nothing. So no proof is asked for, and none is kept.

use std::{
    cell::Cell,
    future, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _};
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::{Keys, Relay, Stopped, Until, serving::serving};
use crate::{
    codes::Phase,
    demo::{Select, Server},
    destination::Target,
    diagnose::diagnose,
    net::{BoxStream, Door, Learner, Network, pause},
    report::{
        Client, Connection, Failure, FailureKind, PhaseRecord, Phases, Report, Selected, Status, Trace,
    },
};

/// How many clients are listened to at once; further ones wait until one has ended.
const MOST_CLIENTS: usize = 64;
/// How long a client may take in all.
const CLIENT_TIME: Duration = Duration::from_secs(30);
/// Bytes that may wait between a client and the server.
const WAITING: usize = 64 * 1024;

/// What serves clients.
pub struct Listener {
    server: Server,
}

impl Listener {
    /// One that selects this where the client offers it.
    ///
    /// # Errors
    /// Its certificate cannot be made.
    pub fn new(select: Select, now: OffsetDateTime) -> Result<Self, String> {
        Ok(Self { server: Server::listener(select, now)? })
    }

    /// Listens to clients until `interrupt` ends or enough have come, and hands out a report of each as it ends.
    pub async fn serve(
        &self,
        door: &Door,
        network: &dyn Network,
        until: Until,
        interrupt: impl Future<Output = ()>,
        hand_out: &mut dyn FnMut(Report),
    ) -> io::Result<()> {
        let own: Target = door.address()?.to_string().parse().map_err(io::Error::other)?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped: Stopped = stopped.map(drop as fn(_)).shared();
        let begin = |client, address| self.client(&own, network, client, address, stopped.clone()).map(Some);
        let most = if until == Until::FirstEnded { 1 } else { MOST_CLIENTS };
        let has_room = |under_way| under_way < most;
        let mut under_way = serving(door, until, has_room, interrupt, hand_out, begin).await;
        drop(stop);
        while let Some(report) = under_way.next().await {
            report.into_iter().for_each(&mut *hand_out);
        }
        Ok(())
    }

    /// Listens to one client.
    async fn client(
        &self,
        own: &Target,
        network: &dyn Network,
        client: BoxStream,
        address: SocketAddr,
        interrupted: Stopped,
    ) -> Report {
        let keys = Arc::new(Learner::default());
        let server = Arc::new(self.server.watched_by(keys.clone()));
        let served = Served { network, server };
        let known: Keys = Arc::new(move || keys.take());
        let relay = Relay::new(own, &served, CLIENT_TIME).with_keys(known);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped: Stopped = stopped.map(drop as fn(_)).shared();
        let is_late = Cell::new(false);
        let too_long = async {
            tokio::select! {
                () = pause(CLIENT_TIME) => is_late.set(true),
                () = interrupted => {}
            }
            drop(stop);
            future::pending::<Report>().await
        };
        let Report { mut trace, .. } = tokio::select! {
            report = relay.single(client, address, stopped) => report,
            report = too_long => report,
        };
        if is_late.get() {
            trace.connections.iter_mut().for_each(|made| tell_limit(&mut made.phases));
        }
        judged(trace)
    }
}

/// The server in place of one that would be reached.
struct Served<'a> {
    network: &'a dyn Network,
    server: Arc<Server>,
}

#[async_trait]
impl Network for Served<'_> {
    fn now(&self) -> OffsetDateTime {
        self.network.now()
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Err(Failure::new(FailureKind::NotFound, "nothing is looked up here"))
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        let (inside, outside) = tokio::io::duplex(WAITING);
        let server = Arc::clone(&self.server);
        tokio::spawn(async move {
            tokio::select! {
                () = server.serve(inside) => {}
                () = pause(CLIENT_TIME) => {}
            }
        });
        Ok(Box::new(outside))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// The report on what was listened to. Where this program ended the connection as it had to, that is its own choice; a client
/// that got less far was asked for more.
fn judged(mut trace: Trace) -> Report {
    let asked = trace.connections.first_mut().and_then(|made| {
        // Name resolution and TCP of this program's own are of no interest.
        made.phases.resolve = None;
        if let Some(watched) = &mut made.watched {
            (watched.cut, made.tcp) = (false, watched.client_tcp.take());
        }
        if made.phases.negotiate.is_none() {
            stop(
                &mut made.phases.tls,
                "the client began TLS without a Connection Request, as one of a gateway does",
            );
        }
        let (phase, why) = wanted(made);
        (!stopped(made, phase, why)).then_some(phase)
    });
    (trace.request.until, trace.request.listen) = (asked, true);
    diagnose(trace)
}

/// That the last phase ends because this program waits no longer.
fn tell_limit(phases: &mut Phases) {
    let Phases { negotiate, tls, credssp, mcs, licensing, activate, .. } = phases;
    let stopped = [
        activate.as_mut().map(|last| &mut last.stopped),
        licensing.as_mut().map(|last| &mut last.stopped),
        mcs.as_mut().map(|last| &mut last.stopped),
        credssp.as_mut().map(|last| &mut last.stopped),
        tls.as_mut().map(|last| &mut last.stopped),
        negotiate.as_mut().map(|last| &mut last.stopped),
    ];
    if let Some(why) = stopped.into_iter().flatten().find(|why| why.is_some()) {
        let seconds = CLIENT_TIME.as_secs();
        *why = Some(format!("the client said no more within the {seconds} s that rdptrace listens to it"));
    }
}

/// Where the way ends with what was selected.
fn wanted(made: &Connection) -> (Phase, &'static str) {
    let selected = made.phases.negotiate.as_ref().and_then(|record| record.evidence.selected);
    match selected {
        Some(Selected::Tls) => (Phase::Activate, "the client's offer is known with its Font List"),
        Some(Selected::Rdp) => (Phase::Mcs, "no password is asked for under Standard RDP Security"),
        _ => (Phase::Credssp, "no proof is asked for after the first TSRequest"),
    }
}

/// Whether the connection ended there because this program had seen enough.
fn stopped(made: &mut Connection, phase: Phase, why: &str) -> bool {
    let Connection { phases, client, .. } = made;
    let Some(client) = client else { return false };
    match phase {
        Phase::Activate => client.capabilities.is_some() && stop(&mut phases.activate, why),
        Phase::Mcs => client.settings.is_some() && stop(&mut phases.mcs, why),
        _ => said_credssp(client) && stop(&mut phases.credssp, why),
    }
}

fn said_credssp(client: &Client) -> bool {
    client.credssp.is_some()
}

fn stop<E>(record: &mut Option<PhaseRecord<E>>, why: &str) -> bool {
    let Some(record) = record else { return false };
    (record.status, record.failure) = (Status::Stopped, None);
    record.stopped = Some(why.to_owned());
    true
}
