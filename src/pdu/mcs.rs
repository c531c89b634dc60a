//! MCS domain PDUs as far as a trace reads them before IronRDP does (T.125 section 7; MS-RDPBCGR 2.2.1.5 to 2.2.1.9).

use ironrdp_core::encode_vec;
use ironrdp_pdu::{
    mcs::{SendDataIndication, SendDataRequest},
    x224::X224,
};

use super::{Malformed, Reader, words::words, x224};

pub(super) const ATTACH_USER_CONFIRM: u8 = 11;
pub(super) const CHANNEL_JOIN_CONFIRM: u8 = 15;
/// The choice of a Send Data Request.
pub(crate) const SEND_DATA_REQUEST: u8 = 25;
pub(super) const SEND_DATA_INDICATION: u8 = 26;
pub(super) const DISCONNECT_PROVIDER_ULTIMATUM: u8 = 8;

/// The server's own channel, from which its indications come.
pub(crate) const SERVER_CHANNEL: u16 = 1002;

/// A disconnect provider ultimatum, reason rn-user-requested: the polite end.
pub const USER_REQUESTED: [u8; 9] = [0x03, 0x00, 0x00, 0x09, 0x02, 0xF0, 0x80, 0x21, 0x80];

/// An MCS PDU from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mcs<'a> {
    /// Disconnect Provider Ultimatum.
    Ultimatum {
        /// T.125 Reason.
        reason: u32,
    },
    /// Attach User Confirm.
    AttachUserConfirm {
        /// T.125 Result.
        result: u32,
    },
    /// Channel Join Confirm.
    ChannelJoinConfirm {
        /// T.125 Result.
        result: u32,
    },
    /// Send Data Indication.
    Data {
        /// The channel it came on.
        channel: u16,
        /// What it carries.
        user_data: &'a [u8],
    },
    /// Anything else.
    Other {
        /// DomainMCSPDU choice.
        choice: u8,
    },
}

/// Reads a whole frame.
///
/// # Errors
/// It is no data TPDU, or a PDU that ends too early.
pub fn read(frame: &[u8]) -> Result<Mcs<'_>, Malformed> {
    payload(x224::data(frame)?)
}

/// Reads the payload of a data TPDU.
///
/// # Errors
/// The PDU ends too early.
pub fn payload(payload: &[u8]) -> Result<Mcs<'_>, Malformed> {
    let mut reader = Reader::new(payload);
    let first = reader.u8()?;
    match first >> 2 {
        DISCONNECT_PROVIDER_ULTIMATUM => Ok(Mcs::Ultimatum { reason: reason(first, reader.u8()?) }),
        ATTACH_USER_CONFIRM => Ok(Mcs::AttachUserConfirm { result: result(first, reader.u8()?) }),
        CHANNEL_JOIN_CONFIRM => Ok(Mcs::ChannelJoinConfirm { result: result(first, reader.u8()?) }),
        SEND_DATA_INDICATION => {
            reader.u16_be()?;
            let channel = reader.u16_be()?;
            // Priority and segmentation.
            reader.u8()?;
            let length = reader.per_length()?;
            Ok(Mcs::Data { channel, user_data: reader.bytes(length)? })
        }
        choice => Ok(Mcs::Other { choice }),
    }
}

/// A whole frame with a Send Data Request.
///
/// # Errors
/// The data is longer than a frame.
pub fn request(user_channel: u16, channel: u16, user_data: &[u8]) -> Result<Vec<u8>, Malformed> {
    let request =
        SendDataRequest { initiator_id: user_channel, channel_id: channel, user_data: user_data.into() };
    encode_vec(&X224(request)).map_err(|error| Malformed(words(error)))
}

/// A whole frame with a Send Data Indication, for a PDU that came in one frame with others.
///
/// # Errors
/// As [`request`].
pub fn indication(channel: u16, user_data: &[u8]) -> Result<Vec<u8>, Malformed> {
    let indication =
        SendDataIndication { initiator_id: SERVER_CHANNEL, channel_id: channel, user_data: user_data.into() };
    encode_vec(&X224(indication)).map_err(|error| Malformed(words(error)))
}

/// The frame of a Send Data Request or Indication with other user data; none when it is neither.
///
/// # Errors
/// What `change` says, or user data that fits no frame.
pub fn with_user_data<E: From<Malformed>>(
    frame: &[u8],
    change: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Option<Vec<u8>>, E> {
    let Ok((header, user_data)) = split(frame) else { return Ok(None) };
    let changed = change(user_data)?;
    let too_long = || Malformed(format!("user data of {} bytes does not fit a frame", changed.len()));
    let length = u16::try_from(changed.len()).ok().filter(|length| *length < 0x8000).ok_or_else(too_long)?;
    let total = u16::try_from(header.len() + 2 + changed.len()).map_err(|_| too_long())?;
    let mut whole = [header, &(length | 0x8000).to_be_bytes(), &changed].concat();
    whole[2..4].copy_from_slice(&total.to_be_bytes());
    Ok(Some(whole))
}

/// Whether the payload of a data TPDU is a Send Data Request, which only a client sends.
pub fn is_send_data_request(payload: &[u8]) -> bool {
    payload.first().is_some_and(|first| first >> 2 == SEND_DATA_REQUEST)
}

/// The channel and the user data of a client's Send Data Request; none if the frame is none.
pub fn sent(frame: &[u8]) -> Option<(u16, &[u8])> {
    let payload = x224::data(frame).ok().filter(|payload| is_send_data_request(payload))?;
    let channel = payload.get(3..5)?;
    Some((u16::from_be_bytes([channel[0], channel[1]]), split(frame).ok()?.1))
}

/// What precedes the length of the user data, and the user data.
pub(super) fn split(frame: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut reader = Reader::new(x224::data(frame)?);
    if !matches!(reader.u8()? >> 2, SEND_DATA_REQUEST | SEND_DATA_INDICATION) {
        return Err(Malformed::new("no MCS data"));
    }
    // Initiator, channel, priority and segmentation.
    reader.bytes(5)?;
    let header = frame.strip_suffix(reader.rest()).expect("the rest is the end of the frame");
    let length = reader.per_length()?;
    Ok((header, reader.bytes(length.min(reader.rest().len()))?))
}

/// Aligned PER packs the reason's three bits behind the choice: two there, one in the next byte.
fn reason(first: u8, second: u8) -> u32 {
    u32::from(((first & 0b11) << 1) | (second >> 7))
}

/// The result's four bits follow the choice and the optional bit; some servers write a whole byte instead.
fn result(first: u8, second: u8) -> u32 {
    if second & 0x1F != 0 {
        return u32::from(second);
    }
    u32::from(((first & 1) << 3) | (second >> 5))
}
