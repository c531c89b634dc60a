//! The TLS handshake as it crosses (RFC 8446, RFC 5246), and what is inside if the keys are known.

mod derive;
mod exchange;
mod handshake;
mod hashed;
mod inner;
mod open;
mod opener;
mod records;
mod suite;

use super::{
    client,
    sealed::Sealed,
    talk::{Passing, Talk},
    track::Track,
};
use crate::{
    certificate::{self, Expectation},
    flow::{KeyLog, Secrets},
    pdu::server_key::ServerKey,
    report::{Connection, Selected, TlsEvidence},
};
pub(super) use exchange::Locked;
use handshake::Handshake;
use open::Opened;

/// What is behind the handshake.
pub(super) enum Inside {
    /// Both directions in clear.
    Opened(Box<Track<'static>>, Box<Track<'static>>),
    /// Records that cannot be opened, and why.
    Sealed(Sealed, Locked),
}

/// What may open a session, and what its certificate has to be.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub keys: &'a KeyLog,
    pub server_keys: &'a [ServerKey],
    pub expectation: &'a Expectation<'a>,
    /// What the server has selected; none of a connection that begins with TLS.
    pub selected: Option<Selected>,
}

/// The label of the secret for want of which a connection was not opened although others of its session are known.
pub fn lacks_secret(connection: &Connection) -> Option<&'static str> {
    let said: Vec<_> = connection.phases.summaries().iter().filter_map(|seen| seen.stopped).collect();
    let is_said = |label: &&'static str| said.contains(&Locked::Incomplete(label).to_string().as_str());
    Secrets::labels().into_iter().find(is_said)
}

/// Reads the handshake, and opens what follows it.
pub(super) fn run(talk: &mut Talk<'_>, means: Means<'_>, evidence: &mut TlsEvidence) -> Passing<Inside> {
    let mut handshake = Handshake::after(means.selected);
    let result = handshake.read(talk, evidence).map_err(|halt| talk.unless_understood(halt));
    if let Some(hello) = handshake.hello() {
        client::greeted(&mut talk.offered, hello);
    }
    let secrets = handshake.secrets(means.keys, means.server_keys);
    let opened = match &secrets {
        Ok(secrets) => match handshake.lacks(secrets) {
            Some(label) => Err(Locked::Incomplete(label)),
            None => open::all(&handshake, secrets, talk).ok_or(Locked::NoKey),
        },
        Err(locked) => Err(*locked),
    };
    let chain = match &opened {
        Ok(Opened { chain, .. }) if !chain.is_empty() => chain,
        _ => &handshake.answer.chain,
    };
    evidence.thumbprints = chain.first().map(|leaf| certificate::thumbprints(leaf));
    evidence.certificate = certificate::evidence(chain, means.expectation);
    evidence.client_certificate_requested |= opened.as_ref().is_ok_and(|opened| opened.certificate_requested);
    let locked = match opened {
        Ok(opened) => {
            result?;
            return Ok(Inside::Opened(Box::new(opened.client), Box::new(opened.server)));
        }
        Err(locked) => locked,
    };
    let sealed = handshake.sealed(talk);
    result.map(|()| Inside::Sealed(sealed, locked))
}
