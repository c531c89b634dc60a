//! Handshake, tunnel, authorization and channel, and the session in its data packets (MS-TSGU 3.3.5.3 to 3.3.5.6).

use super::{
    super::{
        record::part,
        talk::{Passing, Talk},
        track::{Next, Track},
    },
    packets::Packets,
    step::{Tracks, step},
};
use crate::{
    flow::Side,
    net::{Framing, gateway_error},
    pdu::tsgu::{self, Packet},
    phase::gateway::{authorize, channel, handshake, packets::malformed, tunnel},
    report::{GatewayAuthorization, GatewayChannel, GatewayEvidence, GatewayHandshake, GatewayTunnel},
};

/// Reads the four exchanges, and returns what crosses inside the channel.
pub(super) fn run(
    talk: &mut Talk<'_>,
    packets: &mut Packets,
    evidence: &mut GatewayEvidence,
) -> Passing<Tracks> {
    (talk.client, talk.server) = (std::mem::take(&mut packets.client), std::mem::take(&mut packets.server));
    let steps = &mut evidence.steps;
    let made = part(talk, |talk, e: &mut GatewayHandshake| {
        Ok(handshake::said(&answer(talk, tsgu::HANDSHAKE_RESPONSE)?, e)?)
    });
    step(&mut steps.handshake, made)?;
    let made =
        part(talk, |talk, e: &mut GatewayTunnel| Ok(tunnel::said(&answer(talk, tsgu::TUNNEL_RESPONSE)?, e)?));
    step(&mut steps.tunnel, made)?;
    let made = part(talk, |talk, e: &mut GatewayAuthorization| {
        Ok(authorize::said(&answer(talk, tsgu::TUNNEL_AUTH_RESPONSE)?, e)?)
    });
    step(&mut steps.authorize, made)?;
    let made = part(talk, |talk, e: &mut GatewayChannel| {
        let (asked, body) = exchange(talk, tsgu::CHANNEL_RESPONSE)?;
        if let Ok((resource, port)) = tsgu::resource(&asked) {
            (e.resource, e.port) = (Some(resource), Some(port));
        }
        Ok(channel::said(&body, e)?)
    });
    step(&mut steps.channel, made)?;
    Ok((inside(&mut talk.client, evidence), inside(&mut talk.server, evidence)))
}

/// The body of the gateway's packet that answers the client's next one.
fn answer(talk: &mut Talk<'_>, kind: u16) -> Passing<Vec<u8>> {
    exchange(talk, kind).map(|(_, answer)| answer)
}

/// The bodies of the client's next packet and of the gateway's that answers it.
fn exchange(talk: &mut Talk<'_>, kind: u16) -> Passing<(Vec<u8>, Vec<u8>)> {
    // It may carry a token.
    let asked = talk.take_secret(Side::Client, Framing::Tsgu)?;
    let asked = Packet::parse(&asked).map(|packet| packet.body).unwrap_or_default();
    loop {
        let bytes = talk.take(Side::Server, Framing::Tsgu)?;
        let packet = Packet::parse(&bytes).map_err(|error| malformed(&error, &bytes))?;
        match packet.kind {
            found if found == kind => return Ok((asked, packet.body)),
            tsgu::CLOSE_CHANNEL | tsgu::CLOSE_CHANNEL_RESPONSE => {
                let status = tsgu::status(&packet.body).map_err(|error| malformed(&error, &bytes))?;
                return Err(gateway_error("the gateway closed the channel before it was open", status).into());
            }
            _ => {}
        }
    }
}

/// What data packets carry, one behind the other; other packets are counted.
fn inside(track: &mut Track<'_>, evidence: &mut GatewayEvidence) -> Track<'static> {
    let mut found = Track::inside(track);
    loop {
        let message = match track.take(Framing::Tsgu) {
            Next::Message(message) => message,
            Next::Unfinished(_) => return found,
            Next::Gap | Next::Full | Next::Malformed(_) => {
                found.miss();
                return found;
            }
        };
        let Ok(packet) = Packet::parse(&message.bytes) else { continue };
        match packet.kind {
            tsgu::DATA => found.push(packet.body.get(2..).unwrap_or_default(), message.last),
            tsgu::KEEPALIVE => evidence.keepalives += 1,
            tsgu::CLOSE_CHANNEL | tsgu::CLOSE_CHANNEL_RESPONSE => {
                evidence.close_status = tsgu::status(&packet.body).ok().or(evidence.close_status);
            }
            tsgu::REAUTH_MESSAGE => evidence.reauthentication = true,
            _ => evidence.other_packets += 1,
        }
    }
}
