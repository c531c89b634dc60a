//! What passed, read as a capture of it would be, but for what the relay did itself.

use std::sync::Arc;

use super::passed::Passed;
use crate::{
    certificate::Roots,
    diagnose::diagnose,
    flow::{At, KeyLog, millis},
    passive::{self, Half, Known},
    pdu::server_key::ServerKey,
    report::{ConnectEvidence, Connection, Millis, PhaseRecord, Report, TargetRecord, Tcp, Timestamp, Trace},
};

/// Where the secrets of TLS sessions are to be had when a connection has ended.
pub type Keys = Arc<dyn Fn() -> KeyLog + Send + Sync>;

/// What opens what is encrypted.
#[derive(Clone)]
pub(super) struct Opens {
    pub keys: Keys,
    pub server_keys: Arc<[ServerKey]>,
}

impl Opens {
    /// Reads with what is known of the keys by now.
    fn read<T>(&self, target: &TargetRecord, read: impl FnOnce(&Known<'_>) -> T) -> T {
        let roots = Roots::new(Err("what the client trusts is not known to the relay".to_owned()));
        let keys: KeyLog = (self.keys)();
        let reached_name = Some(target.server_name.as_str());
        let server_keys = &self.server_keys;
        read(&Known { server_keys, reached_name, ..Known::of(&keys, &roots) })
    }
}

/// The report of a connection by itself; if it is one of two to a gateway, with what reads it together with the other.
pub(super) fn alone(passed: Passed, opens: &Opens) -> (Report, Option<(Half, Passed)>) {
    let (connection, half) = opens.read(&passed.target, |known| passive::walk_alone(&passed.flow, known));
    (report(&passed, connection, passed.flow.watched), half.map(|half| (half, passed)))
}

/// The report of the two connections of a client to a gateway: that which carries what the gateway sends, and the other.
pub(super) fn both((out, into): (Passed, Passed), opens: &Opens) -> Report {
    let connection = opens.read(&out.target, |known| passive::walk_both(&out.flow, &into.flow, known));
    report(&out, connection, out.flow.watched.max(into.flow.watched))
}

fn report(passed: &Passed, mut connection: Connection, watched: At) -> Report {
    let Passed { flow, .. } = passed;
    put_reached(passed, &mut connection);
    let (sent_bytes, received_bytes) = (Some(flow.from_client.total), Some(flow.from_server.total));
    connection.tcp = passed.to_server.clone().map(|tcp| Tcp { sent_bytes, received_bytes, ..tcp });
    if let Some(watched) = &mut connection.watched {
        let (sent_bytes, received_bytes) = (received_bytes, sent_bytes);
        watched.client_tcp = passed.to_client.clone().map(|tcp| Tcp { sent_bytes, received_bytes, ..tcp });
    }
    let started = connection.started.unwrap_or(Timestamp(time::OffsetDateTime::UNIX_EPOCH));
    let elapsed_ms = Millis::rounded(millis(flow.began, watched));
    let connections = vec![connection];
    let target = passive::behind(&connections).unwrap_or_else(|| passed.target.clone());
    diagnose(Trace { target: Some(target), connections, ..Trace::begun(started, elapsed_ms) })
}

/// Name resolution and TCP are the relay's own, whether it reached the server or a gateway.
fn put_reached(passed: &Passed, connection: &mut Connection) {
    let phases = &mut connection.phases;
    let (resolve, connect) = match &mut phases.gateway {
        Some(gateway) => (&mut gateway.evidence.steps.resolve, &mut gateway.evidence.steps.connect),
        None => (&mut phases.resolve, &mut phases.connect),
    };
    *resolve = passed.reached.resolve.clone();
    *connect = beyond(passed.reached.connect.clone(), connect.take());
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
