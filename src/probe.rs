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
use tracing::Instrument as _;

use crate::{
    endpoint::Endpoint,
    net::{Instant, Limits, Network},
    report::{Connection, Timestamp, Trace},
    settings::Settings,
};

pub(crate) use crate::certificate::Roots;
pub(crate) use hops::aimed;
pub(crate) use observer::ConnectionKeeper;
pub use observer::{Observer, Unobserved};
pub(crate) use plan::{Added, Hello, Opening, Plan, Versions, Withheld};
pub(crate) use rdp_file::rdp_file;
pub(crate) use roots::roots;
pub use tracer::Tracer;

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
mod session;
mod set_up;
mod tracer;
mod udp;
mod ways;

impl Probe<'_> {
    /// Makes the connection that was planned; what is logged of it carries its name.
    pub(crate) async fn connection(&self, plan: &Plan) -> Connection {
        let span = tracing::info_span!("connection", name = %plan.purpose);
        // On the heap, so that whoever makes several needs little of the stack of a thread.
        Box::pin(self.make(plan)).instrument(span).await
    }
}

impl Tracer<'_> {
    /// What happens, without a judgement: the main connection, a retry if the server demands another offer that can be met, and
    /// a hop for each redirection that is followed.
    pub async fn trace(&self) -> Trace {
        let Self { target, settings, network, observer, .. } = *self;
        let begin = Instant::now();
        let started = Timestamp(network.now());
        let end = begin + settings.limits.deadline;
        let probe = self.probe(&target.endpoint, settings, end);
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
        let unfollowed = Box::pin(hops::Way { tracer: self, end }.follow(&mut connections)).await;
        let udp = match (settings.depth.udp, connections.last()) {
            (true, Some(traced)) => Some(udp::udp(network, settings, traced, end).await),
            _ => None,
        };
        Trace { unfollowed, udp, ..self.seen(begin, started, connections) }
    }
}

/// The addresses that a connection has looked up, with the port that is connected to there: the proxy's where there is one.
pub(crate) fn addresses(connection: &Connection, target: &Endpoint, settings: &Settings) -> Vec<SocketAddr> {
    let port = settings.route.proxy.as_ref().map_or(target.port, |proxy| proxy.endpoint.port);
    let seen = connection.phases.resolve.iter().flat_map(|record| &record.evidence.addresses);
    seen.map(|seen| SocketAddr::new(seen.address, port)).collect()
}

/// Makes connections to one target under the same settings and the same deadline.
pub(crate) struct Probe<'a> {
    target: &'a Endpoint,
    settings: &'a Settings,
    network: &'a dyn Network,
    observer: &'a dyn Observer,
    limits: Limits,
    roots: &'a Roots<'a>,
}

impl<'a> Probe<'a> {
    /// The same with no more than so long for a phase.
    pub(crate) fn within(&self, phase: Duration) -> Self {
        let limits = Limits { phase: self.limits.phase.min(phase), ..self.limits };
        Self { limits, ..*self }
    }

    /// The same, of which nobody is told.
    pub(crate) fn unobserved(self) -> Self {
        Self { observer: &Unobserved, ..self }
    }

    /// Who is told what happens.
    pub(crate) fn observer(&self) -> &dyn Observer {
        self.observer
    }

    fn server_name(&self) -> &str {
        self.settings.trust.server_name.as_deref().unwrap_or(&self.target.host)
    }
}
