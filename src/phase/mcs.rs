//! Basic settings exchange and channel connection (MS-RDPBCGR 1.3.1.1, 2.2.1.3 to 2.2.1.9).

use ironrdp_connector::{ChannelConnectionSequence, ClientConnector, ClientConnectorState, Sequence as _};

use super::{PhaseResult, Step, credssp, ending, negotiate::Negotiated, rdp_client};
use crate::{
    net::{Framing, Wire},
    pdu::{
        connect_initial::connect_initial,
        connect_response::{ConnectResponse, SKIP_CHANNELJOIN_SUPPORTED, SecurityData, connect_response},
        mcs::Mcs,
        server_certificate::ServerCertificate,
        ts_request, x224,
    },
    report::{EncryptionKey, Failure, FailureKind, McsEvidence, Selected},
    settings::Account,
};

/// Exchanges the settings and joins the channels; `account` is one that CredSSP has verified, `clipboard` announces
/// the clipboard's channel.
///
/// # Errors
/// `mcs_result`, `disconnect`, `error_info`, `malformed`; `security_unsupported` for Standard RDP Security, with the
/// encryption method as its code; `nt_status` when the server refuses the credentials only here.
pub async fn run(
    wire: &mut Wire,
    negotiated: Negotiated,
    account: Option<&Account>,
    clipboard: bool,
    evidence: &mut McsEvidence,
) -> PhaseResult<ClientConnector> {
    wire.send(&connect_initial(negotiated.code, negotiated.extended, clipboard)).await?;
    let framing = if negotiated.protocol.is_nla() { Framing::TpktAfterCredssp } else { Framing::Tpkt };
    let frame = wire.receive(framing).await?;
    let response = read_response(&frame)?;
    note(&response, evidence);
    if response.result != 0 {
        return Err(ending::result("the MCS Connect Response", response.result));
    }
    if negotiated.protocol == Selected::Rdp {
        return Err(standard_security(response.security.as_ref()));
    }
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
    Ok(Step::Passed(connector))
}

fn read_response(frame: &[u8]) -> Result<ConnectResponse, Failure> {
    if frame.first() == Some(&0x30) {
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
        evidence.encryption_key = security.certificate.as_ref().map(encryption_key);
    }
    evidence.channel_join_skipped = (response.result == 0).then(|| skips_joins(response));
}

fn skips_joins(response: &ConnectResponse) -> bool {
    response.early_capability_flags.is_some_and(|flags| flags & SKIP_CHANNELJOIN_SUPPORTED != 0)
}

fn encryption_key(certificate: &ServerCertificate) -> EncryptionKey {
    let bits = certificate.key().and_then(|key| u32::try_from(key.bits()).ok());
    match certificate {
        ServerCertificate::Proprietary { signature_valid, .. } => EncryptionKey {
            kind: "proprietary".to_owned(),
            bits,
            signature_valid: *signature_valid,
            certificates: 0,
        },
        ServerCertificate::X509 { chain, .. } => {
            EncryptionKey { kind: "x509".to_owned(), bits, signature_valid: None, certificates: chain.len() }
        }
    }
}

/// What Standard RDP Security announces is read; the trace does not go on with it.
fn standard_security(security: Option<&SecurityData>) -> Failure {
    let Some(security) = security else {
        return Failure::new(
            FailureKind::SecurityUnsupported,
            "the server goes on without TLS and names no encryption",
        );
    };
    let name = match security.method {
        0x00 => Some("ENCRYPTION_METHOD_NONE"),
        0x01 => Some("ENCRYPTION_METHOD_40BIT"),
        0x02 => Some("ENCRYPTION_METHOD_128BIT"),
        0x08 => Some("ENCRYPTION_METHOD_56BIT"),
        0x10 => Some("ENCRYPTION_METHOD_FIPS"),
        _ => None,
    };
    let detail = format!(
        "the server uses Standard RDP Security (method {}, level {}), which rdptrace does not trace further",
        security.method, security.level
    );
    Failure::new(FailureKind::SecurityUnsupported, detail).with_code(security.method, name)
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
    match ending::read(&frame)? {
        Mcs::AttachUserConfirm { result } if result != 0 => {
            Err(ending::result("the Attach User Confirm", result))
        }
        Mcs::ChannelJoinConfirm { result } if result != 0 => {
            Err(ending::result("a Channel Join Confirm", result))
        }
        _ => Ok(frame),
    }
}
