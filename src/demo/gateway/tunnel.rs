//! From the handshake to the open channel and through it (MS-TSGU 3.2.6), with the demo server at its end.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::carrier::{Carrier, Event};
use super::fault::{Behaviour, Stage};
use super::packets::{self, Packet};
use super::shared::{Gateway, TOKEN};
use crate::demo::invented::{DNS_COMPUTER, NETBIOS_COMPUTER};
use crate::demo::stream::{drain, malformed};
use crate::endpoint::DEFAULT_PORT;

const E_PROXY_RAP_ACCESSDENIED: u32 = 0x8007_59DA;
const E_PROXY_CAPABILITYMISMATCH: u32 = 0x8007_59E9;
const E_PROXY_COOKIE_AUTHENTICATION_ACCESS_DENIED: u32 = 0x8007_59F8;
/// ERROR_BAD_ARGUMENTS: the server closed its connection.
const SERVER_CLOSED: u32 = 0xA0;
const BUFFER: usize = 64 * 1024;

/// Answers until the channel is open, then passes data on; `with_token` says that the token is all that authenticates.
pub(super) async fn serve(gateway: &Gateway, carrier: &mut Carrier<'_>, with_token: bool) -> io::Result<()> {
    let order = [
        (packets::HANDSHAKE_REQUEST, Stage::Handshake),
        (packets::TUNNEL_CREATE, Stage::Tunnel),
        (packets::TUNNEL_AUTH, Stage::Authorize),
        (packets::CHANNEL_CREATE, Stage::Channel),
    ];
    for (kind, stage) in order {
        let packet = next(carrier).await?;
        if packet.kind != kind {
            return Err(malformed(format!("a packet of type {} where {kind} belongs", packet.kind)));
        }
        reached(gateway, stage, carrier).await?;
        let (code, answer) = answer(gateway, stage, &packet, with_token)?;
        carrier.send(&answer).await?;
        if code != 0 {
            return carrier.close().await;
        }
    }
    channel(gateway, carrier).await
}

/// The next packet that is no answer to a keepalive.
async fn next(carrier: &mut Carrier<'_>) -> io::Result<Packet> {
    loop {
        let packet = carrier.packet().await?;
        if packet.kind != packets::KEEPALIVE {
            return Ok(packet);
        }
    }
}

/// Does what the fault wants at this stage.
async fn reached(gateway: &Gateway, stage: Stage, carrier: &mut Carrier<'_>) -> io::Result<()> {
    if let Some(Behaviour::Packets(at, bytes)) = gateway.behaviour()
        && *at == stage
    {
        carrier.send(bytes).await?;
        drain(carrier.stream()).await?;
        return Err(io::Error::other("the fault was shown"));
    }
    gateway.reached(stage, carrier.stream()).await
}

/// The code of the answer, and the answer.
fn answer(gateway: &Gateway, stage: Stage, packet: &Packet, with_token: bool) -> io::Result<(u32, Vec<u8>)> {
    let own = judge(gateway, stage, &packet.body, with_token).map_err(malformed)?;
    let code = match gateway.behaviour() {
        Some(Behaviour::Code(at, code)) if *at == stage => *code,
        _ => own,
    };
    let consent = match gateway.behaviour() {
        Some(Behaviour::Consent(text)) => Some(*text),
        _ => None,
    };
    let extended_auth = if with_token { packets::PAA } else { 0 };
    let answer = match stage {
        Stage::Handshake => packets::handshake_response(code, extended_auth),
        Stage::Tunnel => packets::tunnel_response(code, consent),
        Stage::Authorize => packets::tunnel_auth_response(code),
        _ if code == 0 && matches!(gateway.behaviour(), Some(Behaviour::OffersUdp)) => {
            packets::channel_response_with_udp()
        }
        _ => packets::channel_response(code),
    };
    Ok((code, answer))
}

/// What a gateway without a fault of this kind says.
fn judge(
    gateway: &Gateway,
    stage: Stage,
    body: &[u8],
    with_token: bool,
) -> Result<u32, crate::pdu::Malformed> {
    let wants_token = with_token || matches!(gateway.behaviour(), Some(Behaviour::OnlyToken));
    Ok(match stage {
        Stage::Handshake => {
            let offers = packets::handshake_request(body)? & packets::PAA != 0;
            if wants_token && !offers { E_PROXY_CAPABILITYMISMATCH } else { 0 }
        }
        Stage::Tunnel => {
            let create = packets::tunnel_create(body)?;
            let signs = create.capabilities & packets::CONSENT_SIGN != 0;
            if wants_token && create.token.as_deref() != Some(TOKEN) {
                E_PROXY_COOKIE_AUTHENTICATION_ACCESS_DENIED
            } else if matches!(gateway.behaviour(), Some(Behaviour::Consent(_))) && !signs {
                E_PROXY_CAPABILITYMISMATCH
            } else {
                0
            }
        }
        Stage::Authorize => {
            let name = packets::tunnel_auth(body)?;
            tracing::debug!(%name, "a client asks for the gateway");
            0
        }
        _ => resource_policy(body)?,
    })
}

/// The resource policy allows the demo server by either of its names, and nothing else.
fn resource_policy(body: &[u8]) -> Result<u32, crate::pdu::Malformed> {
    let asked = packets::channel_create(body)?;
    let allowed =
        |name: &String| [DNS_COMPUTER, NETBIOS_COMPUTER].iter().any(|own| own.eq_ignore_ascii_case(name));
    // The resource policy allows no other port.
    let is_allowed = asked.port == DEFAULT_PORT && asked.resources.iter().any(allowed);
    Ok(if is_allowed { 0 } else { E_PROXY_RAP_ACCESSDENIED })
}

/// Passes data between the client and the demo server until one of them ends.
async fn channel(gateway: &Gateway, carrier: &mut Carrier<'_>) -> io::Result<()> {
    reached(gateway, Stage::Opened, carrier).await?;
    let (near, far) = duplex(BUFFER);
    let server = Arc::clone(&gateway.server);
    // Ends with its end of the stream, or after the time of a connection.
    tokio::spawn(async move { server.serve(far).await });
    let (mut from, mut to) = tokio::io::split(near);
    if let Some(Behaviour::Says(text)) = gateway.behaviour() {
        carrier.send(&packets::service_message(text)).await?;
        carrier.send(&packets::keepalive()).await?;
    }
    let mut chunk = [0; 4096];
    loop {
        tokio::select! {
            event = carrier.next() => match event? {
                Event::Packet(packet) if packet.kind == packets::DATA => {
                    reached(gateway, Stage::Data, carrier).await?;
                    to.write_all(packets::data_content(&packet.body).map_err(malformed)?).await?;
                }
                Event::Packet(packet) if packet.kind == packets::KEEPALIVE => {
                    tracing::debug!("the client lives");
                }
                Event::Packet(packet) if packet.kind == packets::CLOSE_CHANNEL => {
                    carrier.send(&packets::close_channel_response()).await?;
                    return carrier.close().await;
                }
                Event::Packet(packet) => tracing::debug!(packet.kind, "a packet was passed over"),
                Event::Ping(content) => carrier.pong(&content).await?,
                Event::End => return Ok(()),
            },
            count = from.read(&mut chunk) => {
                let count = count?;
                if count == 0 {
                    return lost(gateway, carrier).await;
                }
                carrier.send(&packets::data(&chunk[..count])).await?;
            }
        }
    }
}

/// The server has ended its connection, or a fault uses that to end the channel for another reason.
async fn lost(gateway: &Gateway, carrier: &mut Carrier<'_>) -> io::Result<()> {
    let code = match gateway.behaviour() {
        Some(Behaviour::Closes(_, code)) => *code,
        _ => SERVER_CLOSED,
    };
    carrier.send(&packets::close_channel(code)).await?;
    carrier.close().await
}
