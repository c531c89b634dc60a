//! CredSSP (MS-CSSP 3.1.5): the messages of both sides, of which only the server's say anything that may be shown.

use time::OffsetDateTime;

use super::{
    client,
    sealed::{Ending, Sealed, Shown},
    talk::{Halt, Passing, Talk},
    track::{Closing, Word},
};
use crate::{
    codes::Phase,
    flow::{Mark, Side},
    net::{CLOSE_NOTIFY, Framing},
    pdu::{der::SEQUENCE, ntlm, spnego, ts_request::ts_request, x224::TPKT_VERSION},
    phase::{
        credssp::{self, challenge, silent_end},
        ending, kdc,
    },
    report::{Client, CredsspEvidence, Failure, FailureKind},
};

const AUTHENTICATE: u8 = 3;

/// What was read of the exchange.
struct Exchange {
    /// Whether the client has sent anything.
    begun: bool,
    shown: Shown,
    /// What a client that leaves now objects to in the server's last message.
    objection: Option<Failure>,
}

/// Reads TSRequests until MCS begins; `early` says whether an early user authorization result is due.
pub(super) fn run(talk: &mut Talk<'_>, early: bool, evidence: &mut CredsspEvidence) -> Passing<()> {
    let mut exchange = Exchange { begun: false, shown: Shown::Nothing, objection: None };
    loop {
        let begins = |talk: &Talk<'_>, side| match side {
            Side::Client => talk.client.rest().first().copied(),
            Side::Server => talk.server.rest().first().copied(),
        };
        let Some(side) = talk.next() else {
            // The client begins.
            let owes = if exchange.begun { talk.owes() } else { Side::Client };
            let halt = talk.missing(owes, 0);
            return Err(objected(halt, &mut exchange, talk));
        };
        match (side, begins(talk, side)) {
            (Side::Client, Some(TPKT_VERSION)) => {
                evidence.authenticated |= exchange.shown == Shown::Credentials;
                return Ok(());
            }
            (Side::Client, Some(SEQUENCE)) => {
                let frame = talk
                    .take_secret(side, Framing::TsRequest)
                    .map_err(|halt| explained(halt, exchange.shown))?;
                client(&frame, talk, &mut exchange, evidence);
            }
            (Side::Server, Some(SEQUENCE)) => {
                let frame = talk.take(side, Framing::TsRequest)?;
                server(&frame, talk, &mut exchange, evidence)?;
            }
            (Side::Server, Some(_)) if early && exchange.shown == Shown::Credentials => {
                let frame = talk.take(side, Framing::EarlyAuthorization)?;
                return Ok(credssp::answered_early(&frame, evidence)?);
            }
            (side, _) => {
                talk.take(side, Framing::TsRequest)?;
            }
        }
    }
}

/// What an exchange that cannot be opened failed with; none if the client may have ended it for a reason of its own.
pub(super) fn sealed(talk: &mut Talk<'_>, records: &Sealed, ending: &Ending) -> Option<Failure> {
    let (shown, mark, ticket) = match ending {
        Ending::Refused(_, failure) => return Some(failure.clone()),
        Ending::Unanswered { shown, said, ticket } => (*shown, said, ticket),
    };
    // Nobody sees which alert it is: most say goodbye.
    let word = |side| records.left(side).map(|mark| Closing { word: Word::Alert(CLOSE_NOTIFY), mark });
    (talk.client.closing, talk.server.closing) = (word(Side::Client), word(Side::Server));
    (talk.phase, talk.since, talk.now) = (Phase::Credssp, mark.at, mark.at);
    match explained(talk.missing(Side::Server, 0), shown) {
        Halt::Failed(mut failure) => {
            if let Some(length) = ticket {
                let before = format!("; before it came {length} B, a session ticket of TLS 1.3 or an answer");
                failure.detail.push_str(&before);
            }
            let ends = [records.left(Side::Server).map(Mark::order), talk.end_of_server()];
            if ends.into_iter().flatten().any(|end| end < mark.order()) {
                failure.detail.push_str(" before the first message of the client: tls may be what failed");
            }
            Some(failure)
        }
        Halt::Stopped(_) | Halt::Unseen(_) => None,
    }
}

/// A client that goes on objects to nothing, and delegates only to a server that has proved its key.
fn client(frame: &[u8], talk: &mut Talk<'_>, exchange: &mut Exchange, evidence: &mut CredsspEvidence) {
    (exchange.begun, exchange.objection) = (true, None);
    exchange.shown = exchange.shown.max(shows(frame, &mut talk.offered));
    evidence.attempted |= exchange.shown > Shown::Nothing;
    if exchange.shown == Shown::Credentials {
        evidence.key_binding = Some(true);
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

fn server(
    frame: &[u8],
    talk: &Talk<'_>,
    exchange: &mut Exchange,
    evidence: &mut CredsspEvidence,
) -> Passing<()> {
    let version = evidence.version;
    let said = credssp::read_ts_request(frame, evidence)?;
    // Without pubKeyAuth a token goes on with the exchange.
    if exchange.shown == Shown::Proof && (said.pub_key_auth.is_some() || said.nego_token.is_none()) {
        let sealed = credssp::sealed(&said, version.unwrap_or(said.version), frame);
        exchange.objection = Some(sealed.err().unwrap_or_else(unproved));
    }
    let Some(token) = &said.nego_token else { return Ok(()) };
    if ntlm::is_challenge(token) {
        let now = OffsetDateTime::from_unix_timestamp_nanos(talk.now.into());
        let now = now.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        exchange.objection = challenge::read(&said, now, evidence)
            .err()
            .map(|error| ending::malformed("the NTLM CHALLENGE cannot be read", &error, frame));
    }
    let inner = spnego::without_spnego(token);
    match spnego::kerberos_error(&inner) {
        Some(error) => Err(kdc::refusal(&error, "the server").into()),
        None => Ok(()),
    }
}

/// Only the client can open the server's proof; between that and the credentials nothing else makes it leave.
fn unproved() -> Failure {
    let detail =
        "the client left right after the server's proof of its TLS key, as clients do that find it wrong";
    Failure::new(FailureKind::KeyBinding, detail)
}

/// A client that leaves in place of its next message objects to the server's last one. What nobody can read it has not read
/// either, if the server was the first to leave.
fn objected(halt: Halt, exchange: &mut Exchange, talk: &Talk<'_>) -> Halt {
    match (&halt, exchange.objection.take()) {
        (Halt::Stopped(_), Some(objection)) if objects(&objection, talk) => objection.into(),
        (Halt::Failed(ended), Some(objection))
            if objection.kind == FailureKind::Malformed
                && matches!(ended.kind, FailureKind::Closed | FailureKind::Reset) =>
        {
            objection.into()
        }
        _ => explained(halt, exchange.shown),
    }
}

/// Whether the client left because of the server's last message, which it must have. Who finds a proof wrong leaves at once: what
/// comes later, as a user's wish or a time-out does, has another reason.
fn objects(objection: &Failure, talk: &Talk<'_>) -> bool {
    let is_in_time = objection.kind != FailureKind::KeyBinding || talk.leaves_at_once();
    talk.client_left().is_some() && talk.has_client_heard() && is_in_time
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
