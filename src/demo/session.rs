//! From MCS Connect Initial to an active session, driven step by step through ironrdp's acceptor (MS-RDPBCGR 1.3.1.1).

use std::io;

use ironrdp_acceptor::Acceptor;
use ironrdp_connector::{Sequence, encode_x224_packet};
use ironrdp_core::WriteBuf;
use zeroize::Zeroizing;

use super::acceptor::step;
use super::activation;
use super::answer::send_data;
use super::behaviour::{Behaviour, Stage};
use super::channels::{IO_CHANNEL, domain_pdu, read_io_channel, user_data};
use super::connect_initial::{connect_initial, is_able, without_skipped_joins};
use super::conversation::Conversation;
use super::licensing;
use super::listener::without_account;
use super::logon;
use super::measuring;
use super::stream::{Stream, malformed, read_pdu, send};
use super::wanted::wanted;

/// Serves everything above TLS and CredSSP, and then waits until the client leaves.
pub(super) async fn serve(
    conversation: &mut Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    loop {
        if acceptor.state().is_terminal() {
            if activation::session(conversation, acceptor, stream).await? {
                continue;
            }
            return logon::leave(conversation, stream).await;
        }
        match acceptor.state().name() {
            "BasicSettingsWaitInitial" => basic_settings(conversation, acceptor, stream).await?,
            "ChannelConnection" => channel_connection(conversation, acceptor, stream).await?,
            "SecureSettingsExchange" => client_info(conversation, acceptor, stream).await?,
            "LicensingExchange" => license(conversation, acceptor, stream).await?,
            "CapabilitiesSendServer" => activation::demand_active(conversation, acceptor, stream).await?,
            "CapabilitiesWaitConfirm" => activation::confirm_active(conversation, acceptor, stream).await?,
            "ConnectionFinalization" if acceptor.next_pdu_hint().is_none() => {
                activation::finalization(conversation, acceptor, stream).await?;
            }
            _ if acceptor.next_pdu_hint().is_some() => {
                let pdu = read_io_channel(stream).await?;
                step(acceptor, &pdu, stream).await?;
            }
            _ => drop(step(acceptor, &[], stream).await?),
        }
    }
}

async fn basic_settings(
    conversation: &mut Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    let mut initial = connect_initial(&read_pdu(stream).await?)?;
    let channels = initial.channel_names().map_or(0, |names| names.len());
    if let Some(Behaviour::ToAbleClients(ability, able, others)) = conversation.behaviour() {
        conversation.behaviour = Some(if is_able(&initial, *ability) { able } else { others });
    }
    conversation.message_channel = IO_CHANNEL + 1 + u16::try_from(channels).map_err(malformed)?;
    conversation.reached(Stage::ConnectInitial, stream).await?;
    if matches!(conversation.behaviour(), Some(Behaviour::At(Stage::ChannelJoin, _))) {
        initial = without_skipped_joins(initial)?;
    }
    let mut pdu = WriteBuf::new();
    encode_x224_packet(&initial, &mut pdu).map_err(malformed)?;
    step(acceptor, pdu.filled(), stream).await?;
    step(acceptor, &[], stream).await?;
    Ok(())
}

async fn channel_connection(
    conversation: &Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    if acceptor.next_pdu_hint().is_none() {
        return step(acceptor, &[], stream).await.map(drop);
    }
    let pdu = read_pdu(stream).await?;
    match domain_pdu(&pdu) {
        Some(10) => conversation.reached(Stage::AttachUser, stream).await?,
        Some(14) => conversation.reached(Stage::ChannelJoin, stream).await?,
        _ => {}
    }
    step(acceptor, &pdu, stream).await.map(drop)
}

async fn client_info(
    conversation: &mut Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    let mut pdu = Zeroizing::new(read_io_channel(stream).await?);
    if let Some(Behaviour::Listens(_)) = conversation.behaviour() {
        *pdu = without_account(&pdu).map_err(malformed)?;
    }
    conversation.wanted = wanted(&pdu, conversation.server());
    conversation.reached(Stage::ClientInfo, stream).await?;
    step(acceptor, &pdu, stream).await.map(drop)
}

async fn license(
    conversation: &Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    match conversation.behaviour() {
        Some(Behaviour::License | Behaviour::NoLicensing) => {
            if matches!(conversation.behaviour(), Some(Behaviour::License)) {
                exchange_license(stream).await?;
            }
            // The acceptor's own valid-client message is not sent: the exchange has ended already, or there is none.
            acceptor.step(&[], None, &mut WriteBuf::new()).map_err(malformed)?;
            return Ok(());
        }
        Some(Behaviour::AutoDetect) => measuring::round_trip(conversation.message_channel, stream).await?,
        Some(Behaviour::MeasuresBandwidth(Stage::ClientInfo)) => {
            measuring::bandwidth(conversation.message_channel, stream).await?;
        }
        _ => {}
    }
    step(acceptor, &[], stream).await.map(drop)
}

/// Leads a license exchange to its end.
pub(super) async fn exchange_license(stream: &mut dyn Stream) -> io::Result<()> {
    let mut exchange = licensing::LicenseServer::new();
    let mut message = exchange.request();
    loop {
        send(stream, &send_data(IO_CHANNEL, &message)).await?;
        if licensing::is_last(&message) {
            return Ok(());
        }
        let pdu = read_io_channel(stream).await?;
        let answer = user_data(&pdu).and_then(|data| exchange.on_message(data));
        message = answer.ok_or_else(|| malformed("the license exchange ended"))?;
    }
}
