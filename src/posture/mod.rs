//! What a server accepts, shown by few connections without an account: each protocol, each TLS version, the suites.
//!
//! The main connection is a trace without an account that ends at a license request. The report's `posture` is judged
//! from the recorded connections alone, so `judge` gives the same. At most 25 connections are made, two at once. If
//! the main connection failed, the rest of the budget goes to the experiments of a trace.

mod protocols;
mod suites;
mod survey;

use std::{net::SocketAddr, time::Duration};

use futures_util::{StreamExt as _, stream};

use crate::{
    codes::{Phase, Protocols, TLS_CIPHER_SUITE},
    net::Instant,
    pdu::client_hello::Profile,
    probe::{Added, Hello, Opening, Plan, Probe, Tracer},
    report::{
        Connection, ExperimentKind, Failure, FailureKind, POSTURE_CONNECTIONS, PhaseRecord, Status,
        TlsEvidence, Trace,
    },
};
use survey::{Question, Survey};

/// More half-open connections trip limits of the server and spoil what is to be seen.
const AT_ONCE: usize = 2;
/// A server that answers at all answers sooner.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks on, after the main connection, and adds the connections to the trace. A run that began at `begin` keeps its deadline.
/// Says whether something of RDP answers there still, so that a failure of the main connection can be looked into.
pub(crate) async fn run(tracer: &Tracer<'_>, trace: &mut Trace, begin: Instant) -> bool {
    let Some(peer) = peer(trace) else { return false };
    let settings = tracer.settings.clone().timeout(tracer.settings.limits.timeout.min(PATIENCE));
    let probe = tracer.probe(&tracer.target.endpoint, &settings, begin + settings.limits.deadline);
    let plans = protocols::plans(trace, &peer);
    let most = settings.limits.posture_connections.unwrap_or(POSTURE_CONNECTIONS);
    let mut asking = Asking { probe, trace, peer, most, refuses: false };
    let speaks_http = is_silent(asking.trace) && asking.is_answered_as_http().await;
    if !speaks_http {
        asking.make(&plans).await;
        asking.tls().await;
    }
    let refuses = asking.refuses;
    trace.elapsed_ms = begin.elapsed().into();
    !speaks_http && !refuses
}

/// Where the main connection went; none when nothing there speaks RDP.
fn peer(trace: &Trace) -> Option<Vec<SocketAddr>> {
    let phases = &trace.described()?.phases;
    let failure = phases.negotiate.as_ref().and_then(|record| record.failure.as_ref());
    let foreign = failure.is_some_and(|failure| failure.kind == FailureKind::NotRdp);
    let peer = phases.connect.as_ref()?.evidence.peer?;
    (!foreign).then(|| vec![peer])
}

/// Whether nothing came where the Connection Confirm belongs.
fn is_silent(trace: &Trace) -> bool {
    let negotiated = trace.described().and_then(|made| made.phases.negotiate.as_ref());
    let failure = negotiated.and_then(|record| record.failure.as_ref());
    failure.is_some_and(|failure| failure.kind == FailureKind::Timeout && failure.received.is_none())
}

/// The connections as they are made.
struct Asking<'a> {
    probe: Probe<'a>,
    trace: &'a mut Trace,
    peer: Vec<SocketAddr>,
    /// How many connections there may be in all.
    most: usize,
    /// Whether the server takes no connection any more, or the time is over.
    refuses: bool,
}

impl Asking<'_> {
    /// Makes these connections, as many as may be; returns how many were.
    async fn make(&mut self, plans: &[Plan]) -> usize {
        let left = if self.refuses { 0 } else { self.most.saturating_sub(self.trace.connections.len()) };
        let plans = &plans[..plans.len().min(left)];
        let probe = &self.probe;
        let made = stream::iter(plans).map(|plan| probe.connection(plan)).buffered(AT_ONCE);
        // An interrupt leaves those that were told.
        let told = made.inspect(|made| {
            if is_begun(made) {
                probe.observer().made(made);
            }
        });
        let made: Vec<Connection> = told.collect().await;
        self.refuses |= made.iter().any(|connection| !is_open(connection));
        let before = self.trace.connections.len();
        self.trace.connections.extend(made.into_iter().filter(is_begun));
        self.trace.connections.len() - before
    }

    /// Whether a web server or a proxy of HTTP is there, which waits for a request of its own.
    async fn is_answered_as_http(&mut self) -> bool {
        let plan = Plan::posture(
            &ExperimentKind::HttpRequest.to_string(),
            self.peer.clone(),
            Protocols::RDP,
            Phase::Negotiate,
        );
        let plan = Plan { opening: Opening::Http, without: &[Added::Preconnection], ..plan };
        self.make(&[plan]).await;
        let negotiated = self.trace.connections.last().and_then(|made| made.phases.negotiate.as_ref());
        negotiated.is_some_and(|record| record.evidence.speaks.is_some())
    }

    /// The versions of TLS, then their suites.
    async fn tls(&mut self) {
        let Some(offer) = offer(self.trace) else { return };
        let mut survey = Survey::new();
        self.ask(offer, &survey.versions(), &mut survey).await;
        while self.trace.connections.len() + kept(self.trace) < self.most
            && let Some(question) = survey.next()
            && self.ask(offer, &[question], &mut survey).await > 0
        {}
        // A server that ends a connection without a word refuses only if it has not stopped to answer at all.
        if ends_in_silence(self.trace)
            && let Some(question) = survey.again()
        {
            self.ask(offer, &[question], &mut survey).await;
        }
    }

    async fn ask(&mut self, offer: Protocols, questions: &[Question], survey: &mut Survey) -> usize {
        let plans: Vec<Plan> = questions.iter().map(|question| self.plan(offer, question)).collect();
        let before = self.trace.connections.len();
        let made = self.make(&plans).await;
        for (question, connection) in questions.iter().zip(&self.trace.connections[before..]) {
            survey.answered(question, selected(question, connection));
        }
        made
    }

    fn plan(&self, offer: Protocols, question: &Question) -> Plan {
        let hello = Profile::Only { version: question.version, suites: question.suites.clone() };
        let plan = Plan::posture(&question.name, self.peer.clone(), offer, Phase::Tls);
        Plan { hello: Hello::Own(hello, None), ..plan }
    }
}

/// Whether there was time to begin it.
fn is_begun(connection: &Connection) -> bool {
    connection.phases.connect.is_some()
}

/// Whether it got through to the server.
fn is_open(connection: &Connection) -> bool {
    connection.phases.connect.as_ref().is_some_and(|record| record.status == Status::Passed)
}

/// An offer that the server answers with a protocol over TLS.
fn offer(trace: &Trace) -> Option<Protocols> {
    let negotiated = trace.connections.iter().filter_map(|made| made.phases.negotiate.as_ref());
    let mut over_tls =
        negotiated.filter(|record| record.evidence.selected_code.is_some_and(|code| code != 0));
    over_tls.next().map(|record| record.evidence.offered())
}

/// The suite that answers the question; none when what was selected was not asked for.
fn selected(question: &Question, connection: &Connection) -> Option<u16> {
    let evidence = &connection.phases.tls.as_ref()?.evidence;
    let is_selected =
        |suite: &u16| TLS_CIPHER_SUITE.symbol((*suite).into()) == evidence.cipher_suite.as_deref();
    question.suites.iter().copied().find(is_selected).filter(|_| evidence.accepts_offer())
}

/// A server that refuses without a word is asked once more at the end, which needs a connection.
fn kept(trace: &Trace) -> usize {
    usize::from(hellos(trace).any(is_wordless))
}

/// Whether a hello was ended without a word and none was accepted since.
fn ends_in_silence(trace: &Trace) -> bool {
    let last: Vec<_> = hellos(trace).collect();
    let since = last.rsplit(|record| record.evidence.accepts_offer()).next().unwrap_or_default();
    since.iter().copied().any(is_wordless)
}

fn hellos(trace: &Trace) -> impl Iterator<Item = &PhaseRecord<TlsEvidence>> {
    let records = trace.connections.iter().filter_map(|made| made.phases.tls.as_ref());
    records.filter(|record| record.evidence.offered.is_some())
}

fn is_wordless(record: &PhaseRecord<TlsEvidence>) -> bool {
    let ended = |failure: &Failure| matches!(failure.kind, FailureKind::Closed | FailureKind::Reset);
    record.failure.as_ref().is_some_and(ended)
}
