//! The TLS handshake as it crosses (RFC 8446, RFC 5246), and what is inside if the keys are known.

mod derive;
mod handshake;
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
    flow::KeyLog,
    report::TlsEvidence,
};
use handshake::Handshake;
use open::Opened;

/// What is behind the handshake.
pub(super) enum Inside {
    /// Both directions in clear.
    Opened(Box<Track<'static>>, Box<Track<'static>>),
    /// Records that cannot be opened.
    Sealed(Sealed),
}

/// Reads the handshake, and opens what follows it.
pub(super) fn run(
    talk: &mut Talk<'_>,
    keys: &KeyLog,
    expectation: &Expectation<'_>,
    evidence: &mut TlsEvidence,
) -> Passing<Inside> {
    let mut handshake = Handshake::default();
    let result = handshake.read(talk, evidence);
    if let Some(hello) = handshake.hello() {
        client::greeted(&mut talk.offered, hello);
    }
    let (opened, sealed) = match handshake.secrets(keys) {
        Some(secrets) => {
            let opened = open::all(&handshake, secrets, talk);
            (opened, None)
        }
        None => (None, Some(handshake.sealed(talk))),
    };
    let chain = match &opened {
        Some(Opened { chain, .. }) if !chain.is_empty() => chain,
        _ => &handshake.answer.chain,
    };
    evidence.thumbprints = chain.first().map(|leaf| certificate::thumbprints(leaf));
    evidence.certificate = certificate::evidence(chain, expectation);
    evidence.client_certificate_requested |=
        opened.as_ref().is_some_and(|opened| opened.certificate_requested);
    result?;
    match (opened, sealed) {
        (Some(opened), _) => Ok(Inside::Opened(Box::new(opened.client), Box::new(opened.server))),
        (None, Some(sealed)) => Ok(Inside::Sealed(sealed)),
        (None, None) => Ok(Inside::Sealed(handshake.sealed(talk))),
    }
}
