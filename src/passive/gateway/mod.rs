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
    report::{GatewayEvidence, GatewayTransport, Phases, Speaker},
};

/// Whether the client asks for an RD Gateway inside TLS.
pub(super) fn is_asked(client: &[u8]) -> bool {
    [&b"RDG_OUT_DATA "[..], b"RDG_IN_DATA ", b"GET /remoteDesktopGateway"]
        .iter()
        .any(|ask| client.starts_with(ask))
}

/// Reads the steps, and goes on with what is inside the channel.
pub(super) fn run(talk: &mut Talk<'_>, phases: &mut Phases, sni: Option<String>) -> Option<()> {
    let mut evidence = GatewayEvidence {
        host: sni.unwrap_or_else(|| talk.flow.server.ip().to_string()),
        port: talk.flow.server.port(),
        ..GatewayEvidence::default()
    };
    // With a gateway the connection and its TLS are steps of it.
    evidence.steps.connect = phases.connect.take();
    evidence.steps.tls = phases.tls.take();
    talk.phase = Phase::Gateway;
    let begin = talk.flow.began;
    let result = steps(talk, &mut evidence);
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

fn steps(talk: &mut Talk<'_>, evidence: &mut GatewayEvidence) -> Passing<Tracks> {
    http::run(talk, evidence)?;
    evidence.transport = Some(GatewayTransport::Websocket.into());
    let mut packets = packets::unframed(talk);
    tunnel::run(talk, &mut packets, evidence)
}
