//! Follow-up connections that separate causes, none with an account: which there are, and how they are made.

mod again;
mod direct_tls;
mod large_hello;
mod legacy_hello;
mod next_address;
mod no_additions;
mod no_cookie;
mod no_preconnection;
mod no_screenshot;
mod no_server_name;
mod no_sni;
mod protocol;
mod small_hello;
mod tls12_only;
mod tls13_only;

use std::{
    future,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};

use crate::{
    codes::Phase,
    net::{Instant, Network},
    pdu::{client_hello::Profile, hello::ClientHello},
    probe::{Hello, Opening, Plan, Probe, Roots, Unobserved, Versions, addresses, aimed},
    report::{ConnectEvidence, Connection, FailureKind, PhaseRecord, Status, Summary, Trace},
    settings::Settings,
    target::Target,
};

/// More would look like an attack.
const MOST: usize = 16;
/// Kept for what is made again after a failure, and where nothing failed.
const AGAIN: usize = 8;
const SOUND: usize = 3;
/// Many half-open connections trip limits of the server and spoil what is to be seen.
const AT_ONCE: usize = 2;
/// Where the port was open and so many connections find it closed, the others would only knock on it.
const CLOSED: usize = 2;
/// A server that answers at all answers sooner; one that ended the traced connection later may do so again as late.
const PATIENCE: Duration = Duration::from_secs(3);
/// What the same may take longer another time.
const MARGIN: Duration = Duration::from_secs(1);

/// One kind of follow-up.
pub struct Experiment {
    /// Its name in the report, without a number.
    pub name: &'static str,
    plans: fn(&Basis) -> Vec<Plan>,
}

/// Every experiment, in the order in which they are made.
const EXPERIMENTS: &[Experiment] = &[
    no_additions::EXPERIMENT,
    no_preconnection::EXPERIMENT,
    no_server_name::EXPERIMENT,
    no_screenshot::EXPERIMENT,
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
];

/// All of their names.
pub fn names() -> Vec<&'static str> {
    EXPERIMENTS.iter().map(|experiment| experiment.name).chain(["repeat"]).collect()
}

/// One round of them.
pub enum Round<'a> {
    /// Those with these names.
    First(&'a [&'static str]),
    /// The traced connection so many times again, and between these experiments, which made a difference.
    Again {
        /// How often.
        times: usize,
        /// By their names in the report.
        between: &'a [String],
    },
}

/// What the connection that is followed up was.
struct Basis {
    /// What it offered.
    protocols: u32,
    /// How it began.
    opening: Opening,
    /// What its ClientHello offered.
    versions: Versions,
    /// The ClientHello itself, where it got so far.
    hello: Option<ClientHello>,
    /// Where it went.
    peer: Vec<SocketAddr>,
    /// Whether it was let in there.
    opened: bool,
    /// The target's other addresses.
    others: Vec<SocketAddr>,
    /// The phase that it entered last.
    last: Phase,
    /// Where an experiment with TLS ends.
    depth: Phase,
    /// Whether it carried a routing token.
    token: bool,
    /// Whether it began with a pre-connection blob.
    preconnection: bool,
    /// Whether it used another name than the target's own, because that was asked for.
    server_name: bool,
    /// Whether the target has a name of its own.
    named: bool,
    /// Whether a picture was asked for.
    pictured: bool,
}

impl Basis {
    /// A plan that differs in nothing yet and ends as soon as it has shown whether TLS passes.
    fn plan(&self, name: &str) -> Plan {
        let plan = Plan::experiment(name, self.peer.clone(), self.protocols, self.depth);
        let hello = Hello::Handshake(self.versions, true);
        Plan { opening: self.opening, hello, pictured: self.pictured, ..plan }
    }

    /// A hello like that of the connection.
    fn own_hello(&self, profile: Profile) -> Hello {
        Hello::Own(profile, self.hello.clone())
    }
}

/// Makes the experiments of a round and adds them to the trace. A run that began at `begin` keeps its deadline.
pub async fn run<N: Network>(
    trace: &mut Trace,
    round: &Round<'_>,
    target: &Target,
    settings: &Settings,
    network: &N,
    (begin, roots): (Instant, &Roots<'_>),
) {
    let hop = trace.described().and_then(|made| made.hop.as_ref()).map(|hop| aimed(hop, settings));
    let (target, settings) = hop.as_ref().map_or((target, settings), |(target, settings)| (target, settings));
    let Some(basis) = basis(trace, target, settings) else { return };
    let settings = Settings {
        account: None,
        screenshot: false,
        timeout: settings.timeout.min(patience(trace)),
        ..settings.clone()
    };
    let end = begin + settings.deadline;
    let probe = Probe::new(target, &settings, network, &Unobserved, (end, roots));
    let made = trace.connections.iter().filter(|made| !made.purpose.is_traced()).count();
    let phases = trace.described().map(|made| made.phases.summaries()).unwrap_or_default();
    let failed = phases.last().is_some_and(|last| last.failure.is_some());
    let (plans, at_once) = match round {
        Round::First(wanted) => (first(wanted, &basis, MOST - if failed { AGAIN } else { SOUND }), AT_ONCE),
        Round::Again { times, between } => (again::plans(*times, between, &basis), 1),
    };
    // Where the traced connection cannot be made again, nothing is compared with it.
    let in_vain = matches!(round, Round::Again { .. }) && refused(trace, &basis) >= CLOSED;
    let plans = if in_vain { Vec::new() } else { plans };
    let plans = &plans[..plans.len().min(MOST.saturating_sub(made))];
    let door =
        Door { peer: &basis.peer, opened: basis.opened, closed: AtomicUsize::new(refused(trace, &basis)) };
    trace.connections.extend(make(&probe, plans, at_once, end, &door).await);
    trace.elapsed_ms = begin.elapsed().into();
}

fn first(wanted: &[&str], basis: &Basis, most: usize) -> Vec<Plan> {
    let chosen = EXPERIMENTS.iter().filter(|experiment| wanted.contains(&experiment.name));
    chosen.flat_map(|experiment| (experiment.plans)(basis)).take(most).collect()
}

/// How long an experiment waits in a phase: until what ended the traced connection would have come again.
fn patience(trace: &Trace) -> Duration {
    let phases = trace.described().map(|made| made.phases.summaries()).unwrap_or_default();
    // Of silence there is no more to be seen.
    let ended = |last: &&Summary<'_>| last.failure.is_some_and(|end| end.kind != FailureKind::Timeout);
    let took = phases.last().filter(ended).map_or(0.0, |last| last.elapsed_ms.0);
    PATIENCE.max(Duration::try_from_secs_f64(took / 1000.0).unwrap_or_default() + MARGIN)
}

/// How many that followed were not let in at the address that was traced.
fn refused(trace: &Trace, basis: &Basis) -> usize {
    let followed = trace.connections.iter().filter(|made| !made.purpose.is_traced());
    let connects = followed.filter_map(|made| made.phases.connect.as_ref());
    let here = |connect: &&PhaseRecord<ConnectEvidence>| {
        connect.failure.is_some()
            && connect.evidence.attempts.iter().all(|attempt| basis.peer.contains(&attempt.address))
    };
    connects.filter(here).count() * usize::from(basis.opened)
}

/// Whether the address that was traced still takes connections.
struct Door<'a> {
    peer: &'a [SocketAddr],
    /// Whether the traced connection got through.
    opened: bool,
    /// How many were not let in since.
    closed: AtomicUsize,
}

impl Door<'_> {
    fn leads_to(&self, plan: &Plan) -> bool {
        self.opened && plan.addresses.as_deref() == Some(self.peer)
    }

    fn is_closed(&self, plan: &Plan) -> bool {
        self.leads_to(plan) && self.closed.load(Relaxed) >= CLOSED
    }

    fn note(&self, plan: &Plan, made: &Connection) {
        let refused = made.phases.connect.as_ref().is_some_and(|connect| connect.failure.is_some());
        if refused && self.leads_to(plan) {
            self.closed.fetch_add(1, Relaxed);
        }
    }
}

/// One that could only begin when the time of the run is over is not made: it would show nothing but that.
async fn make<N: Network>(
    probe: &Probe<'_, N>,
    plans: &[Plan],
    at_once: usize,
    end: Instant,
    door: &Door<'_>,
) -> Vec<Connection> {
    let in_time = async |plan| {
        if Instant::now() >= end || door.is_closed(plan) {
            return None;
        }
        let made = probe.connection(plan).await;
        door.note(plan, &made);
        Some(made)
    };
    let made = stream::iter(plans).map(in_time).buffered(at_once);
    made.filter_map(future::ready).collect().await
}

/// None when no name was resolved, so that there is nowhere to connect to.
fn basis(trace: &Trace, target: &Target, settings: &Settings) -> Option<Basis> {
    let described = trace.described()?;
    // A retry looked nothing up.
    let looked_up = if described.hop.is_some() { described } else { trace.connections.first()? };
    let known = addresses(looked_up, target, settings);
    let phases = &described.phases;
    let connect = phases.connect.as_ref()?;
    let peer = connect.evidence.peer.map_or_else(|| known.clone(), |peer| vec![peer]);
    let opened = connect.status == Status::Passed;
    // Another address of the proxy is not another one of the target.
    let direct = settings.proxy.is_none();
    let others = known.into_iter().filter(|address| direct && !peer.contains(address)).collect();
    let last = phases.summaries().last().filter(|summary| summary.status != Status::Stopped)?.phase;
    let Plan { opening, protocols: offer, .. } = Plan::main(settings);
    let protocols = phases.negotiate.as_ref().map_or(offer, |record| record.evidence.requested_code);
    // TLS 1.3 lets the client finish first: an alert that came after it is missed by what ends with the handshake.
    let hello = phases.tls.as_ref().and_then(|tls| ClientHello::read(&tls.evidence.hello).ok());
    let versions = if described.has_old_suite() { Versions::OldSuites } else { Versions::All };
    let late = last == Phase::Tls && described.frames.iter().any(|frame| frame.tls);
    let depth = if late { Phase::Mcs } else { Phase::Tls };
    let token = settings.routing_token.is_some();
    let preconnection = settings.preconnection.is_some();
    let server_name = trace.request.server_name && described.hop.is_none();
    let (last, named) = (last.max(depth), target.address().is_none());
    Some(Basis {
        protocols,
        opening,
        versions,
        hello,
        peer,
        opened,
        others,
        last,
        depth,
        token,
        preconnection,
        server_name,
        named,
        pictured: trace.request.screenshot,
    })
}
