//! From MCS Connect Initial to an active session, driven step by step through ironrdp's acceptor (MS-RDPBCGR 1.3.1.1).

use std::io;

use ironrdp_acceptor::Acceptor;
use ironrdp_connector::{Sequence, encode_x224_packet};
use ironrdp_core::{WriteBuf, decode};
use ironrdp_pdu::gcc::{
    ClientEarlyCapabilityFlags, ClientGccBlocks, ConferenceCreateRequest, RedirectionFlags,
    RedirectionVersion,
};
use ironrdp_pdu::mcs::ConnectInitial;
use ironrdp_pdu::x224::{X224, X224Data};

use super::activation;
use super::answer::send_data;
use super::connection::Conversation;
use super::fault::{Behaviour, Stage};
use super::licensing;
use super::measuring;
use super::stream::{Stream, drain, malformed, read_pdu, send};

/// The server's own MCS channel, which starts every Send Data Indication.
pub const SERVER_CHANNEL: u16 = 1002;
/// The acceptor's I/O channel; static channels follow, then the message channel.
pub const IO_CHANNEL: u16 = 1003;
/// How many PDUs of other channels may come where one of the I/O channel belongs.
const OTHER_PDUS: usize = 64;

/// Serves everything above TLS and CredSSP, and then waits until the client leaves.
pub async fn serve<S: Stream>(
    conversation: &mut Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut S,
) -> io::Result<()> {
    loop {
        if acceptor.state().is_terminal() {
            if activation::session(conversation, acceptor, stream).await? {
                continue;
            }
            return drain(stream).await;
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

/// One step of the acceptor; returns what was sent. A failed step can have something to say too.
pub async fn step<S: Stream>(acceptor: &mut Acceptor, input: &[u8], stream: &mut S) -> io::Result<Vec<u8>> {
    let mut output = WriteBuf::new();
    let result = acceptor.step(input, None, &mut output);
    send(stream, output.filled()).await?;
    result.map_err(malformed)?;
    Ok(output.filled().to_vec())
}

/// Reads a Connect Initial.
pub fn connect_initial(pdu: &[u8]) -> io::Result<ConnectInitial> {
    let data = decode::<X224<X224Data<'_>>>(pdu).map_err(malformed)?.0.data;
    decode::<ConnectInitial>(&data).map_err(malformed)
}

async fn basic_settings<S: Stream>(
    conversation: &mut Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut S,
) -> io::Result<()> {
    let mut initial = connect_initial(&read_pdu(stream).await?)?;
    let channels = initial.channel_names().map_or(0, |names| names.len());
    if let Some(Behaviour::ToAbleClients(ability, able, others)) = conversation.behaviour() {
        conversation.behaviour = Some(if is_able(&initial, *ability) { able } else { others });
    }
    conversation.message_channel = IO_CHANNEL + 1 + u16::try_from(channels).map_err(malformed)?;
    conversation.reached(Stage::ConnectInitial, stream).await?;
    if matches!(conversation.behaviour(), Some(Behaviour::At(Stage::ChannelJoin, _))) {
        initial = with_skipped_joins(initial, false)?;
    }
    let mut pdu = WriteBuf::new();
    encode_x224_packet(&initial, &mut pdu).map_err(malformed)?;
    step(acceptor, pdu.filled(), stream).await?;
    step(acceptor, &[], stream).await?;
    Ok(())
}

/// What a client may announce in its Connect Initial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ability {
    /// That it can be redirected.
    Redirection,
    /// That it wants the session that a redirection named.
    Session,
    /// The graphics pipeline, and the channel that carries it.
    Graphics,
}

fn is_able(initial: &ConnectInitial, ability: Ability) -> bool {
    let blocks = initial.conference_create_request.gcc_blocks();
    match ability {
        Ability::Redirection => can_be_redirected(blocks),
        Ability::Session => can_be_redirected(blocks) && wants_session(blocks),
        Ability::Graphics => {
            let flags = blocks
                .core
                .optional_data
                .early_capability_flags
                .unwrap_or(ClientEarlyCapabilityFlags::empty());
            let last = blocks.network.as_ref().and_then(|network| network.channels.last());
            flags.contains(ClientEarlyCapabilityFlags::SUPPORT_DYN_VC_GFX_PROTOCOL)
                && last.is_some_and(|channel| channel.name.as_str() == Some("drdynvc"))
        }
    }
}

/// CS_CLUSTER with REDIRECTION_SUPPORTED and version 3, 4 or 5 (MS-RDPBCGR 2.2.1.3.5).
fn can_be_redirected(blocks: &ClientGccBlocks) -> bool {
    blocks.cluster.as_ref().is_some_and(|cluster| {
        cluster.flags.contains(RedirectionFlags::REDIRECTION_SUPPORTED)
            && matches!(
                cluster.redirection_version,
                RedirectionVersion::V3 | RedirectionVersion::V4 | RedirectionVersion::V5
            )
    })
}

/// REDIRECTED_SESSIONID_FIELD_VALID, which every client that was sent to one sets.
fn wants_session(blocks: &ClientGccBlocks) -> bool {
    let valid = RedirectionFlags::REDIRECTED_SESSION_FIELD_VALID;
    blocks.cluster.as_ref().is_some_and(|cluster| cluster.flags.contains(valid))
}

/// With or without the flag that lets a client skip the channel joins: the fault needs one to refuse.
pub fn with_skipped_joins(mut initial: ConnectInitial, skipped: bool) -> io::Result<ConnectInitial> {
    let mut blocks = initial.conference_create_request.into_gcc_blocks();
    let flags = &mut blocks.core.optional_data.early_capability_flags;
    flags
        .get_or_insert(ClientEarlyCapabilityFlags::empty())
        .set(ClientEarlyCapabilityFlags::SUPPORT_SKIP_CHANNELJOIN, skipped);
    initial.conference_create_request = ConferenceCreateRequest::new(blocks).map_err(malformed)?;
    Ok(initial)
}

async fn channel_connection<S: Stream>(
    conversation: &Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut S,
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

async fn client_info<S: Stream>(
    conversation: &Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut S,
) -> io::Result<()> {
    let pdu = read_io_channel(stream).await?;
    conversation.reached(Stage::ClientInfo, stream).await?;
    step(acceptor, &pdu, stream).await.map(drop)
}

async fn license<S: Stream>(
    conversation: &Conversation<'_>,
    acceptor: &mut Acceptor,
    stream: &mut S,
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
pub async fn exchange_license<S: Stream>(stream: &mut S) -> io::Result<()> {
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

/// The next PDU that is not a Send Data Request on another channel.
pub async fn read_io_channel<S: Stream>(stream: &mut S) -> io::Result<Vec<u8>> {
    for _ in 0..OTHER_PDUS {
        let pdu = read_pdu(stream).await?;
        if channel(&pdu).is_none_or(|channel| channel == IO_CHANNEL) {
            return Ok(pdu);
        }
    }
    Err(malformed("too many PDUs of other channels"))
}

/// The choice of the DomainMCSPDU (T.125, 7).
pub fn domain_pdu(pdu: &[u8]) -> Option<u8> {
    (pdu.first() == Some(&3)).then(|| pdu.get(7))?.map(|choice| choice >> 2)
}

/// The channel of a Send Data Request.
pub fn channel(pdu: &[u8]) -> Option<u16> {
    match (domain_pdu(pdu)?, pdu.get(10..12)?) {
        (25, &[high, low]) => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

/// The user data of a Send Data Request: its length takes one byte below 128 and two above.
pub fn user_data(pdu: &[u8]) -> Option<&[u8]> {
    channel(pdu)?;
    let length = *pdu.get(13)?;
    pdu.get(if length & 0x80 == 0 { 14 } else { 15 }..)
}
