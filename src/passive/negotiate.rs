//! X.224 connection request and confirm (MS-RDPBCGR 1.3.1.1).

use super::{
    client,
    talk::{Halt, Passing, Talk},
};
use crate::{
    codes::{Phase, Protocols},
    flow::Side,
    net::Framing,
    pdu::{
        connection_request::ConnectionRequest,
        content_type::HANDSHAKE,
        preconnection,
        x224::{self, Confirm, TPKT_VERSION},
    },
    phase::negotiate::{self, Negotiated},
    report::{FailureKind, NegotiateEvidence, Selected},
};

/// Whether the record holds the server's answer and not what it answers.
pub(super) fn is_answer_alone(talk: &Talk<'_>) -> bool {
    let begins_late = talk.flow.opening.syn.is_none();
    let lacks = begins_late || talk.flow.from_client.has_gaps() || !talk.is_seen(Side::Client);
    let first = talk.next() != Some(Side::Client) || talk.client.rest().is_empty();
    talk.flow.packet > 0 && lacks && first && talk.server.rest().starts_with(&[TPKT_VERSION, 0])
}

/// Whether the client goes on inside TLS with data, as it does if the negotiation was before TLS.
pub(super) fn is_over(talk: &Talk<'_>) -> bool {
    matches!(talk.client.rest(), [TPKT_VERSION, 0, _, _, _, x224::DATA, ..])
}

/// Reads what the server answers to an offer that the record lacks.
pub(super) fn answer(talk: &mut Talk<'_>, evidence: &mut NegotiateEvidence) -> Passing<Negotiated> {
    let confirm = talk.take(Side::Server, Framing::Tpkt)?;
    match x224::confirm(&confirm) {
        // It is from the middle of the connection.
        Err(_) | Ok(Confirm::Data(_)) => {
            Err(Halt::Unseen("the record begins after the negotiation".to_owned()))
        }
        Ok(_) => {
            // What is missing of the client is what this answers.
            talk.client.pass_gap();
            Ok(negotiate::answered(&confirm, &[], evidence)?)
        }
    }
}

/// Passes over a pre-connection PDU in front of TLS: a client of a Hyper-V console negotiates after CredSSP.
pub(super) fn pass_preconnection(talk: &mut Talk<'_>) {
    let first = talk.client.rest();
    let Some(length) = preconnection::length(first) else { return };
    if first.get(length) == Some(&HANDSHAKE) {
        talk.phase = Phase::Negotiate;
        // It is whole, or TLS could not follow.
        let _ = talk.take_secret(Side::Client, Framing::Exactly(length));
    }
}

/// Reads what the client offers and what the server selects.
pub(super) fn run(talk: &mut Talk<'_>, evidence: &mut NegotiateEvidence) -> Passing<Negotiated> {
    read(talk, evidence).map_err(|halt| talk.unless_understood(halt))
}

fn read(talk: &mut Talk<'_>, evidence: &mut NegotiateEvidence) -> Passing<Negotiated> {
    if let Some(length) = preconnection::length(talk.client.rest()) {
        talk.take_secret(Side::Client, Framing::Exactly(length))?;
    }
    let frame = talk.take(Side::Client, Framing::Tpkt)?;
    let request = ConnectionRequest::read(&frame)
        .map_err(|error| Halt::Unseen(format!("what the client sends is not understood: {error}")))?;
    client::requested(&mut talk.offered, &request);
    let code = request.protocols.unwrap_or_default();
    evidence.requested_code = code;
    evidence.requested = Selected::of_offer(Protocols::from_bits(code));
    evidence.requested_restricted_admin = request.is_restricted_admin();
    evidence.routing_token = request.routing_token.is_some();
    let confirm = match talk.take(Side::Server, Framing::Tpkt) {
        Err(Halt::Failed(failure))
            if failure.kind == FailureKind::Malformed && !talk.server.rest().starts_with(&[3, 0]) =>
        {
            let bytes = talk.server.rest().to_vec();
            return Err(negotiate::no_tpkt(&bytes[..bytes.len().min(negotiate::GREETING)], evidence).into());
        }
        other => other?,
    };
    Ok(negotiate::answered(&confirm, &frame, evidence)?)
}
