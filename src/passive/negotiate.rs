//! X.224 connection request and confirm (MS-RDPBCGR 1.3.1.1).

use super::talk::{Halt, Passing, Talk};
use crate::{
    codes::Protocols,
    flow::Side,
    net::Framing,
    pdu::connection_request::ConnectionRequest,
    phase::negotiate::{self, Negotiated},
    report::{FailureKind, NegotiateEvidence, Selected},
};

/// The header of a pre-connection PDU (MS-RDPEPS 2.2.1.1): cbSize, flags and version.
const PRECONNECTION: usize = 12;

/// Reads what the client offers and what the server selects.
pub(super) fn run(talk: &mut Talk<'_>, evidence: &mut NegotiateEvidence) -> Passing<Negotiated> {
    if let Some(length) = preconnection(talk.client.rest()) {
        talk.take_secret(Side::Client, Framing::Exactly(length))?;
    }
    let frame = talk.take(Side::Client, Framing::Tpkt)?;
    let request = ConnectionRequest::read(&frame)
        .map_err(|error| Halt::Unseen(format!("what the client sends is not understood: {error}")))?;
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

/// How long the pre-connection PDU is, if the client begins with one: version 1 or 2, no flags.
fn preconnection(bytes: &[u8]) -> Option<usize> {
    let header = bytes.first_chunk::<PRECONNECTION>()?;
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let length = usize::try_from(word(0)).ok()?;
    let is_one = word(4) == 0 && matches!(word(8), 1 | 2) && (16..=4096).contains(&length);
    is_one.then_some(length)
}
