//! X.224 connection request and confirm with the RDP negotiation (MS-RDPBCGR 2.2.1.1, 2.2.1.2).

use ironrdp_core::encode_vec;
use ironrdp_pdu::{
    nego::{ConnectionRequest, Cookie, NegoRequestData, RequestFlags, SecurityProtocol},
    x224::X224,
};

use super::{Malformed, Reader};

/// The cookie that every request carries; never an account.
pub const COOKIE: &str = "rdptrace";

/// The first byte of a TPKT (RFC 1006); a fast-path PDU begins with any other one.
pub const TPKT_VERSION: u8 = 3;

/// The longest routing token without its CR LF: the length indicator of a Connection Request is 254 at most.
pub const LONGEST_TOKEN: usize = 238;

const CR_LF: &[u8] = b"\r\n";
/// TPKT header, length indicator and fixed part.
const BEFORE_TOKEN: usize = 11;
const CONNECTION_CONFIRM: u8 = 0xD0;
/// The code of a Data TPDU, with which whatever follows the negotiation begins.
pub const DATA: u8 = 0xF0;
const TYPE_RDP_NEG_RSP: u8 = 2;
const TYPE_RDP_NEG_FAILURE: u8 = 3;

/// What stands before the offer of a connection request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead<'a> {
    /// The cookie with [`COOKIE`].
    Cookie,
    /// A routing token as a load balancer gave it, with or without the CR LF at its end.
    Token(&'a [u8]),
    /// Nothing.
    Nothing,
}

/// A connection request that offers `protocols` (requestedProtocols), and may demand Restricted Admin mode.
///
/// # Errors
/// The routing token cannot be in one: it is empty, or longer than [`LONGEST_TOKEN`].
pub fn connection_request(
    protocols: u32,
    restricted_admin: bool,
    lead: Lead<'_>,
) -> Result<Vec<u8>, Malformed> {
    let cookie = || NegoRequestData::Cookie(Cookie(COOKIE.to_owned()));
    let request = ConnectionRequest {
        nego_data: (lead == Lead::Cookie).then(cookie),
        flags: if restricted_admin {
            RequestFlags::RESTRICTED_ADMIN_MODE_REQUIRED
        } else {
            RequestFlags::empty()
        },
        protocol: SecurityProtocol::from_bits_retain(protocols),
        correlation_info: None,
    };
    let mut request = encode_vec(&X224(request)).map_err(|error| Malformed(error.to_string()))?;
    if let Lead::Token(token) = lead {
        let line = [routing_token(token)?, CR_LF].concat();
        request.splice(BEFORE_TOKEN..BEFORE_TOKEN, line.iter().copied());
        let [high, low] = u16::try_from(request.len()).unwrap_or_default().to_be_bytes();
        // The length indicator counts what follows it, and the token is short enough for that.
        request[2..5].copy_from_slice(&[high, low, low.wrapping_sub(5)]);
    }
    Ok(request)
}

/// A routing token as it stands in a Connection Request, without the CR LF at its end. It is an octet string: it need be no text.
///
/// # Errors
/// There is nothing in it, or it is longer than [`LONGEST_TOKEN`].
pub fn routing_token(token: &[u8]) -> Result<&[u8], Malformed> {
    let token = token.strip_suffix(CR_LF).unwrap_or(token);
    match token.len() {
        0 => Err(Malformed::new("the routing token is empty")),
        1..=LONGEST_TOKEN => Ok(token),
        length => Err(Malformed(format!(
            "the routing token has {length} bytes, and a Connection Request carries {LONGEST_TOKEN}"
        ))),
    }
}

/// What stands where the connection confirm belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirm<'a> {
    /// RDP_NEG_RSP: the server selected a protocol.
    Response {
        /// Flags of the response.
        flags: u8,
        /// The selected protocol.
        selected: u32,
    },
    /// RDP_NEG_FAILURE: the server refuses the offer.
    Failure {
        /// failureCode.
        code: u32,
    },
    /// A confirm without negotiation data: the server knows Standard RDP Security only.
    Plain,
    /// A data TPDU; some servers send an MCS ultimatum here.
    Data(&'a [u8]),
}

/// Reads a whole TPKT frame as the answer to a connection request.
///
/// # Errors
/// The frame is neither a confirm nor data, or its negotiation data is of no known type.
pub fn confirm(frame: &[u8]) -> Result<Confirm<'_>, Malformed> {
    let mut reader = Reader::new(frame);
    reader.bytes(4)?;
    let header = usize::from(reader.u8()?);
    let code = reader.u8()? & 0xF0;
    match code {
        CONNECTION_CONFIRM => {}
        DATA => {
            reader.u8()?;
            return Ok(Confirm::Data(reader.rest()));
        }
        other => {
            return Err(Malformed(format!("X.224 TPDU {other:#04x} where the connection confirm belongs")));
        }
    }
    // Destination and source reference, class.
    reader.bytes(5)?;
    // The length indicator counts the fixed part of six bytes and the negotiation data.
    if header <= 6 || reader.is_empty() {
        return Ok(Confirm::Plain);
    }
    let kind = reader.u8()?;
    let flags = reader.u8()?;
    reader.u16()?;
    let value = reader.u32()?;
    match kind {
        TYPE_RDP_NEG_RSP => Ok(Confirm::Response { flags, selected: value }),
        TYPE_RDP_NEG_FAILURE => Ok(Confirm::Failure { code: value }),
        other => Err(Malformed(format!("negotiation data of unknown type {other}"))),
    }
}

/// The payload of a data TPDU frame.
///
/// # Errors
/// The frame is another TPDU.
pub fn data(frame: &[u8]) -> Result<&[u8], Malformed> {
    match confirm(frame)? {
        Confirm::Data(payload) => Ok(payload),
        _ => Err(Malformed::new("an X.224 connection confirm where data belongs")),
    }
}

/// Names of the flags of a negotiation response (MS-RDPBCGR 2.2.1.2.1).
pub fn response_flag_names(flags: u8) -> Vec<&'static str> {
    let names = [
        (0x01, "EXTENDED_CLIENT_DATA_SUPPORTED"),
        (0x02, "DYNVC_GFX_PROTOCOL_SUPPORTED"),
        (0x04, "NEGRSP_FLAG_RESERVED"),
        (0x08, "RESTRICTED_ADMIN_MODE_SUPPORTED"),
        (0x10, "REDIRECTED_AUTHENTICATION_MODE_SUPPORTED"),
    ];
    names.into_iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| name).collect()
}
