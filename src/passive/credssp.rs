//! CredSSP (MS-CSSP 3.1.5): the messages of both sides, of which only the server's say anything that may be shown.

use time::OffsetDateTime;

use super::{
    client,
    talk::{Halt, Passing, Talk},
};
use crate::{
    flow::Side,
    net::Framing,
    pdu::{der::SEQUENCE, ntlm, spnego, ts_request::ts_request, x224::TPKT_VERSION},
    phase::{
        credssp::{self, challenge, silent_end},
        kdc,
    },
    report::{Client, CredsspEvidence, FailureKind},
};

const AUTHENTICATE: u8 = 3;

/// What the client has shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    Nothing,
    Proof,
    Credentials,
}

/// Reads TSRequests until MCS begins; `early` says whether an early user authorization result is due.
pub(super) fn run(talk: &mut Talk<'_>, early: bool, evidence: &mut CredsspEvidence) -> Passing<()> {
    let mut shown = Shown::Nothing;
    loop {
        let begins = |talk: &Talk<'_>, side| match side {
            Side::Client => talk.client.rest().first().copied(),
            Side::Server => talk.server.rest().first().copied(),
        };
        let Some(side) = talk.next() else {
            let owes = talk.owes();
            return Err(explained(talk.missing(owes, 0), shown));
        };
        match (side, begins(talk, side)) {
            (Side::Client, Some(TPKT_VERSION)) => {
                evidence.authenticated |= shown == Shown::Credentials;
                return Ok(());
            }
            (Side::Client, Some(SEQUENCE)) => {
                let frame =
                    talk.take_secret(side, Framing::TsRequest).map_err(|halt| explained(halt, shown))?;
                shown = shown.max(shows(&frame, &mut talk.offered));
                evidence.attempted |= shown > Shown::Nothing;
            }
            (Side::Server, Some(SEQUENCE)) => {
                let frame = talk.take(side, Framing::TsRequest)?;
                server(&frame, talk, evidence)?;
            }
            (Side::Server, Some(_)) if early && shown == Shown::Credentials => {
                let frame = talk.take(side, Framing::EarlyAuthorization)?;
                credssp::answered_early(&frame, evidence)?;
            }
            (side, _) => {
                talk.take(side, Framing::TsRequest)?;
            }
        }
    }
}

/// What a client's message shows: a proof of the password, or what is delegated.
fn shows(frame: &[u8], offered: &mut Client) -> Shown {
    let Ok(said) = ts_request(frame) else { return Shown::Nothing };
    client::authenticates(offered, &said);
    if said.auth_info {
        return Shown::Credentials;
    }
    let Some(token) = said.nego_token else { return Shown::Nothing };
    match ntlm::message(&token) {
        Some(message) if message.get(8) == Some(&AUTHENTICATE) => Shown::Proof,
        Some(_) => Shown::Nothing,
        // Without NTLM the first token is a ticket already.
        None => Shown::Proof,
    }
}

fn server(frame: &[u8], talk: &Talk<'_>, evidence: &mut CredsspEvidence) -> Passing<()> {
    let said = credssp::said(frame, evidence)?;
    let Some(token) = &said.nego_token else { return Ok(()) };
    if ntlm::is_challenge(token) {
        let now = OffsetDateTime::from_unix_timestamp_nanos(talk.now.into());
        let now = now.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        challenge::read(&said, now, evidence).map_err(|error| Halt::Unseen(error.to_string()))?;
    }
    let inner = spnego::without_spnego(token);
    match spnego::kerberos_error(&inner) {
        Some(error) => Err(kdc::refusal(&error, "the server").into()),
        None => Ok(()),
    }
}

/// An end without a reason after a proof may be a refusal.
fn explained(halt: Halt, shown: Shown) -> Halt {
    match halt {
        Halt::Failed(failure) if failure.kind != FailureKind::Timeout => match shown {
            Shown::Nothing => failure.into(),
            Shown::Proof => silent_end(failure, "the proof of the password").into(),
            Shown::Credentials => silent_end(failure, "the delegated credentials").into(),
        },
        other => other,
    }
}
