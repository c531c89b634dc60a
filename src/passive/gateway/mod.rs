//! The way through an RD Gateway over WebSocket or two connections, with the session inside (MS-TSGU 3.3.5).

mod bodies;
mod http;
mod packets;
mod second;
mod step;
mod tunnel;

use http::Way;
pub use second::Half;
pub(super) use second::{Second, both};
use step::{Tracks, step};

use super::{
    record::{part, timed},
    talk::{Halt, Passing, Talk},
};
use crate::{
    codes::Phase,
    endpoint::Endpoint,
    phase::gateway::{alert_to_handshake, noted},
    report::{
        GatewayEvidence, GatewayHandshake, GatewayHttp, GatewayTransport, PhaseRecord, Phases, ProxyEvidence,
        Speaker, Status,
    },
};

/// What is known of the other of two connections.
#[derive(Default)]
pub(super) struct Other<'a> {
    /// The second one, if it was found.
    pub second: Option<Second<'a>>,
    /// Which of two this one is, if the other was not found.
    pub half: Option<Half>,
}

/// What a proxy on the way to it answered.
type Proxied = Option<PhaseRecord<ProxyEvidence>>;

/// Whether the client asks for an RD Gateway inside TLS.
pub(super) fn is_asked(client: &[u8]) -> bool {
    [&b"RDG_OUT_DATA "[..], b"RDG_IN_DATA ", b"GET /remoteDesktopGateway"]
        .iter()
        .any(|ask| client.starts_with(ask))
}

/// Reads the steps, and goes on with what is inside the channel.
pub(super) fn run<'a>(
    talk: &mut Talk<'a>,
    phases: &mut Phases,
    at: Endpoint,
    proxied: Proxied,
    other: &mut Other<'a>,
) -> Option<()> {
    let mut evidence = reached(phases, at, proxied);
    talk.phase = Phase::Gateway;
    let begin = talk.flow.began;
    let beyond = talk.meets(Speaker::Gateway);
    let result = steps(talk, &mut evidence, other);
    talk.meets(beyond);
    let result = result.map_err(|halt| match halt {
        Halt::Failed(failure) => Halt::Failed(failure.or_of(Speaker::Gateway)),
        other => other,
    });
    let is_first = evidence.steps.http.as_ref().is_some_and(|http| http.status == Status::Failed);
    if let Err(Halt::Failed(failure)) = &result
        && is_first
    {
        alert_to_handshake(&mut evidence.steps, failure);
    }
    let (record, inside) = timed(talk, begin, evidence, result);
    phases.gateway = Some(record);
    let (client, server) = inside?;
    (talk.client, talk.server, talk.in_channel) = (client, server, true);
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

fn steps<'a>(talk: &mut Talk<'a>, evidence: &mut GatewayEvidence, other: &mut Other<'a>) -> Passing<Tracks> {
    let half = Half::of(talk);
    if half.as_ref().is_some_and(|half| half.sends) {
        other.half = half;
        return sending(talk, evidence);
    }
    let way = http::run(talk, evidence)?;
    let transport = match way {
        Way::WebSocket => GatewayTransport::Websocket,
        Way::Bodies { .. } => GatewayTransport::Http,
    };
    evidence.transport = Some(transport.into());
    tunnel::run(talk, evidence, |talk, e| match way {
        Way::WebSocket => {
            let packets = packets::unframed(talk);
            (talk.client, talk.server) = (packets.client, packets.server);
            Ok(())
        }
        Way::Bodies { chunked } => match other.second.take() {
            Some(second) => {
                e.second_connection = Some(talk.flow.server);
                second.join(talk, chunked)
            }
            None => {
                other.half = half;
                second::alone(talk, chunked)
            }
        },
    })
}

/// The second of two connections without the first.
fn sending(talk: &mut Talk<'_>, evidence: &mut GatewayEvidence) -> Passing<Tracks> {
    evidence.transport = Some(GatewayTransport::Http.into());
    let made = part(talk, |talk, e: &mut GatewayHttp| second::requests(talk, &mut |head| noted(head, e)));
    step(&mut evidence.steps.http, made)?;
    let why = "what the gateway sends crosses the first of two connections, which is not in the record or cannot be opened";
    let made = part(talk, |_, _: &mut GatewayHandshake| Err(Halt::Unseen(why.to_owned())));
    step(&mut evidence.steps.handshake, made)
}
