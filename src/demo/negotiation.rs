//! The negotiation of protocols, and how faults answer it (MS-RDPBCGR 1.3.1.1, 2.2.1.1).

use std::io;

use ironrdp_acceptor::Acceptor;
use ironrdp_pdu::nego::SecurityProtocol;

use super::acceptor::step;
use super::action::{Action, shown};
use super::answer::Answer;
use super::behaviour::{Behaviour, Stage};
use super::capabilities;
use super::conversation::Conversation;
use super::invented::DESKTOP;
use super::request::{
    asks_for_nla, asks_for_protocols, confirm, has_cookie, offer, preconnection, without_token,
};
use super::select::Select;
use super::stream::{Stream, malformed, read_pdu, send};
use crate::pdu::x224::{self, Lead};

/// An acceptor with what this server can.
pub(super) fn new_acceptor(conversation: &Conversation<'_>) -> Acceptor {
    let mut protocols = SecurityProtocol::SSL | SecurityProtocol::HYBRID;
    protocols.set(
        SecurityProtocol::HYBRID_EX,
        !matches!(conversation.behaviour(), Some(Behaviour::PlainHybrid(_))),
    );
    Acceptor::new(protocols, DESKTOP, capabilities::all(DESKTOP), None)
}

/// Answers the Connection Request; the protocol that was selected uses TLS.
pub(super) async fn negotiate(
    conversation: &mut Conversation<'_>,
    number: usize,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<SecurityProtocol> {
    conversation.reached(Stage::Connect, stream).await?;
    if let Some(Behaviour::WantsPreconnection) = conversation.behaviour() {
        preconnection(stream).await?;
    }
    let (request, has_token) = without_token(read_pdu(stream).await?);
    conversation.reached(Stage::ConnectionRequest, stream).await?;
    if let Some(Behaviour::Broker(first, then)) = conversation.behaviour() {
        conversation.behaviour = if has_token { *then } else { Some(first) };
    }
    match conversation.behaviour() {
        Some(Behaviour::StandardSecurity(security)) if security.only && asks_for_protocols(&request) => {
            return Err(Action::Send(Answer::NegotiationFailure(2)).act(stream, 0).await);
        }
        Some(Behaviour::StandardSecurity(security)) => {
            return Err(security.serve(conversation, &request, stream).await);
        }
        Some(Behaviour::WithoutTls(_, late)) if asks_for_protocols(&request) => {
            if *late {
                send(stream, &confirm(SecurityProtocol::SSL)).await?;
            }
            return Err(shown());
        }
        Some(Behaviour::WithoutTls(security, _)) => {
            return Err(security.serve(conversation, &request, stream).await);
        }
        Some(Behaviour::SpeaksFirst(protocol, ..)) if offer(&request) == Some(*protocol) => {
            send(stream, &confirm(*protocol)).await?;
            return Ok(*protocol);
        }
        Some(Behaviour::SpeaksFirst(_, _, Some(answer))) => {
            return Err(Action::Send(*answer).act(stream, 0).await);
        }
        Some(Behaviour::Listens(select)) => return listens(*select, &request, acceptor, stream).await,
        Some(Behaviour::DislikesCookie) if has_cookie(&request) => return Err(shown()),
        Some(Behaviour::WantsNla) if !asks_for_nla(&request) => {
            return Err(Action::Send(Answer::NegotiationFailure(5)).act(stream, 0).await);
        }
        Some(Behaviour::WantsToken) if !has_token => return Err(shown()),
        Some(Behaviour::DislikesToken) if has_token => return Err(shown()),
        Some(Behaviour::DislikesNla) if asks_for_nla(&request) => return Err(shown()),
        Some(Behaviour::EveryThird(action)) if number.is_multiple_of(3) => {
            return Err(action.act(stream, 0).await);
        }
        _ => {}
    }
    accepted(acceptor, &request, stream).await
}

/// The protocol that the acceptor selects.
async fn accepted(
    acceptor: &mut Acceptor,
    request: &[u8],
    stream: &mut dyn Stream,
) -> io::Result<SecurityProtocol> {
    step(acceptor, request, stream).await?;
    let confirm = step(acceptor, &[], stream).await?;
    let selected = confirm.get(15..19).ok_or_else(|| malformed("no protocol was selected"))?;
    let selected = selected.try_into().expect("the slice has four bytes");
    Ok(SecurityProtocol::from_bits_retain(u32::from_le_bytes(selected)))
}

/// Selects what is to be selected; without TLS the Connect Initial is all that may be asked for.
async fn listens(
    select: Select,
    request: &[u8],
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<SecurityProtocol> {
    let offer = offer(request).ok_or_else(|| malformed("no Connection Request"))?;
    match select.answer(offer) {
        Err(code) => Err(Action::Send(Answer::NegotiationFailure(code)).act(stream, 0).await),
        Ok(selected) if selected.is_empty() => {
            send(stream, &confirm(selected)).await?;
            read_pdu(stream).await?;
            Err(shown())
        }
        Ok(selected) => {
            // The acceptor selects the strongest offer, so it sees no other.
            let only = x224::connection_request(selected.bits(), false, Lead::Nothing).map_err(malformed)?;
            accepted(acceptor, &only, stream).await
        }
    }
}
