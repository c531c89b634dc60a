//! What a client's Connection Request holds (MS-RDPBCGR 2.2.1.1), and the pre-connection PDU before it (MS-RDPEPS).

use std::io;

use ironrdp_core::decode;
use ironrdp_pdu::nego::{ConnectionRequest, SecurityProtocol};
use ironrdp_pdu::pcb::PreconnectionBlob;
use ironrdp_pdu::x224::X224;
use tokio::io::AsyncReadExt as _;

use super::stream::{Stream, malformed};

/// No pre-connection PDU is longer.
const LONGEST_PRECONNECTION: usize = 16 * 1024;
const COOKIE: &[u8] = b"Cookie: mstshash=";
/// TPKT header, length indicator and the fixed part of a Connection Request.
const FIXED_PART: usize = 11;

/// A Connection Request without its routing token, which the acceptor does not know, and whether it had one. A token may be any
/// bytes; what follows it begins behind the last CR LF.
pub(super) fn without_token(mut request: Vec<u8>) -> (Vec<u8>, bool) {
    let variable = request.get(FIXED_PART..).unwrap_or_default();
    let end = variable.windows(2).rposition(|bytes| bytes == b"\r\n");
    let Some(length) = end.filter(|_| !variable.starts_with(COOKIE)).map(|end| end + 2) else {
        return (request, false);
    };
    request.drain(FIXED_PART..FIXED_PART + length);
    let [high, low] = u16::try_from(request.len()).unwrap_or_default().to_be_bytes();
    request[2..5].copy_from_slice(&[high, low, low.wrapping_sub(5)]);
    (request, true)
}

/// Whether the Connection Request offers anything beside Standard RDP Security.
pub(super) fn asks_for_protocols(request: &[u8]) -> bool {
    offer(request).is_some_and(|offer| !offer.is_empty())
}

/// Whether it offers NLA.
pub(super) fn asks_for_nla(request: &[u8]) -> bool {
    offer(request).is_some_and(|offer| offer.contains(SecurityProtocol::HYBRID))
}

/// What the Connection Request offers.
pub(super) fn offer(request: &[u8]) -> Option<SecurityProtocol> {
    decode::<X224<ConnectionRequest>>(request).ok().map(|request| request.0.protocol)
}

/// A Connection Confirm that selects this (MS-RDPBCGR 2.2.1.2).
pub(super) fn confirm(protocol: SecurityProtocol) -> Vec<u8> {
    let head = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 1, 8, 0];
    [&head[..], &protocol.bits().to_le_bytes()].concat()
}

/// Whether it carries the mstshash cookie.
pub(super) fn has_cookie(request: &[u8]) -> bool {
    request.windows(8).any(|bytes| bytes == b"mstshash")
}

/// Reads a pre-connection PDU; its text names no machine but this.
pub(super) async fn preconnection(stream: &mut dyn Stream) -> io::Result<()> {
    let mut bytes = vec![0; 4];
    stream.read_exact(&mut bytes).await?;
    let size = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
    if !(PreconnectionBlob::FIXED_PART_SIZE..LONGEST_PRECONNECTION).contains(&size) {
        return Err(malformed("no pre-connection PDU"));
    }
    bytes.resize(size, 0);
    stream.read_exact(&mut bytes[4..]).await?;
    decode::<PreconnectionBlob>(&bytes).map_err(malformed)?;
    Ok(())
}
