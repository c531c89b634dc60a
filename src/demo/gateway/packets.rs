//! The packets of the tunnel as a gateway reads and writes them (MS-TSGU 2.2.10), on their own so that they can prove the client's wrong.

use crate::pdu::{Malformed, Reader};
use crate::utf16::{self, text_to_nul};

/// HANDSHAKE_REQUEST.
pub(super) const HANDSHAKE_REQUEST: u16 = 0x01;
const HANDSHAKE_RESPONSE: u16 = 0x02;
/// TUNNEL_CREATE.
pub(super) const TUNNEL_CREATE: u16 = 0x04;
const TUNNEL_RESPONSE: u16 = 0x05;
/// TUNNEL_AUTH.
pub(super) const TUNNEL_AUTH: u16 = 0x06;
const TUNNEL_AUTH_RESPONSE: u16 = 0x07;
/// CHANNEL_CREATE.
pub(super) const CHANNEL_CREATE: u16 = 0x08;
const CHANNEL_RESPONSE: u16 = 0x09;
/// DATA.
pub(super) const DATA: u16 = 0x0A;
const SERVICE_MESSAGE: u16 = 0x0B;
/// KEEPALIVE.
pub(super) const KEEPALIVE: u16 = 0x0D;
/// CLOSE_CHANNEL.
pub(super) const CLOSE_CHANNEL: u16 = 0x10;
const CLOSE_CHANNEL_RESPONSE: u16 = 0x11;

/// Type, reserved and length.
const HEADER: usize = 8;
/// No packet of a client is longer: the token of a TUNNEL_CREATE and the content of DATA have 16-bit lengths.
const LONGEST: usize = 2 * 65536;

/// HTTP_EXTENDED_AUTH_PAA.
pub(super) const PAA: u16 = 2;
/// HTTP_CAPABILITY_MESSAGING_CONSENT_SIGN.
pub(super) const CONSENT_SIGN: u32 = 4;
/// What a Windows gateway can do: health, idle time, consent, messages, later checks, UDP.
const CAPABILITIES: u32 = 0x3F;

/// One packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    /// The packetType.
    pub kind: u16,
    /// What follows the header.
    pub body: Vec<u8>,
}

impl Packet {
    /// Takes the first packet out of these bytes; `None` while it is not whole.
    pub(super) fn take(bytes: &mut Vec<u8>) -> Result<Option<Self>, Malformed> {
        let Some(header) = bytes.first_chunk::<HEADER>() else { return Ok(None) };
        let [kind_low, kind_high, _, _, length @ ..] = *header;
        let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
        if !(HEADER..=LONGEST).contains(&length) {
            return Err(Malformed::new(format!("a packet of {length} bytes")));
        }
        if bytes.len() < length {
            return Ok(None);
        }
        let body = bytes[HEADER..length].to_vec();
        bytes.drain(..length);
        Ok(Some(Self { kind: u16::from_le_bytes([kind_low, kind_high]), body }))
    }
}

/// Whether these bytes are one packet, no less and no more.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let mut bytes = bytes.to_vec();
    matches!(Packet::take(&mut bytes), Ok(Some(_))) && bytes.is_empty()
}

/// What a TUNNEL_CREATE says.
pub(super) struct TunnelCreate {
    /// capsFlags.
    pub capabilities: u32,
    /// The PAA cookie.
    pub token: Option<String>,
}

/// What a CHANNEL_CREATE asks for.
pub(super) struct ChannelCreate {
    /// The names of the server, the preferred ones first.
    pub resources: Vec<String>,
    /// Its port.
    pub port: u16,
}

/// The extendedAuth of a HANDSHAKE_REQUEST.
pub(super) fn handshake_request(body: &[u8]) -> Result<u16, Malformed> {
    let mut fields = Reader::new(body);
    fields.bytes(4)?;
    fields.u16()
}

/// Reads a TUNNEL_CREATE.
pub(super) fn tunnel_create(body: &[u8]) -> Result<TunnelCreate, Malformed> {
    let mut fields = Reader::new(body);
    let (capabilities, present, _) = (fields.u32()?, fields.u16()?, fields.u16()?);
    if present & 2 != 0 {
        fields.bytes(8)?;
    }
    let token = if present & 1 != 0 { Some(text(&mut fields)?) } else { None };
    Ok(TunnelCreate { capabilities, token })
}

/// The client's name in a TUNNEL_AUTH.
pub(super) fn tunnel_auth(body: &[u8]) -> Result<String, Malformed> {
    let mut fields = Reader::new(body);
    fields.u16()?;
    text(&mut fields)
}

/// Reads a CHANNEL_CREATE.
pub(super) fn channel_create(body: &[u8]) -> Result<ChannelCreate, Malformed> {
    let mut fields = Reader::new(body);
    let [resources, alternatives] = fields.array()?;
    let (port, _protocol) = (fields.u16()?, fields.u16()?);
    let count = u16::from(resources) + u16::from(alternatives);
    let resources = (0..count).map(|_| text(&mut fields)).collect::<Result<_, _>>()?;
    Ok(ChannelCreate { resources, port })
}

/// The content of a DATA packet.
pub(super) fn data_content(body: &[u8]) -> Result<&[u8], Malformed> {
    let mut fields = Reader::new(body);
    let length = fields.u16()?;
    fields.bytes(length.into())
}

/// A counted string; some clients send the NUL, others do not.
fn text(fields: &mut Reader<'_>) -> Result<String, Malformed> {
    let length = fields.u16()?;
    let text = text_to_nul(fields.bytes(length.into())?);
    Ok(text.trim_end_matches('\0').to_owned())
}

/// HANDSHAKE_RESPONSE, version 1.0.
pub(super) fn handshake_response(code: u32, extended_auth: u16) -> Vec<u8> {
    packet(HANDSHAKE_RESPONSE, &[&code.to_le_bytes(), &[1, 0, 0, 0], &extended_auth.to_le_bytes()])
}

/// TUNNEL_RESPONSE with a tunnel and capabilities, and the text to consent to; with an error only that.
pub(super) fn tunnel_response(code: u32, consent: Option<&str>) -> Vec<u8> {
    let consent = consent.map(counted).unwrap_or_default();
    let present: u16 = match (code, consent.is_empty()) {
        (0, true) => 0x3,
        (0, false) => 0x13,
        _ => 0,
    };
    let head = [&[0, 0][..], &code.to_le_bytes(), &present.to_le_bytes(), &[0, 0]].concat();
    match code {
        0 => packet(TUNNEL_RESPONSE, &[&head, &7_u32.to_le_bytes(), &CAPABILITIES.to_le_bytes(), &consent]),
        _ => packet(TUNNEL_RESPONSE, &[&head]),
    }
}

/// TUNNEL_AUTH_RESPONSE: the clipboard is disabled, and the connection ends after half an hour of idleness.
pub(super) fn tunnel_auth_response(code: u32) -> Vec<u8> {
    let (present, fields): (u16, &[u8]) = match code {
        0 => (3, &[8, 0, 0, 0, 30, 0, 0, 0]),
        _ => (0, &[]),
    };
    packet(TUNNEL_AUTH_RESPONSE, &[&code.to_le_bytes(), &present.to_le_bytes(), &[0, 0], fields])
}

/// CHANNEL_RESPONSE with a channel and a side channel over UDP: flags, channel, port, and a cookie of as many bytes as that
/// of Windows, which is signed there (2.2.10.3).
pub(super) fn channel_response_with_udp() -> Vec<u8> {
    const COOKIE: [u8; 1849] = [0x30; 1849];
    let head: [u8; 12] = [0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0];
    packet(CHANNEL_RESPONSE, &[&head, &3391_u16.to_le_bytes(), &length(&COOKIE), &COOKIE])
}

/// CHANNEL_RESPONSE with a channel; with an error only that.
pub(super) fn channel_response(code: u32) -> Vec<u8> {
    let (present, fields): (u16, &[u8]) = match code {
        0 => (1, &[1, 0, 0, 0]),
        _ => (0, &[]),
    };
    packet(CHANNEL_RESPONSE, &[&code.to_le_bytes(), &present.to_le_bytes(), &[0, 0], fields])
}

/// DATA with at most 65535 bytes.
pub(super) fn data(content: &[u8]) -> Vec<u8> {
    packet(DATA, &[&length(content), content])
}

/// SERVICE_MESSAGE.
pub(super) fn service_message(text: &str) -> Vec<u8> {
    packet(SERVICE_MESSAGE, &[&counted(text)])
}

/// KEEPALIVE.
pub(super) fn keepalive() -> Vec<u8> {
    packet(KEEPALIVE, &[])
}

/// CLOSE_CHANNEL.
pub(super) fn close_channel(code: u32) -> Vec<u8> {
    packet(CLOSE_CHANNEL, &[&code.to_le_bytes()])
}

/// CLOSE_CHANNEL_RESPONSE.
pub(super) fn close_channel_response() -> Vec<u8> {
    packet(CLOSE_CHANNEL_RESPONSE, &[&[0; 4]])
}

fn counted(text: &str) -> Vec<u8> {
    let bytes = utf16::bytes(text);
    [&length(&bytes)[..], &bytes].concat()
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).expect("the gateway sends small packets").to_le_bytes()
}

fn packet(kind: u16, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u32::try_from(HEADER + body.len()).expect("the gateway sends small packets");
    [&kind.to_le_bytes()[..], &[0, 0], &length.to_le_bytes(), &body].concat()
}
