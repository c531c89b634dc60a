//! The packets that a client sends (MS-TSGU 2.2.10).

use super::{
    super::{Malformed, Reader},
    CHANNEL_CREATE, CLOSE_CHANNEL, DATA, HANDSHAKE_REQUEST, KEEPALIVE, Packet, TUNNEL_AUTH, TUNNEL_CREATE,
};
use crate::utf16::text_to_nul;

/// HTTP_TUNNEL_PACKET_FIELD_PAA_COOKIE.
const FIELD_PAA_COOKIE: u16 = 0x1;

/// What one DATA packet of ours carries at most, as on Windows; the length would allow 65535.
pub const MOST_DATA: usize = 16 * 1024;

/// RDP over TCP, the only protocol of a channel.
const PROTOCOL_RDP: u16 = 3;

/// What TUNNEL_CREATE proves by itself.
#[derive(Clone, Copy)]
pub enum TunnelCredential<'a> {
    /// Nothing: HTTP has authenticated, or nobody asked.
    Nothing,
    /// The cookie of pluggable authentication.
    Cookie(&'a str),
}

fn packet(kind: u16, body: Vec<u8>) -> Vec<u8> {
    Packet { kind, body }.to_bytes()
}

/// HANDSHAKE_REQUEST: version 1.0 with these ways of extended authentication (2.2.10.10).
pub fn handshake_request(extended_auth: u16) -> Vec<u8> {
    let mut body = vec![1, 0, 0, 0];
    body.extend(extended_auth.to_le_bytes());
    packet(HANDSHAKE_REQUEST, body)
}

/// TUNNEL_CREATE with the client's capabilities (2.2.10.18).
pub fn tunnel_create(capabilities: u32, credential: TunnelCredential<'_>) -> Vec<u8> {
    let mut body = capabilities.to_le_bytes().to_vec();
    match credential {
        TunnelCredential::Nothing => body.extend([0; 4]),
        TunnelCredential::Cookie(cookie) => {
            body.extend(FIELD_PAA_COOKIE.to_le_bytes());
            body.extend([0; 2]);
            body.extend(unicode_string(cookie));
        }
    }
    packet(TUNNEL_CREATE, body)
}

/// TUNNEL_AUTH with the client's name and without a statement of health (2.2.10.16).
pub fn tunnel_auth(client_name: &str) -> Vec<u8> {
    let mut body = vec![0, 0];
    body.extend(unicode_string(client_name));
    packet(TUNNEL_AUTH, body)
}

/// CHANNEL_CREATE for one resource (2.2.10.2).
pub fn channel_create(resource: &str, port: u16) -> Vec<u8> {
    let mut body = vec![1, 0];
    body.extend(port.to_le_bytes());
    body.extend(PROTOCOL_RDP.to_le_bytes());
    body.extend(unicode_string(resource));
    packet(CHANNEL_CREATE, body)
}

/// The resource and the port that a client's CHANNEL_CREATE asks for.
///
/// # Errors
/// It ends before its lengths say.
pub fn resource(body: &[u8]) -> Result<(String, u16), Malformed> {
    let mut reader = Reader::new(body);
    let (_resources, _alternatives) = (reader.u8()?, reader.u8()?);
    let (port, _protocol) = (reader.u16()?, reader.u16()?);
    let length = reader.u16()?;
    Ok((text_to_nul(reader.bytes(length.into())?), port))
}

/// DATA with at most [`MOST_DATA`] bytes; what is more is left out (2.2.10.6).
pub fn data(bytes: &[u8]) -> Vec<u8> {
    let bytes = &bytes[..bytes.len().min(MOST_DATA)];
    let mut body = u16::try_from(bytes.len()).expect("it was cut to fit").to_le_bytes().to_vec();
    body.extend_from_slice(bytes);
    packet(DATA, body)
}

/// KEEPALIVE, and the answer to one (2.2.10.12).
pub fn keepalive() -> Vec<u8> {
    packet(KEEPALIVE, Vec::new())
}

/// CLOSE_CHANNEL (2.2.10.4).
pub fn close_channel(status: u32) -> Vec<u8> {
    packet(CLOSE_CHANNEL, status.to_le_bytes().to_vec())
}

/// HTTP_UNICODE_STRING with its NUL (2.2.10.22); the length counts bytes.
fn unicode_string(text: &str) -> Vec<u8> {
    let most = usize::from(u16::MAX) / 2 - 1;
    let units: Vec<u8> = text.encode_utf16().take(most).chain([0]).flat_map(u16::to_le_bytes).collect();
    let mut bytes = u16::try_from(units.len()).expect("it was cut to fit").to_le_bytes().to_vec();
    bytes.extend(units);
    bytes
}
