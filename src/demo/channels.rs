//! MCS channels, and the PDUs of the client on them (T.125, 7).

use std::io;

use super::stream::{Stream, malformed, read_pdu};
use crate::pdu::mcs::SEND_DATA_REQUEST;
pub(super) use crate::pdu::mcs::SERVER_CHANNEL;

/// The acceptor's I/O channel; static channels follow, then the message channel.
pub(super) const IO_CHANNEL: u16 = 1003;
/// How many PDUs of other channels may come where one of the I/O channel belongs.
const OTHER_PDUS: usize = 64;

/// The next PDU that is not a Send Data Request on another channel.
pub(super) async fn read_io_channel(stream: &mut dyn Stream) -> io::Result<Vec<u8>> {
    for _ in 0..OTHER_PDUS {
        let pdu = read_pdu(stream).await?;
        if channel(&pdu).is_none_or(|channel| channel == IO_CHANNEL) {
            return Ok(pdu);
        }
    }
    Err(malformed("too many PDUs of other channels"))
}

/// The choice of the DomainMCSPDU (T.125, 7).
pub(super) fn domain_pdu(pdu: &[u8]) -> Option<u8> {
    (pdu.first() == Some(&3)).then(|| pdu.get(7))?.map(|choice| choice >> 2)
}

/// The channel of a Send Data Request.
pub(super) fn channel(pdu: &[u8]) -> Option<u16> {
    match (domain_pdu(pdu)?, pdu.get(10..12)?) {
        (SEND_DATA_REQUEST, &[high, low]) => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

/// The user data of a Send Data Request: its length takes one byte below 128 and two above.
pub(super) fn user_data(pdu: &[u8]) -> Option<&[u8]> {
    channel(pdu)?;
    let length = *pdu.get(13)?;
    pdu.get(if length & 0x80 == 0 { 14 } else { 15 }..)
}
