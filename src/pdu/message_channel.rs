//! The message channel after licensing: multitransport requests and auto-detection (MS-RDPBCGR 2.2.14, 2.2.15).

use super::{
    Reader,
    security::{SEC_AUTODETECT_REQ, SEC_TRANSPORT_REQ},
};

const SEC_TRANSPORT_RSP: u16 = 0x0004;
const SEC_AUTODETECT_RSP: u16 = 0x2000;
const E_ABORT: u32 = 0x8000_4004;
const RTT_CONTINUOUS: u16 = 0x0001;
const RTT_CONNECT_TIME: u16 = 0x1001;
const TYPE_ID_AUTODETECT_RESPONSE: u8 = 1;

/// A PDU of the message channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Initiate Multitransport Request.
    Multitransport {
        /// requestId.
        request_id: u32,
        /// requestedProtocol, 1 for a reliable and 2 for a lossy transport; none when it is cut off.
        requested_protocol: Option<u16>,
    },
    /// RTT Measure Request.
    RoundTrip {
        /// sequenceNumber.
        sequence: u16,
    },
    /// An auto-detect request that wants no answer, or none that could be given.
    AutoDetect,
    /// A heartbeat, or anything else.
    Other,
}

/// Tells what the user data is.
pub fn message(user_data: &[u8]) -> Message {
    let mut reader = Reader::new(user_data);
    let (Ok(flags), Ok(_)) = (reader.u16(), reader.u16()) else { return Message::Other };
    if flags & SEC_TRANSPORT_REQ != 0 {
        let Ok(request_id) = reader.u32() else { return Message::Other };
        return Message::Multitransport { request_id, requested_protocol: reader.u16().ok() };
    }
    if flags & SEC_AUTODETECT_REQ != 0 {
        return auto_detect(&mut reader);
    }
    Message::Other
}

/// headerLength, headerTypeId, sequenceNumber, requestType.
fn auto_detect(reader: &mut Reader<'_>) -> Message {
    let (Ok(_), Ok(sequence), Ok(kind)) = (reader.u16(), reader.u16(), reader.u16()) else {
        return Message::AutoDetect;
    };
    match kind {
        RTT_CONTINUOUS | RTT_CONNECT_TIME => Message::RoundTrip { sequence },
        _ => Message::AutoDetect,
    }
}

/// Initiate Multitransport Response: the client could not open the transport.
pub fn decline(request_id: u32) -> Vec<u8> {
    let header = u32::from(SEC_TRANSPORT_RSP).to_le_bytes();
    [header, request_id.to_le_bytes(), E_ABORT.to_le_bytes()].concat()
}

/// RTT Measure Response.
pub fn round_trip(sequence: u16) -> Vec<u8> {
    let [low, high] = sequence.to_le_bytes();
    let header = u32::from(SEC_AUTODETECT_RSP).to_le_bytes();
    [&header[..], &[6, TYPE_ID_AUTODETECT_RESPONSE, low, high, 0, 0]].concat()
}
