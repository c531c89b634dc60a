//! A tolerant reader of the MCS Connect Response and the server's GCC blocks (T.125 section 7; MS-RDPBCGR 2.2.1.4).

use super::{
    Malformed, Reader,
    der::{self, OCTET_STRING},
    server_certificate::ServerCertificate,
};

/// What a Connect Response says; blocks that did not come are none.
#[derive(Debug, Default)]
pub struct ConnectResponse {
    /// T.125 Result.
    pub result: u32,
    /// RDP version of the server's core data.
    pub version: Option<u32>,
    /// The protocols that the server says we requested.
    pub requested_protocols: Option<u32>,
    /// Early capability flags.
    pub early_capability_flags: Option<u32>,
    /// The server's security data.
    pub security: Option<SecurityData>,
    /// MCS channel of the I/O channel.
    pub io_channel: Option<u16>,
    /// MCS channels of the static virtual channels.
    pub channels: Vec<u16>,
    /// MCS channel of the message channel.
    pub message_channel: Option<u16>,
}

/// SC_SECURITY (MS-RDPBCGR 2.2.1.4.3).
#[derive(Debug)]
pub struct SecurityData {
    /// encryptionMethod.
    pub method: u32,
    /// encryptionLevel.
    pub level: u32,
    /// serverRandom.
    pub random: Vec<u8>,
    /// serverCertificate; none without one, or when it cannot be read.
    pub certificate: Option<ServerCertificate>,
}

/// The server supports a channel connection without joins (MS-RDPBCGR 2.2.1.4.2).
pub const SKIP_CHANNELJOIN_SUPPORTED: u32 = 0x08;

pub(super) const CONNECT_RESPONSE: [u8; 2] = [0x7F, 0x66];
const H221_SERVER_KEY: &[u8] = b"McDn";
const MAX_CHANNELS: usize = 31;

/// Reads the payload of the data TPDU that answers a Connect Initial.
///
/// # Errors
/// It is no Connect Response, or one that reports success without GCC blocks.
pub fn connect_response(payload: &[u8]) -> Result<ConnectResponse, Malformed> {
    let mut reader = Reader::new(payload);
    if reader.bytes(2)? != CONNECT_RESPONSE {
        return Err(Malformed::new("no MCS Connect Response where one belongs"));
    }
    der::length(&mut reader)?;
    let (_, result) = der::element(&mut reader)?;
    let mut response = ConnectResponse { result: number(result), ..ConnectResponse::default() };
    if response.result != 0 {
        return Ok(response);
    }
    let user_data = user_data(&mut reader)?;
    let start = user_data
        .windows(H221_SERVER_KEY.len())
        .position(|window| window == H221_SERVER_KEY)
        .ok_or_else(|| Malformed::new("a Connect Response without the server's GCC blocks"))?;
    let mut blocks = Reader::new(&user_data[start + H221_SERVER_KEY.len()..]);
    blocks.per_length()?;
    // A block that is cut short or too short tells nothing; the others still do.
    while let Ok((kind, content)) = block(&mut blocks) {
        let _ = take(kind, &mut Reader::new(content), &mut response);
    }
    Ok(response)
}

/// calledConnectId and domainParameters, then userData as an OCTET STRING.
fn user_data<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    loop {
        let (tag, content) = der::element(reader)?;
        if tag == OCTET_STRING {
            return Ok(content);
        }
    }
}

fn block<'a>(blocks: &mut Reader<'a>) -> Result<(u16, &'a [u8]), Malformed> {
    let kind = blocks.u16()?;
    let length = usize::from(blocks.u16()?);
    Ok((kind, blocks.bytes(length.saturating_sub(4).min(blocks.rest().len()))?))
}

fn take(kind: u16, reader: &mut Reader<'_>, response: &mut ConnectResponse) -> Result<(), Malformed> {
    match kind {
        0x0C01 => core(reader, response),
        0x0C02 => response.security = Some(security(reader)?),
        0x0C03 => network(reader, response)?,
        0x0C04 => response.message_channel = Some(reader.u16()?),
        _ => {}
    }
    Ok(())
}

/// Servers send one, two or three of the fields.
fn core(reader: &mut Reader<'_>, response: &mut ConnectResponse) {
    response.version = reader.u32().ok();
    response.requested_protocols = reader.u32().ok();
    response.early_capability_flags = reader.u32().ok();
}

fn security(reader: &mut Reader<'_>) -> Result<SecurityData, Malformed> {
    let (method, level) = (reader.u32()?, reader.u32()?);
    let mut data = SecurityData { method, level, random: Vec::new(), certificate: None };
    let (Ok(random), Ok(certificate)) = (reader.u32(), reader.u32()) else { return Ok(data) };
    data.random = reader.bytes(bounded(random, reader)).unwrap_or_default().to_vec();
    let bytes = reader.bytes(bounded(certificate, reader)).unwrap_or_default();
    data.certificate = ServerCertificate::read(bytes).ok();
    Ok(data)
}

fn bounded(length: u32, reader: &Reader<'_>) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX).min(reader.rest().len())
}

fn network(reader: &mut Reader<'_>, response: &mut ConnectResponse) -> Result<(), Malformed> {
    response.io_channel = Some(reader.u16()?);
    let count = usize::from(reader.u16()?).min(MAX_CHANNELS);
    for _ in 0..count {
        response.channels.push(reader.u16()?);
    }
    Ok(())
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}
