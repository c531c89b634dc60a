//! One connection through the relay, from the client that came to the report.

use std::{
    cell::RefCell,
    net::{Ipv4Addr, SocketAddr},
};

use super::{Keys, Record, Relay, Stopped};
use crate::{
    capture::Ongoing,
    certificate::Roots,
    diagnose::diagnose,
    flow::{At, End, Flow, How, KeyLog, Side, millis},
    net::{BoxStream, Instant, Onlooker, Socket, pass, race, reset_at_close},
    passive::{self, Known},
    phase::{Step, record, resolve},
    report::{
        ConnectEvidence, Failure, FailureKind, Millis, PhaseRecord, Phases, Report, TargetRecord, Tcp,
        Timestamp, Trace,
    },
};

/// Whoever is told of a connection while it goes on.
struct Tap<'a> {
    flow: Flow,
    /// How many times anything passed, which orders what came at the same time.
    count: u64,
    record: &'a RefCell<Record>,
    recorded: Option<Ongoing>,
}

impl Onlooker for Tap<'_> {
    fn bytes(&mut self, side: Side, at: At, bytes: &[u8]) {
        self.count += 1;
        self.flow.sends(side, at, self.count, bytes);
        if let Some(ongoing) = &mut self.recorded {
            self.record.borrow_mut().bytes(ongoing, at, side, bytes);
        }
    }

    fn ended(&mut self, side: Side, at: At, how: How) {
        self.count += 1;
        self.flow.ends(side, End { how, at, packet: self.count });
        if let Some(ongoing) = &mut self.recorded {
            self.record.borrow_mut().end(ongoing, at, side, how);
        }
    }
}

/// What is known of a connection when it has ended.
struct Passed {
    flow: Flow,
    /// Name resolution and TCP of the server.
    reached: Phases,
    target: TargetRecord,
    to_client: Option<Tcp>,
    to_server: Option<Tcp>,
}

impl Relay<'_> {
    /// Passes a connection through, and reports on it.
    pub(super) async fn passage(&self, client: BoxStream, address: SocketAddr, stopped: Stopped) -> Report {
        let passed = self.pass(client, address, stopped).await;
        let keys = self.keys.clone();
        // Other connections are passed meanwhile.
        let read = tokio::task::spawn_blocking(move || report(passed, &keys));
        read.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    async fn pass(&self, client: BoxStream, address: SocketAddr, stopped: Stopped) -> Passed {
        let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, self.target.endpoint.port));
        let began = self.clock.now();
        let mut flow = Flow::new(address, unknown, began);
        flow.opening.syn = Some(began);
        let mut reached = Phases::default();
        let server = tokio::select! {
            server = self.reach(&mut reached) => server,
            () = stopped.clone() => None,
        };
        let ends = |connect: &ConnectEvidence| {
            connect.peer.or_else(|| connect.attempts.first().map(|attempt| attempt.address))
        };
        flow.server = reached.connect.as_ref().and_then(|connect| ends(&connect.evidence)).unwrap_or(unknown);
        let Some(server) = server else { return self.unreached(client, flow, reached) };
        let opened = self.clock.now();
        (flow.opening.syn_ack, flow.opening.ack) = (Some(opened), Some(opened));
        let recorded = self.record.borrow_mut().begin(&flow);
        let sockets = (Socket::of(&client), Socket::of(&server));
        let mut tap = Tap { flow, count: 0, record: &self.record, recorded };
        let is_cut = tokio::select! {
            () = pass(client, server, self.clock, &mut tap) => false,
            () = stopped => true,
        };
        let mut flow = tap.flow;
        (flow.watched, flow.cut) = (self.clock.now(), is_cut);
        let count = |socket: Option<Socket>| socket.map(|socket| socket.counts());
        let (to_client, to_server) = (count(sockets.0), count(sockets.1));
        Passed { flow, reached, target: self.target_record(), to_client, to_server }
    }

    /// The client meets a reset, as it would have met one of a closed port.
    fn unreached(&self, client: BoxStream, mut flow: Flow, reached: Phases) -> Passed {
        let at = self.clock.now();
        (flow.last, flow.watched) = (at, at);
        let failure = reached.connect.as_ref().and_then(|connect| connect.failure.as_ref());
        match failure {
            None => flow.cut = reached.resolve.as_ref().is_none_or(|resolve| resolve.failure.is_none()),
            Some(failure) if failure.kind == FailureKind::Refused => {
                flow.from_server.end = Some(End { how: How::Rst, at, packet: 1 });
            }
            Some(_) => {}
        }
        self.record.borrow_mut().unopened(&flow);
        let to_client = Socket::of(&client).map(|socket| socket.counts());
        reset_at_close(&client);
        Passed { flow, reached, target: self.target_record(), to_client, to_server: None }
    }

    /// Connects to the server as a trace does.
    async fn reach(&self, phases: &mut Phases) -> Option<BoxStream> {
        let (network, endpoint) = (self.network, &self.target.endpoint);
        let until = Instant::now() + self.timeout;
        let run = async |e: &mut _| resolve::through(network, None, endpoint, until, e).await;
        let addresses = record(&mut phases.resolve, run).await?;
        let until = Instant::now() + self.timeout;
        let run = async |e: &mut _| race(network, &addresses, until, e).await.map(Step::Passed);
        record(&mut phases.connect, run).await
    }

    /// The addresses of the target.
    ///
    /// # Errors
    /// It has none.
    pub(super) async fn addresses(&self) -> Result<Vec<SocketAddr>, Failure> {
        let mut evidence = Default::default();
        let until = Instant::now() + self.timeout;
        match resolve::through(self.network, None, &self.target.endpoint, until, &mut evidence).await? {
            Step::Passed(addresses) => Ok(addresses),
            Step::Stopped(_) => Ok(Vec::new()),
        }
    }

    fn target_record(&self) -> TargetRecord {
        let endpoint = &self.target.endpoint;
        TargetRecord {
            input: self.target.input.clone(),
            host: endpoint.host.clone(),
            port: endpoint.port,
            server_name: endpoint.host.clone(),
            rdp_file: None,
        }
    }
}

/// Reads what passed, as `read` does, but for what the relay did itself.
fn report(passed: Passed, keys: &Keys) -> Report {
    let Passed { flow, reached, target, to_client, to_server } = passed;
    let roots = Roots::new(Err("what the client trusts is not known to the relay".to_owned()));
    let keys: KeyLog = keys();
    let server_name = Some(target.server_name.as_str());
    let known = Known { keys: &keys, server_keys: &[], roots: &roots, server_name };
    let mut connection = passive::walk(&flow, &known);
    connection.phases.resolve = reached.resolve;
    connection.phases.connect = beyond(reached.connect, connection.phases.connect.take());
    let (sent_bytes, received_bytes) = (Some(flow.from_client.total), Some(flow.from_server.total));
    connection.tcp = to_server.map(|tcp| Tcp { sent_bytes, received_bytes, ..tcp });
    if let Some(watched) = &mut connection.watched {
        let (sent_bytes, received_bytes) = (received_bytes, sent_bytes);
        watched.client_tcp = to_client.map(|tcp| Tcp { sent_bytes, received_bytes, ..tcp });
    }
    let started = connection.started.unwrap_or(Timestamp(time::OffsetDateTime::UNIX_EPOCH));
    let elapsed_ms = Millis::rounded(millis(flow.began, flow.watched));
    diagnose(Trace {
        target: Some(target),
        connections: vec![connection],
        ..Trace::begun(started, elapsed_ms)
    })
}

/// TCP as the relay made it, with what a proxy behind it answered.
fn beyond(
    made: Option<PhaseRecord<ConnectEvidence>>,
    seen: Option<PhaseRecord<ConnectEvidence>>,
) -> Option<PhaseRecord<ConnectEvidence>> {
    let (made, mut seen) = match (made, seen) {
        (Some(made), Some(seen)) if seen.evidence.proxy.is_some() => (made, seen),
        (made, _) => return made,
    };
    seen.elapsed_ms = Millis::rounded(seen.elapsed_ms.0 + made.elapsed_ms.0);
    (seen.evidence.attempts, seen.evidence.peer) = (made.evidence.attempts, made.evidence.peer);
    Some(seen)
}
