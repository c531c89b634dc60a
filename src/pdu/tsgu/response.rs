//! The bodies of what a gateway answers (MS-TSGU 2.2.10); optional fields that do not fit are left out, never an error.

use super::super::{Malformed, Reader};
use crate::utf16::text_to_nul;

/// HANDSHAKE_RESPONSE (2.2.10.11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandshakeResponse {
    /// errorCode.
    pub error: u32,
    /// Major and minor version.
    pub version: (u8, u8),
    /// serverVersion.
    pub server_version: u16,
    /// The ways of extended authentication that the gateway takes.
    pub extended_auth: u16,
}

/// TUNNEL_RESPONSE (2.2.10.20).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TunnelResponse {
    /// serverVersion.
    pub server_version: u16,
    /// statusCode.
    pub status: u32,
    /// tunnelId.
    pub tunnel_id: Option<u32>,
    /// capsFlags.
    pub capabilities: Option<u32>,
    /// Whether the gateway asks for a statement of health.
    pub health_asked: bool,
    /// The text that users have to consent to.
    pub consent: Option<String>,
}

/// TUNNEL_AUTH_RESPONSE (2.2.10.17).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TunnelAuthResponse {
    /// errorCode.
    pub error: u32,
    /// redirFlags: what may not be redirected.
    pub redirection_flags: Option<u32>,
    /// Minutes after which an idle session ends.
    pub idle_timeout: Option<u32>,
}

/// CHANNEL_RESPONSE (2.2.10.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelResponse {
    /// errorCode.
    pub error: u32,
    /// channelId.
    pub channel_id: Option<u32>,
    /// The port of the side channel over UDP.
    pub udp_port: Option<u16>,
    /// Whether a cookie for it was given.
    pub udp_cookie: bool,
    /// Bytes of this cookie, which a Windows gateway signs: about 1.8 kB.
    pub udp_cookie_length: Option<u16>,
}

/// Reads a HANDSHAKE_RESPONSE.
///
/// # Errors
/// It ends before its code; what an error leaves out after it is taken as zero.
pub fn handshake_response(body: &[u8]) -> Result<HandshakeResponse, Malformed> {
    let mut reader = Reader::new(body);
    let mut response = HandshakeResponse { error: reader.u32()?, ..HandshakeResponse::default() };
    if !reader.is_empty() || response.error == 0 {
        response.version = (reader.u8()?, reader.u8()?);
        response.server_version = reader.u16()?;
        response.extended_auth = reader.u16()?;
    }
    Ok(response)
}

/// Reads a TUNNEL_RESPONSE.
///
/// # Errors
/// It ends before its status.
pub fn tunnel_response(body: &[u8]) -> Result<TunnelResponse, Malformed> {
    let mut reader = Reader::new(body);
    let server_version = reader.u16()?;
    let mut response = TunnelResponse { server_version, status: reader.u32()?, ..TunnelResponse::default() };
    let _ = tunnel_fields(&mut reader, &mut response);
    Ok(response)
}

fn tunnel_fields(reader: &mut Reader<'_>, response: &mut TunnelResponse) -> Result<(), Malformed> {
    let fields = fields(reader)?;
    if fields & 0x1 != 0 {
        response.tunnel_id = Some(reader.u32()?);
    }
    if fields & 0x2 != 0 {
        response.capabilities = Some(reader.u32()?);
    }
    if fields & 0x4 != 0 {
        response.health_asked = true;
        reader.bytes(16)?;
        blob(reader)?;
    }
    if fields & 0x10 != 0 {
        response.consent = Some(text_to_nul(blob(reader)?));
    }
    Ok(())
}

/// Reads a TUNNEL_AUTH_RESPONSE.
///
/// # Errors
/// It ends before its code.
pub fn tunnel_auth_response(body: &[u8]) -> Result<TunnelAuthResponse, Malformed> {
    let mut reader = Reader::new(body);
    let mut response = TunnelAuthResponse { error: reader.u32()?, ..TunnelAuthResponse::default() };
    let _ = authorization_fields(&mut reader, &mut response);
    Ok(response)
}

fn authorization_fields(reader: &mut Reader<'_>, response: &mut TunnelAuthResponse) -> Result<(), Malformed> {
    let fields = fields(reader)?;
    if fields & 0x1 != 0 {
        response.redirection_flags = Some(reader.u32()?);
    }
    if fields & 0x2 != 0 {
        response.idle_timeout = Some(reader.u32()?);
    }
    Ok(())
}

/// Reads a CHANNEL_RESPONSE.
///
/// # Errors
/// It ends before its code.
pub fn channel_response(body: &[u8]) -> Result<ChannelResponse, Malformed> {
    let mut reader = Reader::new(body);
    let mut response = ChannelResponse { error: reader.u32()?, ..ChannelResponse::default() };
    let _ = channel_fields(&mut reader, &mut response);
    Ok(response)
}

/// On the wire the port stands before the cookie, though its flag is the higher one.
fn channel_fields(reader: &mut Reader<'_>, response: &mut ChannelResponse) -> Result<(), Malformed> {
    let fields = fields(reader)?;
    if fields & 0x1 != 0 {
        response.channel_id = Some(reader.u32()?);
    }
    if fields & 0x4 != 0 {
        response.udp_port = Some(reader.u16()?);
    }
    response.udp_cookie = fields & 0x2 != 0;
    if response.udp_cookie {
        response.udp_cookie_length = u16::try_from(blob(reader)?.len()).ok();
    }
    Ok(())
}

/// The code that a CLOSE_CHANNEL, its response or an EXTENDED_AUTH_MSG begins with.
///
/// # Errors
/// It ends before it.
pub fn status(body: &[u8]) -> Result<u32, Malformed> {
    Reader::new(body).u32()
}

/// The text of a SERVICE_MESSAGE.
///
/// # Errors
/// It ends before its length says.
pub fn text(body: &[u8]) -> Result<String, Malformed> {
    Ok(text_to_nul(blob(&mut Reader::new(body))?))
}

/// fieldsPresent and two reserved bytes.
fn fields(reader: &mut Reader<'_>) -> Result<u16, Malformed> {
    let fields = reader.u16()?;
    reader.u16()?;
    Ok(fields)
}

/// A length in bytes, and as many bytes.
fn blob<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let length = usize::from(reader.u16()?);
    reader.bytes(length)
}
