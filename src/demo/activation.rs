//! The demo server's activation: capabilities exchange and finalization, with what may come between (MS-RDPBCGR 1.3.1.1).

use std::io;
use std::mem;

use ironrdp_acceptor::Acceptor;
use ironrdp_connector::{DesktopSize, Sequence as _};
use ironrdp_core::WriteBuf;
use ironrdp_pdu::nego::SecurityProtocol;

use super::acceptor::step;
use super::answer::Answer;
use super::behaviour::{Behaviour, Stage};
use super::capabilities;
use super::channels::read_io_channel;
use super::conversation::Conversation;
use super::drawing;
use super::dynamic_channel;
use super::invented::DESKTOP;
use super::logon;
use super::measuring;
use super::stream::{Stream, malformed, send};

/// Synchronize, Control (Cooperate), Control (Granted) and Font Map.
const SERVER_PDUS: usize = 4;

/// Sends the Demand Active.
pub(super) async fn demand_active(
    conversation: &Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    conversation.reached(Stage::Licensed, stream).await?;
    match conversation.behaviour() {
        Some(Behaviour::MeasuresBandwidth(Stage::Licensed)) => {
            measuring::bandwidth(conversation.message_channel, stream).await?;
        }
        // The channel of dynamic channels is the last of the static ones, and the message channel follows them.
        Some(Behaviour::OpensDynamicChannel) => {
            dynamic_channel::open(conversation.message_channel - 1, stream).await?;
        }
        Some(Behaviour::OddCapabilities) => {
            // The acceptor goes on as if its own had been sent.
            acceptor.step(&[], None, &mut WriteBuf::new()).map_err(malformed)?;
            return send(stream, &capabilities::odd()).await;
        }
        _ => {}
    }
    step(acceptor, &[], stream).await.map(drop)
}

/// Takes the Confirm Active.
pub(super) async fn confirm_active(
    conversation: &Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    let pdu = read_io_channel(stream).await?;
    conversation.reached(Stage::ConfirmActive, stream).await?;
    step(acceptor, &pdu, stream).await.map(drop)
}

/// Answers the client's Font List, or takes the activation back.
pub(super) async fn finalization(
    conversation: &mut Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    conversation.reached(Stage::FontList, stream).await?;
    if let Some(Behaviour::Reactivate(rounds, taken_back)) = conversation.behaviour()
        && conversation.reactivations < *rounds
    {
        conversation.reactivations += 1;
        send(stream, &taken_back.bytes(0)).await?;
        return begin_again(acceptor);
    }
    for _ in 0..SERVER_PDUS {
        step(acceptor, &[], stream).await?;
    }
    Ok(())
}

/// Draws a picture. Returns whether another capabilities exchange follows.
pub(super) async fn session(
    conversation: &mut Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<bool> {
    conversation.reached(Stage::Active, stream).await?;
    if conversation.reactivations == 0 {
        logon::answer(conversation, stream).await?;
    }
    send(stream, &drawing::picture()).await?;
    let again = match conversation.behaviour() {
        Some(Behaviour::ReactivateSession) => conversation.reactivations == 0,
        Some(Behaviour::DeactivateSession) => false,
        _ => return Ok(false),
    };
    if again || conversation.reactivations == 0 {
        conversation.reactivations += 1;
        send(stream, &Answer::DeactivateAll.bytes(0)).await?;
    }
    if again {
        begin_again(acceptor)?;
    }
    Ok(again)
}

/// The acceptor before its Demand Active; what takes its place meanwhile is never used.
fn begin_again(acceptor: &mut Acceptor) -> io::Result<()> {
    let nobody =
        Acceptor::new(SecurityProtocol::empty(), DesktopSize { width: 0, height: 0 }, Vec::new(), None);
    let before = mem::replace(acceptor, nobody);
    *acceptor =
        Acceptor::new_deactivation_reactivation(before, Default::default(), DESKTOP).map_err(malformed)?;
    Ok(())
}
