//! Requests and answers of HTTP as they cross, to a proxy or to a gateway (RFC 9112).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::talk::{Halt, Passing, Talk};
use crate::{
    flow::Side,
    net::Framing,
    pdu::{
        Malformed,
        http::{BodyLength, MAX_HEAD, RequestHead, ResponseHead, request_length},
        ntlm,
    },
    report::{Failure, FailureKind},
};

/// More requests than any way of logging on takes.
pub(super) const MOST_REQUESTS: usize = 16;
/// More answers that say only that others follow are not read.
const MOST_INTERIM: usize = 8;
const SWITCHING: u16 = 101;

/// The head of the client's next request, of which only the length is recorded.
pub(super) fn request(talk: &mut Talk<'_>) -> Passing<Vec<u8>> {
    let length = request_length(talk.client.rest()).unwrap_or(MAX_HEAD);
    talk.take_secret(Side::Client, Framing::Exactly(length))
}

/// What a head says.
pub(super) fn parsed(request: &[u8]) -> Passing<RequestHead<'_>> {
    RequestHead::parse(request).map_err(|error| not_understood(&error))
}

/// What is not understood of a client is nobody's fault that could be named.
pub(super) fn not_understood(why: &Malformed) -> Halt {
    Halt::Unseen(format!("what the client sends is not understood: {why}"))
}

/// The head of the final answer.
pub(super) fn answer(talk: &mut Talk<'_>) -> Passing<ResponseHead> {
    for _ in 0..MOST_INTERIM {
        let bytes = talk.take(Side::Server, Framing::HttpHead)?;
        let head = ResponseHead::parse(&bytes)
            .map_err(|error| Failure::new(FailureKind::Malformed, error.0).with_received(&bytes))?;
        if !(100..200).contains(&head.status) || head.status == SWITCHING {
            return Ok(head);
        }
    }
    Err(Failure::new(FailureKind::Malformed, "one interim answer follows another").into())
}

/// Passes over the body of an answer; whether another request can follow it.
pub(super) fn body(talk: &mut Talk<'_>, method: &str, head: &ResponseHead) -> bool {
    match head.body(method) {
        Ok(BodyLength::Nothing) => true,
        Ok(BodyLength::UntilEnd) | Err(_) => false,
        Ok(length) => talk.take(Side::Server, Framing::HttpBody(length)).is_ok(),
    }
}

/// Whether the value of Authorization proves anything: the first message of NTLM does not (MS-NLMP 2.2.1.1).
pub(super) fn proves(authorization: &str) -> bool {
    let (_, token) = authorization.split_once(' ').unwrap_or_default();
    let token = Zeroizing::new(STANDARD.decode(token.trim()).unwrap_or_default());
    !token.is_empty() && ntlm::message(&token).and_then(ntlm::negotiated).is_none()
}
