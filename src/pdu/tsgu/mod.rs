//! The packets of an RD Gateway's HTTP transport (MS-TSGU 2.2.10): a header with type and length, then the body.

mod request;
mod response;

pub use request::{
    MOST_DATA, TunnelCredential, channel_create, close_channel, data, handshake_request, keepalive, resource,
    tunnel_auth, tunnel_create,
};
pub use response::{
    ChannelResponse, HandshakeResponse, TunnelAuthResponse, TunnelResponse, channel_response,
    handshake_response, status, text, tunnel_auth_response, tunnel_response,
};

use super::{Malformed, Reader};
use crate::plain::plural;

/// PKT_TYPE_HANDSHAKE_REQUEST.
pub const HANDSHAKE_REQUEST: u16 = 0x01;
/// PKT_TYPE_HANDSHAKE_RESPONSE.
pub const HANDSHAKE_RESPONSE: u16 = 0x02;
/// PKT_TYPE_EXTENDED_AUTH_MSG.
pub const EXTENDED_AUTH: u16 = 0x03;
/// PKT_TYPE_TUNNEL_CREATE.
pub const TUNNEL_CREATE: u16 = 0x04;
/// PKT_TYPE_TUNNEL_RESPONSE.
pub const TUNNEL_RESPONSE: u16 = 0x05;
/// PKT_TYPE_TUNNEL_AUTH.
pub const TUNNEL_AUTH: u16 = 0x06;
/// PKT_TYPE_TUNNEL_AUTH_RESPONSE.
pub const TUNNEL_AUTH_RESPONSE: u16 = 0x07;
/// PKT_TYPE_CHANNEL_CREATE.
pub const CHANNEL_CREATE: u16 = 0x08;
/// PKT_TYPE_CHANNEL_RESPONSE.
pub const CHANNEL_RESPONSE: u16 = 0x09;
/// PKT_TYPE_DATA.
pub const DATA: u16 = 0x0A;
/// PKT_TYPE_SERVICE_MESSAGE.
pub const SERVICE_MESSAGE: u16 = 0x0B;
/// PKT_TYPE_REAUTH_MESSAGE.
pub const REAUTH_MESSAGE: u16 = 0x0C;
/// PKT_TYPE_KEEPALIVE.
pub const KEEPALIVE: u16 = 0x0D;
/// PKT_TYPE_CLOSE_CHANNEL.
pub const CLOSE_CHANNEL: u16 = 0x10;
/// PKT_TYPE_CLOSE_CHANNEL_RESPONSE.
pub const CLOSE_CHANNEL_RESPONSE: u16 = 0x11;

/// HTTP_EXTENDED_AUTH_NONE (MS-TSGU 2.2.5.3.2).
pub const EXTENDED_AUTH_NONE: u16 = 0;
/// HTTP_EXTENDED_AUTH_PAA: the cookie of pluggable authentication.
pub const EXTENDED_AUTH_PAA: u16 = 2;

/// HTTP_CAPABILITY_IDLE_TIMEOUT (MS-TSGU 2.2.5.3.2).
pub const CAPABILITY_IDLE_TIMEOUT: u32 = 0x2;
/// HTTP_CAPABILITY_MESSAGING_CONSENT_SIGN.
pub const CAPABILITY_CONSENT_SIGN: u32 = 0x4;
/// HTTP_CAPABILITY_MESSAGING_SERVICE_MSG.
pub const CAPABILITY_SERVICE_MESSAGE: u32 = 0x8;

/// packetType, two reserved bytes and packetLength.
pub const HEADER: usize = 8;

/// The longest packet that is taken: DATA holds 65535 bytes at most.
pub const MAX_PACKET: usize = HEADER + 2 + 0xFFFF;

/// One packet; the body of an unknown type is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// packetType.
    pub kind: u16,
    /// What follows the header.
    pub body: Vec<u8>,
}

impl Packet {
    /// Reads a whole packet.
    ///
    /// # Errors
    /// It is shorter than its header, or not as long as that says.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let kind = reader.u16()?;
        reader.u16()?;
        let length = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        if length != bytes.len() {
            return Err(Malformed(format!(
                "a packet of {} claims {length}",
                plural(bytes.len() as u64, "byte")
            )));
        }
        Ok(Self { kind, body: reader.rest().to_vec() })
    }

    /// The packet as it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = u32::try_from(HEADER + self.body.len()).expect("bodies are written here and short");
        let mut bytes = Vec::with_capacity(HEADER + self.body.len());
        bytes.extend(self.kind.to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(length.to_le_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// The length of the packet that `bytes` begins with; none when more bytes are needed to tell.
///
/// # Errors
/// It claims fewer bytes than its header has, or more than [`MAX_PACKET`].
pub fn packet_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let Some(header) = bytes.first_chunk::<HEADER>() else { return Ok(None) };
    let claimed = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    match usize::try_from(claimed).unwrap_or(usize::MAX) {
        length if length < HEADER => {
            let length = plural(length as u64, "byte");
            Err(Malformed(format!("a gateway packet claims {length}, fewer than its header has")))
        }
        length if length > MAX_PACKET => {
            Err(Malformed(format!("a gateway packet claims {length} bytes, more than {MAX_PACKET}")))
        }
        length => Ok(Some(length)),
    }
}

/// What a packet of this type is called.
pub fn name(kind: u16) -> String {
    let known = match kind {
        HANDSHAKE_REQUEST => "HANDSHAKE_REQUEST",
        HANDSHAKE_RESPONSE => "HANDSHAKE_RESPONSE",
        EXTENDED_AUTH => "EXTENDED_AUTH_MSG",
        TUNNEL_CREATE => "TUNNEL_CREATE",
        TUNNEL_RESPONSE => "TUNNEL_RESPONSE",
        TUNNEL_AUTH => "TUNNEL_AUTH",
        TUNNEL_AUTH_RESPONSE => "TUNNEL_AUTH_RESPONSE",
        CHANNEL_CREATE => "CHANNEL_CREATE",
        CHANNEL_RESPONSE => "CHANNEL_RESPONSE",
        DATA => "DATA",
        SERVICE_MESSAGE => "SERVICE_MESSAGE",
        REAUTH_MESSAGE => "REAUTH_MESSAGE",
        KEEPALIVE => "KEEPALIVE",
        CLOSE_CHANNEL => "CLOSE_CHANNEL",
        CLOSE_CHANNEL_RESPONSE => "CLOSE_CHANNEL_RESPONSE",
        other => return format!("a packet of the unknown type {other:#06x}"),
    };
    known.to_owned()
}
