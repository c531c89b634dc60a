//! The Connect Response with SC_SECURITY (MS-RDPBCGR 2.2.1.4, 2.2.1.4.3), as a server of Standard RDP Security sends it.

use std::io;

use ironrdp_connector::encode_x224_packet;
use ironrdp_core::WriteBuf;
use ironrdp_pdu::gcc::{
    ConferenceCreateResponse, EncryptionLevel, EncryptionMethod, RdpVersion, ServerCoreData,
    ServerCoreOptionalData, ServerGccBlocks, ServerMessageChannelData, ServerNetworkData, ServerSecurityData,
};
use ironrdp_pdu::mcs::{ConnectResponse, DomainParameters};

use super::channels::{IO_CHANNEL, SERVER_CHANNEL};
use super::license;
use super::stream::malformed;

/// A Connect Response for this many static channels with this method, level and random, and a signed key of 512 bits.
pub(super) fn connect_response(
    channels: usize,
    method: u32,
    level: u32,
    server_random: [u8; 32],
    message_channel: Option<u16>,
) -> io::Result<Vec<u8>> {
    let encrypted = method != 0;
    let blocks = ServerGccBlocks {
        core: ServerCoreData {
            version: RdpVersion::V5_PLUS,
            optional_data: ServerCoreOptionalData::default(),
        },
        security: ServerSecurityData {
            encryption_method: EncryptionMethod::from_bits_retain(method),
            encryption_level: encryption_level(level),
            server_random: encrypted.then_some(server_random),
            server_cert: if encrypted { license::certificate() } else { Vec::new() },
        },
        network: ServerNetworkData {
            channel_ids: (IO_CHANNEL + 1..).take(channels).collect(),
            io_channel: IO_CHANNEL,
        },
        message_channel: message_channel
            .map(|mcs_message_channel_id| ServerMessageChannelData { mcs_message_channel_id }),
        multi_transport_channel: None,
    };
    let response = ConnectResponse {
        conference_create_response: ConferenceCreateResponse::new(SERVER_CHANNEL, blocks)
            .map_err(malformed)?,
        called_connect_id: 1,
        domain_parameters: DomainParameters::target(),
    };
    let mut pdu = WriteBuf::new();
    encode_x224_packet(&response, &mut pdu).map_err(malformed)?;
    Ok(pdu.filled().to_vec())
}

fn encryption_level(level: u32) -> EncryptionLevel {
    match level {
        0 => EncryptionLevel::None,
        1 => EncryptionLevel::Low,
        2 => EncryptionLevel::ClientCompatible,
        3 => EncryptionLevel::High,
        _ => EncryptionLevel::Fips,
    }
}
