//! Standard RDP Security as far as a client can see it without a key: the Connect Response with SC_SECURITY (MS-RDPBCGR 2.2.1.4.3).

use std::io;

use ironrdp_connector::encode_x224_packet;
use ironrdp_core::WriteBuf;
use ironrdp_pdu::gcc::{
    ConferenceCreateResponse, EncryptionLevel, EncryptionMethod, RdpVersion, ServerCoreData,
    ServerCoreOptionalData, ServerGccBlocks, ServerNetworkData, ServerSecurityData,
};
use ironrdp_pdu::mcs::{ConnectResponse, DomainParameters};

use super::session::{IO_CHANNEL, SERVER_CHANNEL, connect_initial};
use super::stream::{Stream, drain, malformed, read_pdu, send};

/// Confirms, answers the Connect Initial, and waits until the client leaves; returns why it ended.
pub async fn serve<S: Stream>(stream: &mut S, confirm: &[u8]) -> io::Error {
    match exchange(stream, confirm).await {
        Ok(()) => io::Error::other("the fault was shown"),
        Err(error) => error,
    }
}

async fn exchange<S: Stream>(stream: &mut S, confirm: &[u8]) -> io::Result<()> {
    send(stream, confirm).await?;
    let initial = connect_initial(&read_pdu(stream).await?)?;
    let channels = initial.channel_names().map_or(0, |names| names.len());
    send(stream, &connect_response(channels)?).await?;
    drain(stream).await
}

fn connect_response(channels: usize) -> io::Result<Vec<u8>> {
    let mut server_random = [0; 32];
    getrandom::fill(&mut server_random).map_err(io::Error::other)?;
    let blocks = ServerGccBlocks {
        core: ServerCoreData {
            version: RdpVersion::V5_PLUS,
            optional_data: ServerCoreOptionalData::default(),
        },
        security: ServerSecurityData {
            encryption_method: EncryptionMethod::BIT_128,
            encryption_level: EncryptionLevel::ClientCompatible,
            server_random: Some(server_random),
            server_cert: proprietary_certificate()?,
        },
        network: ServerNetworkData {
            channel_ids: (IO_CHANNEL + 1..).take(channels).collect(),
            io_channel: IO_CHANNEL,
        },
        message_channel: None,
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

/// A proprietary certificate (2.2.1.4.3.1.1) with a random modulus of 512 bits and a signature that nobody checks.
fn proprietary_certificate() -> io::Result<Vec<u8>> {
    let mut random = [0; 128];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    // The highest bit makes a modulus of 512 bits.
    random[63] |= 0x80;
    let (modulus, signature) = random.split_at(64);
    let mut certificate = Vec::new();
    for field in [1u32, 1, 1] {
        certificate.extend(field.to_le_bytes());
    }
    certificate.extend([6, 0, 92, 0]);
    certificate.extend(b"RSA1");
    for field in [72u32, 512, 63, 65537] {
        certificate.extend(field.to_le_bytes());
    }
    certificate.extend(modulus);
    certificate.extend([0; 8]);
    certificate.extend([8, 0, 72, 0]);
    certificate.extend(signature);
    certificate.extend([0; 8]);
    Ok(certificate)
}
