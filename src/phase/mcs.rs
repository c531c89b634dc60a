//! Basic settings exchange and channel connection (MS-RDPBCGR 1.3.1.1, 2.2.1.3 to 2.2.1.9).
//!
//! The Connect Initial and the reader of the Connect Response are ours (`pdu::connect_initial`,
//! `pdu::connect_response`), with and without TLS. IronRDP's sequence takes over at the channel connection.

use std::sync::Arc;

use ironrdp_connector::{ChannelConnectionSequence, ClientConnector, ClientConnectorState, Sequence as _};
use tokio_rustls::rustls::KeyLog;

use super::{
    PhaseResult, Step, credssp, ending,
    negotiate::Negotiated,
    rdp_client,
    secured::{self, Secured},
};
use crate::{
    net::{Framing, Wire},
    pdu::{
        connect_initial::{Announced, channels, connect_initial, encryption_methods},
        connect_response::{ConnectResponse, SKIP_CHANNELJOIN_SUPPORTED, connect_response},
        der::SEQUENCE,
        drdynvc,
        mcs::Mcs,
        ts_request, x224,
    },
    report::{Failure, FailureKind, McsEvidence, Selected},
    settings::Account,
};

/// A client whose channels are joined, and what Standard RDP Security does to its PDUs.
pub(crate) struct Joined {
    /// Stands at Client Info.
    pub connector: ClientConnector,
    /// Does nothing under TLS.
    pub secured: Secured,
    /// The channel of dynamic virtual channels, where it was announced and the server has it.
    pub dynamic_channel: Option<u16>,
}

/// Exchanges the settings and joins the channels; `account` is one that CredSSP has verified, and `log` learns the secret of
/// Standard RDP Security.
///
/// # Errors
/// `mcs_result`, `disconnect`, `error_info`, `malformed`; `security_unsupported` for FIPS and unknown methods of Standard
/// RDP Security, with the method as its code; `nt_status` when the server refuses the credentials only here.
pub(crate) async fn run(
    wire: &mut Wire,
    negotiated: Negotiated,
    account: Option<&Account>,
    announced: Announced,
    log: Option<Arc<dyn KeyLog>>,
    evidence: &mut McsEvidence,
) -> PhaseResult<Joined> {
    evidence.encryption_methods_requested = Some(encryption_methods(negotiated.code).bits());
    wire.send(&connect_initial(negotiated.code, negotiated.extended, announced)).await?;
    let framing = if negotiated.protocol.is_nla() { Framing::TpktAfterCredssp } else { Framing::Tpkt };
    let frame = wire.receive(framing).await?;
    let response = responded(&frame, evidence)?;
    let secured = match negotiated.protocol {
        Selected::Rdp => Secured::new(response.security.as_ref(), log.as_deref())?,
        _ => Secured::default(),
    };
    let mut connector =
        rdp_client::client(account, channel_connection(&response, &frame)?, response.message_channel);
    while matches!(connector.state, ClientConnectorState::ChannelConnection { .. }) {
        let input = match connector.next_pdu_hint() {
            Some(_) => receive(wire).await?,
            None => Vec::new(),
        };
        let output = rdp_client::step(&mut connector, &input)?;
        if !output.is_empty() {
            wire.send(&output).await?;
        }
    }
    if let ClientConnectorState::SecureSettingsExchange { user_channel_id, .. } = &connector.state {
        evidence.user_channel = Some(u32::from(*user_channel_id));
    }
    let position = channels(announced).iter().position(|name| *name == drdynvc::NAME);
    let dynamic_channel = position.and_then(|position| response.channels.get(position).copied());
    Ok(Step::Passed(Joined { connector, secured, dynamic_channel }))
}

/// What the Connect Response says.
///
/// # Errors
/// Its result, a status in its place, or `malformed`.
pub(crate) fn responded(frame: &[u8], evidence: &mut McsEvidence) -> Result<ConnectResponse, Failure> {
    let response = read_response(frame)?;
    note(&response, evidence);
    match response.result {
        0 => Ok(response),
        result => Err(ending::result("the MCS Connect Response", result)),
    }
}

fn read_response(frame: &[u8]) -> Result<ConnectResponse, Failure> {
    if frame.first() == Some(&SEQUENCE) {
        let code = ts_request::ts_request(frame).ok().and_then(|seen| seen.error_code);
        let detail = "a TSRequest where the MCS Connect Response belongs";
        return Err(code.map_or_else(
            || Failure::new(FailureKind::Malformed, detail).with_received(frame),
            credssp::status,
        ));
    }
    let unreadable = |error| ending::malformed("the MCS Connect Response cannot be read", &error, frame);
    let payload = x224::data(frame).map_err(unreadable)?;
    if payload.first() != Some(&0x7F) {
        ending::read(frame)?;
    }
    connect_response(payload).map_err(unreadable)
}

fn note(response: &ConnectResponse, evidence: &mut McsEvidence) {
    evidence.result = Some(response.result);
    evidence.server_version = response.version;
    evidence.client_requested_protocols = response.requested_protocols;
    evidence.early_capability_flags = response.early_capability_flags;
    evidence.io_channel = response.io_channel.map(u32::from);
    evidence.message_channel = response.message_channel.map(u32::from);
    if let Some(security) = &response.security {
        evidence.encryption_method = Some(security.method);
        evidence.encryption_level = Some(security.level);
        evidence.encryption_key = security.certificate.as_ref().map(secured::encryption_key);
        evidence.server_random = (!security.random.is_empty()).then(|| hex::encode(&security.random));
    }
    evidence.channel_join_skipped = (response.result == 0).then(|| skips_joins(response));
}

fn skips_joins(response: &ConnectResponse) -> bool {
    response.early_capability_flags.is_some_and(|flags| flags & SKIP_CHANNELJOIN_SUPPORTED != 0)
}

fn channel_connection(response: &ConnectResponse, frame: &[u8]) -> Result<ClientConnectorState, Failure> {
    let Some(io_channel_id) = response.io_channel else {
        let detail = "the MCS Connect Response names no I/O channel";
        return Err(Failure::new(FailureKind::Malformed, detail).with_received(frame));
    };
    let channel_connection = if skips_joins(response) {
        ChannelConnectionSequence::skip_channel_join()
    } else {
        let mut channels = response.channels.clone();
        channels.extend(response.message_channel);
        ChannelConnectionSequence::new(io_channel_id, channels)
    };
    Ok(ClientConnectorState::ChannelConnection { io_channel_id, channel_connection })
}

/// Receives a confirm and checks its result, which IronRDP does not.
async fn receive(wire: &mut Wire) -> Result<Vec<u8>, Failure> {
    let frame = wire.receive(Framing::Tpkt).await?;
    confirmed(&frame)?;
    Ok(frame)
}

/// What a confirm of the channel connection says.
///
/// # Errors
/// Its result, or the end of the connection in its place.
pub(crate) fn confirmed(frame: &[u8]) -> Result<Mcs<'_>, Failure> {
    match ending::read(frame)? {
        Mcs::AttachUserConfirm { result } if result != 0 => {
            Err(ending::result("the Attach User Confirm", result))
        }
        Mcs::ChannelJoinConfirm { result } if result != 0 => {
            Err(ending::result("a Channel Join Confirm", result))
        }
        pdu => Ok(pdu),
    }
}
