//! What Standard RDP Security encrypts, opened with the client's random or the server's private key, which decrypts it (MS-RDPBCGR
//! 5.3.4.2, 5.3.5).

use std::fmt;

use zeroize::Zeroizing;

use super::{
    Known,
    talk::Talk,
    track::{Next, Track},
};
use crate::{
    net::Framing,
    pdu::{
        connect_response::SecurityData,
        mcs::{self, Mcs},
        security::Strength,
        security_open::{Opener, Openers, exchanged},
        server_certificate::ServerCertificate,
        server_key::ServerKey,
    },
};

/// Why it stays encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// No key is known.
    NoKey,
    /// The server key is not that of the server's certificate.
    OtherCertificate,
    /// What the client sent is not encrypted for the server key.
    OtherKey,
    /// Its method is not read here.
    Method,
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Standard RDP Security encrypts it, and ")?;
        f.write_str(match self {
            Self::NoKey => "no key is known",
            Self::OtherCertificate => "the server key is not that of the server's certificate",
            Self::OtherKey => {
                "the server key is not that of this server: it does not decrypt the client's random"
            }
            Self::Method => "its encryption method is not read here",
        })
    }
}

/// Opens both directions after the frame with the client's random; from then on they are read as under TLS.
///
/// # Errors
/// Why they stay encrypted.
pub(super) fn open(
    talk: &mut Talk<'_>,
    exchange: &[u8],
    data: &SecurityData,
    known: &Known<'_>,
) -> Result<(), Sealed> {
    let random = match known.keys.rdp_random(&data.random) {
        Some(random) => random,
        None => decrypted(exchange, data, known.server_keys)?,
    };
    let strength = Strength::of(data.method).ok_or(Sealed::Method)?;
    let openers = Openers::new(strength, &random, &data.random).map_err(|_| Sealed::OtherKey)?;
    let Openers { mut client, mut server } = openers;
    talk.client = opened(&mut talk.client, &mut client);
    talk.server = opened(&mut talk.server, &mut server);
    // A client is not blamed for what its server alone can judge.
    if let Some((_, message)) = talk.client.unopened.take() {
        talk.client.shut = Some(message.last);
        talk.client.miss();
    }
    talk.opened = true;
    Ok(())
}

/// The client's random, as it sent it to this server.
fn decrypted(
    exchange: &[u8],
    data: &SecurityData,
    keys: &[ServerKey],
) -> Result<Zeroizing<[u8; 32]>, Sealed> {
    if keys.is_empty() {
        return Err(Sealed::NoKey);
    }
    Strength::of(data.method).ok_or(Sealed::Method)?;
    let public = data.certificate.as_ref().and_then(ServerCertificate::key);
    let key = keys.iter().find(|key| public.is_some_and(|public| key.is_of(public)));
    let key = key.ok_or(Sealed::OtherCertificate)?;
    let encrypted = mcs::sent(exchange).and_then(|(_, user_data)| exchanged(user_data));
    encrypted.and_then(|encrypted| key.client_random(encrypted)).ok_or(Sealed::OtherKey)
}

/// The same direction without encryption, as far as it can be opened.
fn opened(track: &mut Track<'_>, opener: &mut Opener) -> Track<'static> {
    let mut opened = Track::inside(track);
    let mut follows = true;
    loop {
        let next = track.next();
        match track.take(Framing::TpktOrFastPath) {
            // Behind what was left out keys are others; an ultimatum is in clear.
            Next::Message(message) if !follows => {
                if let Ok(Mcs::Ultimatum { .. }) = mcs::read(&message.bytes) {
                    opened.push(&message.bytes, message.last);
                }
            }
            Next::Message(message) => match opener.open_frame(&message.bytes) {
                Ok(frame) => opened.push(&frame, message.last),
                Err(why) => {
                    opened.unopened = Some((why, message));
                    return opened;
                }
            },
            // A message that is cut short, or none at all, is judged by whoever reads it.
            Next::Unfinished(_) | Next::Malformed(_) if !follows => return opened,
            Next::Unfinished(_) | Next::Malformed(_) => {
                next.iter().for_each(|mark| opened.push(track.rest(), *mark));
                return opened;
            }
            Next::Full if track.resume(Framing::TpktOrFastPath) => {
                opened.leave_out(None);
                follows = false;
            }
            Next::Gap | Next::Full => {
                opened.miss();
                return opened;
            }
        }
    }
}
