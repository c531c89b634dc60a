//! Handshake, tunnel, authorization and channel, and the session in its data packets (MS-TSGU 3.3.5.3 to 3.3.5.6).

use super::{
    super::{
        record::part,
        talk::{Halt, Passing, Talk},
        track::{Closing, Next, Track, Word},
    },
    step::{Tracks, step},
};
use crate::{
    flow::{Mark, Side},
    net::{Framing, Remarks, carried},
    pdu::tsgu::{self, Packet},
    phase::gateway::{
        authorize, channel, handshake, noted_beside,
        packets::{Told, malformed, told},
        tunnel,
    },
    report::{
        GatewayAuthorization, GatewayChannel, GatewayEvidence, GatewayHandshake, GatewaySteps, GatewayTunnel,
    },
};

/// Opens the packets, reads the four exchanges, and returns what crosses inside the channel.
pub(super) fn run<'a>(
    talk: &mut Talk<'a>,
    evidence: &mut GatewayEvidence,
    open: impl FnOnce(&mut Talk<'a>, &mut GatewayHandshake) -> Passing<()>,
) -> Passing<Tracks> {
    let mut said = Remarks::default();
    let opened = exchanges(talk, &mut evidence.steps, &mut said, open);
    let server = opened.is_ok().then(|| inside(&mut talk.server, &mut said));
    noted_beside(said, evidence);
    opened?;
    // What a client says beside its data is of no interest.
    let client = inside(&mut talk.client, &mut Remarks::default());
    match talk.one_way {
        None => Ok((client, server.unwrap_or_default())),
        Some(why) => Err(Halt::Unseen(why.to_owned())),
    }
}

fn exchanges<'a>(
    talk: &mut Talk<'a>,
    steps: &mut GatewaySteps,
    said: &mut Remarks,
    open: impl FnOnce(&mut Talk<'a>, &mut GatewayHandshake) -> Passing<()>,
) -> Passing<()> {
    let made = part(talk, |talk, e: &mut GatewayHandshake| {
        open(talk, e)?;
        Ok(handshake::read_response(&answer(talk, tsgu::HANDSHAKE_RESPONSE, said)?, e)?)
    });
    step(&mut steps.handshake, made)?;
    let made = part(talk, |talk, e: &mut GatewayTunnel| {
        Ok(tunnel::read_response(&answer(talk, tsgu::TUNNEL_RESPONSE, said)?, e)?)
    });
    step(&mut steps.tunnel, made)?;
    let made = part(talk, |talk, e: &mut GatewayAuthorization| {
        Ok(authorize::read_response(&answer(talk, tsgu::TUNNEL_AUTH_RESPONSE, said)?, e)?)
    });
    step(&mut steps.authorize, made)?;
    let made = part(talk, |talk, e: &mut GatewayChannel| {
        let (asked, body) = exchange(talk, tsgu::CHANNEL_RESPONSE, said)?;
        if let Ok((resource, port)) = tsgu::resource(&asked) {
            (e.resource, e.port) = (Some(resource), Some(port));
        }
        Ok(channel::read_response(&body, e)?)
    });
    step(&mut steps.channel, made)
}

/// The body of the gateway's packet that answers the client's next one.
fn answer(talk: &mut Talk<'_>, kind: u16, said: &mut Remarks) -> Passing<Vec<u8>> {
    exchange(talk, kind, said).map(|(_, answer)| answer)
}

/// The bodies of the client's next packet and of the gateway's that answers it.
fn exchange(talk: &mut Talk<'_>, kind: u16, said: &mut Remarks) -> Passing<(Vec<u8>, Vec<u8>)> {
    let unseen = talk.one_way.map(|why| Halt::Unseen(why.to_owned()));
    let asked = match unseen {
        Some(_) => Vec::new(),
        // It may carry a token.
        None => talk.take_secret(Side::Client, Framing::Tsgu)?,
    };
    let asked = Packet::parse(&asked).map(|packet| packet.body).unwrap_or_default();
    loop {
        let bytes = match talk.take(Side::Server, Framing::Tsgu) {
            Ok(bytes) => bytes,
            Err(halt) => return Err(unseen.unwrap_or(halt)),
        };
        let packet = Packet::parse(&bytes).map_err(|error| malformed(&error, &bytes))?;
        if let Told::Awaited = told(&packet, kind, &bytes, said)? {
            return Ok((asked, packet.body));
        }
    }
}

/// What data packets carry, one behind the other; what is said beside them is noted.
fn inside(track: &mut Track<'_>, said: &mut Remarks) -> Track<'static> {
    let mut found = Track::inside(track);
    // A connection that ends below has not closed the channel.
    if let Some(closing) = found.closing.as_mut().filter(|closing| !matches!(closing.word, Word::Answer(_))) {
        closing.word = Word::Lost;
    }
    loop {
        let begins = track.next();
        let message = match track.take(Framing::Tsgu) {
            Next::Message(message) => message,
            Next::Unfinished(_) => return found,
            Next::Malformed(_) => return unreadable(found, begins),
            Next::Full if track.resume(Framing::Tsgu) => {
                found.leave_out(None);
                continue;
            }
            Next::Gap | Next::Full => {
                found.miss();
                return found;
            }
        };
        let Ok(packet) = Packet::parse(&message.bytes) else { return unreadable(found, begins) };
        match packet.kind {
            tsgu::DATA => match carried(&packet.body) {
                Some(content) => found.push(content, message.last),
                None => return unreadable(found, begins),
            },
            tsgu::CLOSE_CHANNEL | tsgu::CLOSE_CHANNEL_RESPONSE => {
                let status = tsgu::status(&packet.body).ok();
                said.close_status = status.or(said.close_status);
                let word = Word::Channel(status.unwrap_or_default());
                found.closing = Some(Closing { word, mark: message.last });
                return found;
            }
            _ => drop(said.note(&packet)),
        }
    }
}

/// Nothing is read behind what cannot be.
fn unreadable(mut found: Track<'static>, begins: Option<Mark>) -> Track<'static> {
    found.closing = begins.map(|mark| Closing { word: Word::Unreadable, mark }).or(found.closing);
    found
}
