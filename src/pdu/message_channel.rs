//! The message channel after licensing: multitransport requests and auto-detection (MS-RDPBCGR 2.2.14, 2.2.15).

use super::{
    Reader,
    security::{SEC_AUTODETECT_REQ, SEC_AUTODETECT_RSP, SEC_TRANSPORT_REQ, SEC_TRANSPORT_RSP},
};

const E_ABORT: u32 = 0x8000_4004;
const RTT_CONTINUOUS: u16 = 0x0001;
const RTT_CONNECT_TIME: u16 = 0x1001;
const BW_START_CONNECT_TIME: u16 = 0x1014;
const BW_START_RELIABLE: u16 = 0x0014;
const BW_START_LOSSY: u16 = 0x0114;
const BW_PAYLOAD: u16 = 0x0002;
const BW_STOP_CONNECT_TIME: u16 = 0x002B;
const BW_STOP_RELIABLE: u16 = 0x0429;
const BW_STOP_LOSSY: u16 = 0x0629;
const BW_RESULTS_CONNECT_TIME: u16 = 0x0003;
const BW_RESULTS_CONTINUOUS: u16 = 0x000B;
/// headerLength to payloadLength, which count as well (MS-RDPBCGR 3.2.5.14).
const PAYLOAD_HEADER: u32 = 8;
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
    /// Bandwidth Measure Start.
    BandwidthStart {
        /// When it measures.
        when: Measuring,
    },
    /// Bandwidth Measure Payload.
    BandwidthPayload {
        /// What it counts, in bytes.
        bytes: u32,
    },
    /// Bandwidth Measure Stop, which wants the results.
    BandwidthStop {
        /// sequenceNumber.
        sequence: u16,
        /// When it measures.
        when: Measuring,
        /// What its payload counts, in bytes.
        bytes: u32,
    },
    /// An auto-detect request that wants no answer, or that nobody knows.
    AutoDetect,
    /// A heartbeat, or anything else.
    Other,
}

/// When a bandwidth is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measuring {
    /// Before licensing, by payloads that are sent for it.
    ConnectTime,
    /// Later, by all that the server sends.
    Continuous,
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
        BW_START_CONNECT_TIME => Message::BandwidthStart { when: Measuring::ConnectTime },
        BW_START_RELIABLE | BW_START_LOSSY => Message::BandwidthStart { when: Measuring::Continuous },
        BW_PAYLOAD => Message::BandwidthPayload { bytes: payload(reader) },
        BW_STOP_CONNECT_TIME => {
            Message::BandwidthStop { sequence, when: Measuring::ConnectTime, bytes: payload(reader) }
        }
        BW_STOP_RELIABLE | BW_STOP_LOSSY => {
            Message::BandwidthStop { sequence, when: Measuring::Continuous, bytes: 0 }
        }
        _ => Message::AutoDetect,
    }
}

/// payloadLength, as far as the payload is there; nothing where even that is missing.
fn payload(reader: &mut Reader<'_>) -> u32 {
    let Ok(length) = reader.u16() else { return 0 };
    let length = usize::from(length).min(reader.rest().len());
    u32::try_from(length).expect("it came from sixteen bits") + PAYLOAD_HEADER
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

/// Bandwidth Measure Results: so many bytes came in so many milliseconds.
pub fn bandwidth(sequence: u16, when: Measuring, milliseconds: u32, bytes: u32) -> Vec<u8> {
    let kind = match when {
        Measuring::ConnectTime => BW_RESULTS_CONNECT_TIME,
        Measuring::Continuous => BW_RESULTS_CONTINUOUS,
    };
    let mut pdu = u32::from(SEC_AUTODETECT_RSP).to_le_bytes().to_vec();
    pdu.extend([14, TYPE_ID_AUTODETECT_RESPONSE]);
    pdu.extend(sequence.to_le_bytes());
    pdu.extend(kind.to_le_bytes());
    pdu.extend(milliseconds.to_le_bytes());
    pdu.extend(bytes.to_le_bytes());
    pdu
}
