//! The static channel of dynamic virtual channels, for a client that opens none of them (MS-RDPEDYC 2.2.1, 2.2.2).

use super::Reader;

/// The static channel's name.
pub const NAME: &str = "drdynvc";
/// CHANNEL_FLAG_FIRST and CHANNEL_FLAG_LAST: all of it in one piece (MS-RDPBCGR 2.2.6.1.1).
const WHOLE: u32 = 3;
const CHANNEL_PACKET_COMPRESSED: u32 = 0x0020_0000;
const CREATE: u8 = 1;
const CAPABILITIES: u8 = 5;
/// Later versions compress.
const NEWEST_VERSION: u16 = 2;
/// What mstsc says of a channel that it does not know.
const STATUS_UNSUCCESSFUL: u32 = 0xC000_0001;

/// The answer to user data of the channel: a version, or that a channel is not opened. None where there is nothing to answer, as
/// in what is data of a channel, compressed or in several pieces.
pub fn answer(user_data: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(user_data);
    let (_length, flags) = (reader.u32().ok()?, reader.u32().ok()?);
    if flags & (WHOLE | CHANNEL_PACKET_COMPRESSED) != WHOLE {
        return None;
    }
    let header = reader.u8().ok()?;
    let pdu = match header >> 4 {
        CAPABILITIES => capabilities(&mut reader)?,
        CREATE => refusal(header, &mut reader)?,
        _ => return None,
    };
    let length = u32::try_from(pdu.len()).expect("a few bytes");
    Some([&length.to_le_bytes()[..], &WHOLE.to_le_bytes(), &pdu].concat())
}

/// DYNVC_CAPS_RSP to a request of any version.
fn capabilities(reader: &mut Reader<'_>) -> Option<Vec<u8>> {
    let _pad = reader.u8().ok()?;
    let [low, high] = reader.u16().ok()?.clamp(1, NEWEST_VERSION).to_le_bytes();
    Some(vec![CAPABILITIES << 4, 0, low, high])
}

/// DYNVC_CREATE_RSP; the two low bits of the header tell how long the channel's number is.
fn refusal(header: u8, reader: &mut Reader<'_>) -> Option<Vec<u8>> {
    let id = match header & 3 {
        0 => reader.bytes(1),
        1 => reader.bytes(2),
        2 => reader.bytes(4),
        _ => return None,
    };
    Some([&[CREATE << 4 | header & 3][..], id.ok()?, &STATUS_UNSUCCESSFUL.to_le_bytes()].concat())
}
