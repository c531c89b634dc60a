//! Follow-up connections that separate causes, none with an account: which there are, and how they are made.
//!
//! There are sixteen at most, two at once. The repetitions come last, one after the other: five after a
//! failure other than silence, or if any experiment met a reaction. Once two find a port closed that was open, no other goes to that
//! address. A reset in connect is no closed port if the traced connection was cut before the first byte, because
//! connect and the first read meet the same reset by chance. A wait makes them after its last try alone.

mod again;
mod basis;
mod catalogue;

use std::{
    future,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};

use basis::{Basis, basis};
use catalogue::EXPERIMENTS;

use crate::{
    net::Instant,
    probe::{Observer, Plan, Probe, Tracer, aimed},
    report::{
        ConnectEvidence, Connection, ExperimentKind, ExperimentName, FailureKind, Millis,
        POSTURE_CONNECTIONS, PhaseRecord, Summary, Trace,
    },
};

/// More would look like an attack.
const MOST: usize = 16;
/// Kept for what is made again after a failure, and where nothing failed.
const AGAIN: usize = 7;
const SOUND: usize = 3;
/// Many half-open connections trip limits of the server and spoil what is to be seen.
const AT_ONCE: usize = 2;
/// Where the port was open and so many connections find it closed, the others would only knock on it.
const CLOSED: usize = 2;
/// A server that answers at all answers sooner; one that ended the traced connection later may do so again as late.
const PATIENCE: Duration = Duration::from_secs(3);
/// What most servers do not speak at all: who does answers as soon as it answered the rest, and the others may stay silent.
const ASIDE: &[ExperimentKind] = &[ExperimentKind::DirectTls, ExperimentKind::ProtocolRdsaad];
/// What it may take in a phase beside so many round trips.
const ASIDE_PATIENCE: Duration = Duration::from_secs(1);
const ASIDE_TRIPS: u32 = 5;
/// What the same may take longer another time.
const MARGIN: Duration = Duration::from_secs(1);

/// All of their kinds.
pub(crate) fn kinds() -> Vec<ExperimentKind> {
    EXPERIMENTS.iter().map(|experiment| experiment.kind).chain([ExperimentKind::Repeat]).collect()
}

/// One round of them.
pub(crate) enum Round<'a> {
    /// Those of these kinds.
    First(&'a [ExperimentKind]),
    /// The traced connection so many times again, and between these experiments, which made a difference.
    Again {
        /// How often.
        times: u32,
        /// By their names in the report.
        between: &'a [ExperimentName],
    },
}

/// Makes the experiments of a round and adds them to the trace. A run that began at `begin` keeps its deadline.
pub(crate) async fn run(tracer: &Tracer<'_>, trace: &mut Trace, round: &Round<'_>, begin: Instant) {
    let hop = trace.described().and_then(|made| made.hop.as_ref()).map(|hop| aimed(hop, tracer.settings));
    let (target, settings) = match &hop {
        Some((target, settings)) => (target, settings),
        None => (&tracer.target.endpoint, tracer.settings),
    };
    let Some(basis) = basis(trace, target, settings, tracer.network.has_small_segments()) else { return };
    let timeout = settings.limits.timeout.min(patience(trace));
    let settings = settings.clone().account(None).screenshot(false).timeout(timeout);
    let end = begin + settings.limits.deadline;
    let probe = tracer.probe(target, &settings, end).unobserved();
    let left = left(trace);
    let phases = trace.described().map(|made| made.phases.summaries()).unwrap_or_default();
    let failed = phases.last().is_some_and(|last| last.failure.is_some());
    let (plans, at_once) = match round {
        Round::First(wanted) => {
            let kept = if failed { AGAIN } else { SOUND };
            (first(wanted, &basis, left.saturating_sub(kept)), AT_ONCE)
        }
        Round::Again { times, between } => (again::plans(*times, between, &basis), 1),
    };
    // Where the traced connection cannot be made again, nothing is compared with it.
    let in_vain = matches!(round, Round::Again { .. }) && refused(trace, &basis) >= CLOSED;
    let plans = if in_vain { Vec::new() } else { plans };
    let plans = &plans[..plans.len().min(left)];
    let closed = AtomicUsize::new(refused(trace, &basis));
    let door =
        Door { peer: &basis.peer, opened: basis.opened, cut: basis.cut, closed, observer: tracer.observer };
    let probes = Probes { usual: &probe, aside: &probe.within(aside(trace)) };
    trace.connections.extend(make(&probes, plans, at_once, end, &door).await);
    trace.elapsed_ms = begin.elapsed().into();
}

/// How many there may still be. A posture has made others already, and keeps to its own number in all.
fn left(trace: &Trace) -> usize {
    let most = match trace.request.posture {
        true => trace.request.posture_connections.unwrap_or(POSTURE_CONNECTIONS),
        false => MOST + trace.traced().count(),
    };
    most.saturating_sub(trace.connections.len()).min(MOST)
}

fn first(wanted: &[ExperimentKind], basis: &Basis, most: usize) -> Vec<Plan> {
    let chosen = EXPERIMENTS.iter().filter(|experiment| wanted.contains(&experiment.kind));
    chosen.flat_map(|experiment| experiment.plans(basis)).take(most).collect()
}

/// How long an experiment waits in a phase: until what ended the traced connection would have come again.
fn patience(trace: &Trace) -> Duration {
    PATIENCE.max(ended_after(trace).unwrap_or_default())
}

/// The same for what most servers do not speak; of silence nothing is known that would come sooner.
fn aside(trace: &Trace) -> Duration {
    let connect = trace.described().and_then(|made| made.phases.connect.as_ref());
    let trip = connect.map_or(Duration::ZERO, |connect| span(connect.elapsed_ms));
    ended_after(trace).map_or(PATIENCE, |ended| ended.max(ASIDE_PATIENCE + trip * ASIDE_TRIPS))
}

/// When the traced connection had ended, had it taken somewhat longer; none where it passed or met silence, of which there is no
/// more to be seen.
fn ended_after(trace: &Trace) -> Option<Duration> {
    let phases = trace.described().map(|made| made.phases.summaries()).unwrap_or_default();
    let ended = |last: &&Summary<'_>| last.failure.is_some_and(|end| end.kind != FailureKind::Timeout);
    phases.last().filter(ended).map(|last| span(last.elapsed_ms) + MARGIN)
}

fn span(elapsed: Millis) -> Duration {
    Duration::try_from_secs_f64(elapsed.0 / 1000.0).unwrap_or_default()
}

/// How many that followed were not let in at the address that was traced.
fn refused(trace: &Trace, basis: &Basis) -> usize {
    let followed = trace.connections.iter().filter(|made| !made.purpose.is_traced());
    let connects = followed.filter_map(|made| made.phases.connect.as_ref());
    let here = |connect: &&PhaseRecord<ConnectEvidence>| {
        is_closed(connect, basis.cut)
            && connect.evidence.attempts.iter().all(|attempt| basis.peer.contains(&attempt.address))
    };
    connects.filter(here).count() * usize::from(basis.opened)
}

/// Whether a connection was not let in. Where the traced one was cut right away, a reset is what it met and no closed port.
fn is_closed(connect: &PhaseRecord<ConnectEvidence>, cut: bool) -> bool {
    connect.failure.as_ref().is_some_and(|failure| !(cut && failure.kind == FailureKind::Reset))
}

/// Whether the address that was traced still takes connections.
struct Door<'a> {
    peer: &'a [SocketAddr],
    /// Whether the traced connection got through.
    opened: bool,
    /// Whether it was cut right away.
    cut: bool,
    /// How many were not let in since.
    closed: AtomicUsize,
    /// Who counts them.
    observer: &'a dyn Observer,
}

impl Door<'_> {
    fn leads_to(&self, plan: &Plan) -> bool {
        self.opened && plan.addresses.as_deref() == Some(self.peer)
    }

    fn is_closed(&self, plan: &Plan) -> bool {
        self.leads_to(plan) && self.closed.load(Relaxed) >= CLOSED
    }

    fn note(&self, plan: &Plan, made: &Connection) {
        let refused = made.phases.connect.as_ref().is_some_and(|connect| is_closed(connect, self.cut));
        if refused && self.leads_to(plan) {
            self.closed.fetch_add(1, Relaxed);
        }
    }
}

/// How experiments are made.
struct Probes<'a> {
    usual: &'a Probe<'a>,
    /// In less time: those of what most servers do not speak.
    aside: &'a Probe<'a>,
}

impl Probes<'_> {
    fn of(&self, plan: &Plan) -> &Probe<'_> {
        if is_aside(plan) { self.aside } else { self.usual }
    }
}

/// One that could only begin when the time of the run is over is not made: it would show nothing but that.
async fn make(
    probes: &Probes<'_>,
    plans: &[Plan],
    at_once: usize,
    end: Instant,
    door: &Door<'_>,
) -> Vec<Connection> {
    let done = AtomicUsize::new(0);
    let in_time = async |plan| {
        if Instant::now() >= end || door.is_closed(plan) {
            return None;
        }
        // On the heap, because the two at once would be too much for the stack of a thread.
        let made = probes.of(plan).connection(plan).await;
        door.note(plan, &made);
        door.observer.made(&made);
        door.observer.experiments(done.fetch_add(1, Relaxed) + 1, plans.len());
        Some(made)
    };
    let made = stream::iter(plans).map(in_time).buffered(at_once);
    made.filter_map(future::ready).collect().await
}

fn is_aside(plan: &Plan) -> bool {
    plan.experiment_kind().is_some_and(|kind| ASIDE.contains(&kind))
}
