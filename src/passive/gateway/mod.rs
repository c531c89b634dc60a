//! The way through an RD Gateway over WebSocket, with the session inside (MS-TSGU 3.3.5).

mod http;
mod packets;
mod step;
mod tunnel;

use step::Tracks;

use super::{
    record::timed,
    talk::{Halt, Passing, Talk},
};
use crate::{
    codes::Phase,
    endpoint::Endpoint,
    report::{GatewayEvidence, GatewayTransport, PhaseRecord, Phases, ProxyEvidence, Speaker},
};

/// What a proxy on the way to it answered.
type Proxied = Option<PhaseRecord<ProxyEvidence>>;

/// Whether the client asks for an RD Gateway inside TLS.
pub(super) fn is_asked(client: &[u8]) -> bool {
    [&b"RDG_OUT_DATA "[..], b"RDG_IN_DATA ", b"GET /remoteDesktopGateway"]
        .iter()
        .any(|ask| client.starts_with(ask))
}

/// Reads the steps, and goes on with what is inside the channel.
pub(super) fn run(talk: &mut Talk<'_>, phases: &mut Phases, at: Endpoint, proxied: Proxied) -> Option<()> {
    let mut evidence = reached(phases, at, proxied);
    talk.phase = Phase::Gateway;
    let begin = talk.flow.began;
    let beyond = talk.meets(Speaker::Gateway);
    let result = steps(talk, &mut evidence);
    talk.meets(beyond);
    let result = result.map_err(|halt| match halt {
        Halt::Failed(failure) => Halt::Failed(failure.or_of(Speaker::Gateway)),
        other => other,
    });
    let (record, inside) = timed(talk, begin, evidence, result);
    phases.gateway = Some(record);
    let (client, server) = inside?;
    (talk.client, talk.server) = (client, server);
    Some(())
}

/// With a gateway the connection, the proxy and TLS are steps of it.
fn reached(phases: &mut Phases, at: Endpoint, proxied: Proxied) -> GatewayEvidence {
    let mut evidence = GatewayEvidence { host: at.host, port: at.port, ..GatewayEvidence::default() };
    evidence.steps.connect = phases.connect.take();
    evidence.steps.proxy = proxied;
    evidence.steps.tls = phases.tls.take();
    evidence
}

/// A gateway to which no proxy leads: nothing else of Remote Desktop has this port.
pub(super) fn unreached(phases: &mut Phases, at: Endpoint, proxied: PhaseRecord<ProxyEvidence>) {
    let PhaseRecord { status, elapsed_ms, ref failure, ref stopped, .. } = proxied;
    let (failure, stopped) = (failure.clone(), stopped.clone());
    let evidence = reached(phases, at, Some(proxied));
    phases.gateway = Some(PhaseRecord { status, elapsed_ms, evidence, failure, stopped, inferred: None });
}

fn steps(talk: &mut Talk<'_>, evidence: &mut GatewayEvidence) -> Passing<Tracks> {
    http::run(talk, evidence)?;
    evidence.transport = Some(GatewayTransport::Websocket.into());
    let mut packets = packets::unframed(talk);
    tunnel::run(talk, &mut packets, evidence)
}
