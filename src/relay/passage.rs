//! One connection through the relay, from the client that came to the report.

use std::{
    cell::{Cell, RefCell},
    net::{Ipv4Addr, SocketAddr},
};

use super::{
    Record, Relay, Stopped,
    halves::Met,
    passed::Passed,
    reading::{Opens, alone, both},
};
use crate::{
    capture::Ongoing,
    flow::{At, End, Flow, How, Side},
    net::{BoxStream, Instant, Onlooker, Socket, pass, race, reset_at_close},
    phase::{Step, record, resolve},
    report::{ConnectEvidence, Failure, FailureKind, Phases, Report, TargetRecord},
};

/// Whoever is told of a connection while it goes on.
struct Tap<'a> {
    flow: Flow,
    /// How many times anything passed on any connection, which orders what came at the same time.
    count: &'a Cell<u64>,
    record: &'a RefCell<Record>,
    recorded: Option<Ongoing>,
}

impl Tap<'_> {
    fn next(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }
}

impl Onlooker for Tap<'_> {
    fn bytes(&mut self, side: Side, at: At, bytes: &[u8]) {
        let packet = self.next();
        self.flow.sends(side, at, packet, bytes);
        if let Some(ongoing) = &mut self.recorded {
            self.record.borrow_mut().bytes(ongoing, at, side, bytes);
        }
    }

    fn ended(&mut self, side: Side, at: At, how: How) {
        let packet = self.next();
        self.flow.ends(side, End { how, at, packet });
        if let Some(ongoing) = &mut self.recorded {
            self.record.borrow_mut().end(ongoing, at, side, how);
        }
    }
}

impl Relay<'_> {
    /// Passes a connection through, and reports on it; of the two of a client to a gateway the one that ends last is reported on
    /// with the other.
    pub(super) async fn passage(
        &self,
        client: BoxStream,
        address: SocketAddr,
        stopped: Stopped,
    ) -> Option<Report> {
        let under_way = self.halves.begin();
        let passed = self.pass(client, address, stopped).await;
        self.ended.set(true);
        let (report, half) = self.read(move |opens| alone(passed, opens)).await;
        let Some((half, passed)) = half else { return Some(report) };
        match self.halves.join(half, passed, under_way).await {
            Met::Alone => Some(report),
            Met::Taken => None,
            Met::Both(two) => Some(self.read(move |opens| both(*two, opens)).await),
        }
    }

    /// The same of a connection that belongs to no other.
    pub(super) async fn single(&self, client: BoxStream, address: SocketAddr, stopped: Stopped) -> Report {
        let passed = self.pass(client, address, stopped).await;
        self.read(move |opens| alone(passed, opens)).await.0
    }

    /// Reads what passed, while other connections are passed.
    async fn read<T: Send + 'static>(&self, read: impl FnOnce(&Opens) -> T + Send + 'static) -> T {
        let opens = self.opens.clone();
        let read = tokio::task::spawn_blocking(move || read(&opens));
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
        let mut tap = Tap { flow, count: &self.count, record: &self.record, recorded };
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
        let run = async |e: &mut _| resolve::of_first_peer(network, None, endpoint, until, e).await;
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
        match resolve::of_first_peer(self.network, None, &self.target.endpoint, until, &mut evidence).await? {
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
