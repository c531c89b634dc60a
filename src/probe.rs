//! What is asked of a server: one connection, a retry where it demands another offer, and what an experiment plans.
//!
//! An account is used once. No retry and no wait goes through a gateway with one, and no experiment goes through a
//! gateway at all, because each would take one of its few places. On two connections the same account is proved on
//! both, which is one attempt. The retry carries the account only because the first connection ended before CredSSP,
//! in the negotiation or at the ClientHello.
//!
//! `--take-session` is checked late: only the negotiation shows whether a server uses NLA, so an account without the
//! option is no usage error. The trace ends after licensing, `stopped` in activate, with exit code 3.

use std::{net::SocketAddr, time::Duration};

use demand::Demand;
use request::request;
use tracing::Instrument as _;

use crate::{
    destination::Target,
    endpoint::Endpoint,
    net::{Instant, Limits, Network},
    report::{Connection, TargetRecord, Timestamp, Trace},
    settings::Settings,
};

pub use crate::certificate::Roots;
pub use hops::aimed;
pub use observer::{Known, Observer, Unobserved};
pub use plan::{Added, Hello, Opening, Plan, Versions, Withheld};
pub use rdp_file::rdp_file;
pub use roots::roots;

mod connection;
mod demand;
mod hops;
mod make;
mod observer;
mod offer;
mod plan;
mod rdp_file;
mod request;
mod roots;
mod udp;
mod ways;

impl<N: Network> Probe<'_, N> {
    /// Makes the connection that was planned; what is logged of it carries its name.
    pub async fn connection(&self, plan: &Plan) -> Connection {
        let span = tracing::info_span!("connection", name = %plan.purpose);
        self.make(plan).instrument(span).await
    }
}

/// Traces one target: the main connection, a retry where the server demands another offer that can be met, and a hop for each
/// redirection that is followed.
pub async fn probe<N: Network>(
    target: &Target,
    settings: &Settings,
    network: &N,
    observer: &dyn Observer,
) -> Trace {
    trace(target, settings, network, observer, &roots(settings, network)).await
}

/// The same, with roots that other connections of the run share.
pub async fn trace<N: Network>(
    target: &Target,
    settings: &Settings,
    network: &N,
    observer: &dyn Observer,
    roots: &Roots<'_>,
) -> Trace {
    let begin = Instant::now();
    let started = Timestamp(network.now());
    let end = begin + settings.deadline;
    let probe = Probe::new(&target.endpoint, settings, network, observer, (end, roots));
    let main = probe.connection(&Plan::main(settings)).await;
    observer.made(&main);
    let demand = Demand::of(&main.phases, settings);
    let mut connections = vec![main];
    if let Some(demand) = demand {
        let addresses = addresses(&connections[0], &target.endpoint, settings);
        let retry = probe.connection(&demand.met_by(Plan::retry(settings, addresses))).await;
        observer.made(&retry);
        connections.push(retry);
    }
    let way = hops::Way { target: &target.endpoint, settings, network, observer, end, roots };
    let unfollowed = Box::pin(way.follow(&mut connections)).await;
    let udp = match (settings.udp, connections.last()) {
        (true, Some(traced)) => Some(udp::udp(network, settings, traced, end).await),
        _ => None,
    };
    Trace { unfollowed, udp, ..unfinished((target, settings), (begin, started), roots, connections) }
}

/// What is known of a run that began then, when these connections were made.
pub fn unfinished(
    (target, settings): (&Target, &Settings),
    (begin, started): (Instant, Timestamp),
    roots: &Roots<'_>,
    connections: Vec<Connection>,
) -> Trace {
    Trace {
        started,
        elapsed_ms: begin.elapsed().into(),
        target: Some(target_record(target, settings, started, roots)),
        request: request(target, settings),
        connections,
        unfollowed: None,
        wait: None,
        udp: None,
        machine: None,
        local: Vec::new(),
        rdp_file: None,
    }
}

/// The addresses that a connection has looked up, with the port that is connected to there: the proxy's where there is one.
pub fn addresses(connection: &Connection, target: &Endpoint, settings: &Settings) -> Vec<SocketAddr> {
    let port = settings.proxy.as_ref().map_or(target.port, |proxy| proxy.endpoint.port);
    let seen = connection.phases.resolve.iter().flat_map(|record| &record.evidence.addresses);
    seen.map(|seen| SocketAddr::new(seen.address, port)).collect()
}

/// Makes connections to one target under the same settings and the same deadline.
pub struct Probe<'a, N> {
    target: &'a Endpoint,
    settings: &'a Settings,
    network: &'a N,
    observer: &'a dyn Observer,
    limits: Limits,
    roots: &'a Roots<'a>,
}

impl<'a, N: Network> Probe<'a, N> {
    /// Nothing is sent yet; `end` is when the run ends, whose connections share the roots.
    pub fn new(
        target: &'a Endpoint,
        settings: &'a Settings,
        network: &'a N,
        observer: &'a dyn Observer,
        (end, roots): (Instant, &'a Roots<'a>),
    ) -> Self {
        let limits = Limits { phase: settings.timeout, run: end };
        Self { target, settings, network, observer, limits, roots }
    }

    /// The same with no more than so long for a phase.
    pub fn within(&self, phase: Duration) -> Self {
        let limits = Limits { phase: self.limits.phase.min(phase), ..self.limits };
        Self { limits, ..*self }
    }

    /// Who is told what happens.
    pub fn observer(&self) -> &dyn Observer {
        self.observer
    }

    fn server_name(&self) -> &str {
        self.settings.server_name.as_deref().unwrap_or(&self.target.host)
    }
}

fn target_record(target: &Target, settings: &Settings, now: Timestamp, roots: &Roots<'_>) -> TargetRecord {
    let Endpoint { host, port } = &target.endpoint;
    TargetRecord {
        input: target.input.clone(),
        host: host.clone(),
        port: *port,
        server_name: settings.server_name.as_ref().unwrap_or(host).clone(),
        rdp_file: target.file.as_ref().map(|file| rdp_file(file, now, roots)),
    }
}
