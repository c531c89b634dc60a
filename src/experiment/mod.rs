//! Follow-up connections that separate causes, none with an account: which there are, and how they are made.

mod direct_tls;
mod large_hello;
mod legacy_hello;
mod next_address;
mod no_cookie;
mod no_sni;
mod protocol;
mod repeat;
mod small_hello;
mod tls12_only;
mod tls13_only;

use std::{net::SocketAddr, time::Duration};

use futures_util::{StreamExt as _, stream};

use crate::{
    codes::Phase,
    net::{Instant, Network},
    probe::{Plan, Probe, Unobserved, addresses},
    report::{Connection, Status, Trace},
    settings::Settings,
    target::Target,
};

/// More would look like an attack.
const MOST: usize = 12;
/// Many half-open connections trip limits of the server and spoil what is to be seen.
const AT_ONCE: usize = 2;
/// A server that answers at all answers sooner.
const PATIENCE: Duration = Duration::from_secs(3);

/// One kind of follow-up.
pub struct Experiment {
    /// Its name in the report, without a number.
    pub name: &'static str,
    /// Whether its connections are made one after the other, after all others.
    in_turn: bool,
    plans: fn(&Basis) -> Vec<Plan>,
}

/// Every experiment, in the order in which they are made.
const EXPERIMENTS: &[Experiment] = &[
    tls12_only::EXPERIMENT,
    tls13_only::EXPERIMENT,
    small_hello::EXPERIMENT,
    large_hello::EXPERIMENT,
    no_sni::EXPERIMENT,
    legacy_hello::EXPERIMENT,
    direct_tls::EXPERIMENT,
    no_cookie::EXPERIMENT,
    protocol::RDP,
    protocol::SSL,
    protocol::HYBRID,
    protocol::HYBRID_EX,
    protocol::RDSTLS,
    protocol::RDSAAD,
    next_address::EXPERIMENT,
    repeat::EXPERIMENT,
];

/// All of their names.
pub fn names() -> Vec<&'static str> {
    EXPERIMENTS.iter().map(|experiment| experiment.name).collect()
}

/// What the connection that is followed up was.
struct Basis {
    /// What it offered.
    protocols: u32,
    /// Where it went.
    peer: Vec<SocketAddr>,
    /// The target's other addresses.
    others: Vec<SocketAddr>,
    /// The phase that it entered last.
    last: Phase,
}

impl Basis {
    /// A plan that differs in nothing yet and ends after TLS.
    fn plan(&self, name: &str) -> Plan {
        Plan::experiment(name, self.peer.clone(), self.protocols, Phase::Tls)
    }
}

/// Makes the experiments with these names and adds them to the trace. A run that began at `begin` keeps its deadline.
pub async fn run<N: Network>(
    trace: &mut Trace,
    wanted: &[&str],
    target: &Target,
    settings: &Settings,
    network: &N,
    begin: Instant,
) {
    let Some(basis) = basis(trace, target) else { return };
    let settings = Settings {
        account: None,
        screenshot: false,
        timeout: settings.timeout.min(PATIENCE),
        ..settings.clone()
    };
    let probe = Probe::new(target, &settings, network, &Unobserved, begin + settings.deadline);
    let chosen = |in_turn: bool| {
        let chosen = move |e: &&Experiment| e.in_turn == in_turn && wanted.contains(&e.name);
        EXPERIMENTS.iter().filter(chosen).flat_map(|experiment| (experiment.plans)(&basis))
    };
    let in_turn: Vec<Plan> = chosen(true).collect();
    let together: Vec<Plan> = chosen(false).take(MOST.saturating_sub(in_turn.len())).collect();
    trace.connections.extend(make(&probe, &together, AT_ONCE).await);
    trace.connections.extend(make(&probe, &in_turn, 1).await);
    trace.elapsed_ms = begin.elapsed().into();
}

async fn make<N: Network>(probe: &Probe<'_, N>, plans: &[Plan], at_once: usize) -> Vec<Connection> {
    stream::iter(plans).map(|plan| probe.connection(plan)).buffered(at_once).collect().await
}

/// None when no name was resolved, so that there is nowhere to connect to.
fn basis(trace: &Trace, target: &Target) -> Option<Basis> {
    let known = addresses(trace.connections.first()?, target);
    let phases = &trace.described()?.phases;
    let connect = phases.connect.as_ref()?;
    let peer = connect.evidence.peer.map_or_else(|| known.clone(), |peer| vec![peer]);
    let others = known.into_iter().filter(|address| !peer.contains(address)).collect();
    let last = phases.summaries().last().filter(|summary| summary.status != Status::Stopped)?.phase;
    let protocols = phases.negotiate.as_ref().map_or(0b1011, |record| record.evidence.requested_code);
    Some(Basis { protocols, peer, others, last })
}
