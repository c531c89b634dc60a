//! Where a message ends: TPKT (RFC 1006), fast-path (MS-RDPBCGR 2.2.9.1.2), TSRequest (MS-CSSP 2.2.1), early authorization,
//! HTTP (RFC 9112), SOCKS (RFC 1928), Kerberos (RFC 4120), the packets of an RD Gateway (MS-TSGU 2.2.10).
//!
//! An impossible length is an error as soon as it arrives: this bounds what a message claims, and `pdu::inner_length`
//! compares what is inside a TPKT or a TSRequest with it before it is complete, so nobody waits for the rest.

use crate::{
    pdu::{
        Malformed,
        der::SEQUENCE,
        http::{self, BodyLength},
        inner_length, kerberos, peer, rdsaad, socks, socks4, tsgu,
    },
    plain::plural,
};

/// The largest message that a peer may claim, in bytes.
pub(crate) const MAX_FRAME: usize = 64 * 1024;

/// The most that a TLS record may hold (RFC 5246 section 6.2.3).
const MAX_RECORD: usize = (1 << 14) + 2048;

/// How the next message says its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// TPKT header with a 16-bit length, version 3.
    Tpkt,
    /// TPKT, or a TSRequest with an error: a server without early authorization refuses so where MCS begins.
    TpktAfterCredssp,
    /// TPKT, or a fast-path update, which a server may send once it knows the client's capabilities.
    TpktOrFastPath,
    /// DER SEQUENCE.
    TsRequest,
    /// TLS record (RFC 8446 section 5.1).
    TlsRecord,
    /// Four bytes (MS-RDPBCGR 2.2.10.2), or in their place a TSRequest with an error, or a TPKT frame.
    EarlyAuthorization,
    /// The head of an HTTP response, with its empty line.
    HttpHead,
    /// The body of an HTTP response; one that ends with the connection is no message.
    HttpBody(BodyLength),
    /// A packet of an RD Gateway (MS-TSGU 2.2.10.1); DATA may be a little longer than 64 KiB.
    Tsgu,
    /// What a SOCKS proxy chooses, in two bytes that begin with this version (RFC 1928, RFC 1929).
    SocksChoice(u8),
    /// What a SOCKS proxy answers to CONNECT (RFC 1928 section 6).
    SocksReply,
    /// The same of SOCKS4.
    Socks4Reply,
    /// The answer of a KDC, behind its length (RFC 4120 section 7.2.2).
    Kdc,
    /// A JSON object, perhaps with a zero behind it (MS-RDPBCGR 2.2.18).
    Rdsaad,
    /// As many bytes, whatever they are.
    Exactly(usize),
}

/// The low two bits of a fast-path header.
const FASTPATH_OUTPUT_ACTION_FASTPATH: u8 = 0;

impl Framing {
    /// The whole length of the message that `bytes` begins with; none when more bytes are needed to tell.
    ///
    /// # Errors
    /// The first bytes cannot begin such a message, or claim more than [`MAX_FRAME`].
    pub fn length(self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        let Some(first) = bytes.first() else { return Ok(None) };
        let length = match self {
            Self::Tpkt | Self::TpktAfterCredssp | Self::TpktOrFastPath if *first == 3 => tpkt(bytes)?,
            Self::TpktAfterCredssp if *first == SEQUENCE => ts_request(bytes)?,
            Self::TpktOrFastPath if first & 0b11 == FASTPATH_OUTPUT_ACTION_FASTPATH => fast_path(bytes)?,
            Self::Tpkt | Self::TpktAfterCredssp | Self::TpktOrFastPath => {
                return Err(Malformed(format!("a message begins with {first:#04x}, not with TPKT's 0x03")));
            }
            Self::TsRequest if *first == SEQUENCE => ts_request(bytes)?,
            Self::TsRequest => {
                return Err(Malformed(format!(
                    "a message begins with {first:#04x}, not with TSRequest's 0x30"
                )));
            }
            Self::TlsRecord if peer::begins_record(bytes) => tls_record(bytes)?,
            Self::TlsRecord => {
                return Err(Malformed(format!("a record begins with {first:#04x}, which is no TLS record")));
            }
            Self::EarlyAuthorization if *first == SEQUENCE => ts_request(bytes)?,
            Self::EarlyAuthorization if *first == 3 && bytes.len() >= 4 && bytes[3] != 0 => tpkt(bytes)?,
            Self::EarlyAuthorization => Some(4),
            Self::HttpHead => http::head_length(bytes)?,
            Self::HttpBody(body) => body.length(bytes)?,
            Self::Tsgu => return tsgu::packet_length(bytes),
            Self::SocksChoice(version) => socks::choice_length(bytes, version)?,
            Self::SocksReply => socks::reply_length(bytes)?,
            Self::Socks4Reply => socks4::reply_length(bytes)?,
            Self::Kdc => kerberos::tcp_length(bytes)?,
            Self::Rdsaad => rdsaad::length(bytes)?,
            Self::Exactly(length) => Some(length),
        };
        match length {
            Some(claimed) if claimed > MAX_FRAME => {
                Err(Malformed(format!("a message claims {claimed} bytes, more than {MAX_FRAME}")))
            }
            other => Ok(other),
        }
    }
}

fn tpkt(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let Some(header) = bytes.first_chunk::<4>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if length < 7 {
        let length = plural(length as u64, "byte");
        return Err(Malformed(format!("a TPKT header claims {length}, fewer than its own headers")));
    }
    inner_length::in_tpkt(bytes, length)?;
    Ok(Some(length))
}

fn ts_request(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let length = inner_length::of_element(bytes)?;
    if let Some(length) = length {
        inner_length::in_sequence(bytes, length)?;
    }
    Ok(length)
}

/// A header byte, then the whole length: seven bits, or fifteen behind a set first bit.
fn fast_path(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let length = match bytes {
        [_, high, low, ..] if high & 0x80 != 0 => usize::from(high & 0x7F) << 8 | usize::from(*low),
        [_, short, ..] if short & 0x80 == 0 => usize::from(*short),
        _ => return Ok(None),
    };
    match length {
        0..3 => Err(Malformed(format!("a fast-path header claims {}", plural(length as u64, "byte")))),
        length => Ok(Some(length)),
    }
}

/// A type, a version and a 16-bit length.
fn tls_record(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let Some(header) = bytes.first_chunk::<5>() else { return Ok(None) };
    match usize::from(u16::from_be_bytes([header[3], header[4]])) {
        length if length > MAX_RECORD => {
            Err(Malformed(format!("a TLS record claims {length} bytes, more than {MAX_RECORD}")))
        }
        length => Ok(Some(5 + length)),
    }
}
