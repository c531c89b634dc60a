//! Network characteristics detection: the server measures, and waits for what the client answers (MS-RDPBCGR 2.2.14).

use std::io;

use super::answer::{Answer, send_data};
use super::channels::{channel, user_data};
use super::stream::{Stream, malformed, read_pdu, send};

/// How often the round trip is measured.
const ROUND_TRIPS: u16 = 3;
/// SEC_AUTODETECT_REQ, then headerLength, headerTypeId, sequenceNumber and the types of Start, Payload and Stop.
const START: &[u8] = &[0x00, 0x10, 0, 0, 6, 0, 1, 0, 0x14, 0x10];
const PAYLOAD: &[u8] = &[0x00, 0x10, 0, 0, 8, 0, 1, 0, 0x02, 0, 4, 0, 1, 2, 3, 4];
const STOP: &[u8] = &[0x00, 0x10, 0, 0, 8, 0, 1, 0, 0x2B, 0, 2, 0, 5, 6];
/// SEC_AUTODETECT_RSP, then the header of the results; timeDelta and byteCount follow.
const RESULTS: &[u8] = &[0x00, 0x20, 0, 0, 14, 1, 1, 0, 3, 0];
/// What Payload and Stop carry, with eight bytes of header each.
const COUNTED: [u8; 4] = 22u32.to_le_bytes();

/// Asks for three round trips, one after the other.
pub(super) async fn round_trip(message_channel: u16, stream: &mut dyn Stream) -> io::Result<()> {
    for sequence in 0..ROUND_TRIPS {
        send(stream, &Answer::RttRequest(sequence).bytes(message_channel)).await?;
        answer(message_channel, stream).await?;
    }
    Ok(())
}

/// Measures the bandwidth; a client that miscounts, or took no time at all, is left.
pub(super) async fn bandwidth(message_channel: u16, stream: &mut dyn Stream) -> io::Result<()> {
    for request in [START, PAYLOAD, STOP] {
        send(stream, &send_data(message_channel, request)).await?;
    }
    let pdu = answer(message_channel, stream).await?;
    let results = user_data(&pdu).and_then(|data| data.strip_prefix(RESULTS));
    match results.and_then(|results| results.split_first_chunk::<4>()) {
        Some((time, bytes)) if *time != [0; 4] && bytes == COUNTED => Ok(()),
        _ => Err(malformed("other results than those of this measurement")),
    }
}

async fn answer(message_channel: u16, stream: &mut dyn Stream) -> io::Result<Vec<u8>> {
    let pdu = read_pdu(stream).await?;
    match channel(&pdu) {
        Some(answered) if answered == message_channel => Ok(pdu),
        _ => Err(malformed("no answer on the message channel")),
    }
}
