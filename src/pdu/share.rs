//! What a server sends on the I/O channel in place of what is expected: Set Error Info, redirection, Demand Active
//! (MS-RDPBCGR 2.2.5.1, 2.2.8.1.1, 2.2.13.3).

use super::{Reader, license_frame::SEC_LICENSE_PKT, security::SEC_REDIRECTION_PKT};

const PDUTYPE_DEMAND_ACTIVE: u16 = 1;
const PDUTYPE_DEACTIVATE_ALL: u16 = 6;
const PDUTYPE_DATA: u16 = 7;
const PDUTYPE_SERVER_REDIRECTION: u16 = 10;
/// PDUTYPE2_UPDATE, which draws (MS-RDPBCGR 2.2.9.1.1.3).
pub const UPDATE: u8 = 2;
/// PDUTYPE2_SAVE_SESSION_INFO (MS-RDPBCGR 2.2.10.1).
pub const SAVE_SESSION_INFO: u8 = 38;
/// PDUTYPE2_FONTMAP, which ends the finalization (MS-RDPBCGR 2.2.1.22).
pub const FONT_MAP: u8 = 40;
/// PDUTYPE2_SHUTDOWN_DENIED, which answers a Shutdown Request (MS-RDPBCGR 2.2.2.3).
pub const SHUTDOWN_DENIED: u8 = 37;
const PDUTYPE2_SET_ERROR_INFO: u8 = 47;

/// Share control header and share data header, in bytes.
pub(super) const SHARE_DATA_HEADERS: usize = 18;

/// User data of the I/O channel, told apart by its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoPdu {
    /// Set Error Info.
    SetErrorInfo {
        /// errorInfo.
        code: u32,
    },
    /// A license PDU, with its security header.
    License,
    /// A Server Redirection PDU.
    Redirection,
    /// Demand Active.
    DemandActive,
    /// Deactivate All.
    DeactivateAll,
    /// A share data PDU of another kind.
    ShareData {
        /// pduType2.
        kind: u8,
    },
    /// Anything else.
    Other,
}

/// Tells what the user data is: a license PDU by its preamble, a share control PDU by its length and version.
pub fn io_pdu(user_data: &[u8]) -> IoPdu {
    if is_license(user_data) {
        return IoPdu::License;
    }
    session_pdu(user_data)
}

/// The same once licensing is over, when no share PDU can be taken for a license PDU.
pub fn session_pdu(user_data: &[u8]) -> IoPdu {
    share_control(user_data).unwrap_or_else(|| security_header(user_data))
}

/// Splits off the first of the share PDUs that a server may send in one message.
pub fn first(user_data: &[u8]) -> (&[u8], &[u8]) {
    let length = Reader::new(user_data).u16().map_or(0, usize::from);
    match (share_control(user_data), length) {
        (Some(_), length) => user_data.split_at(length),
        (None, _) => (user_data, &[]),
    }
}

/// The infoType of a Save Session Info PDU.
pub fn session_info_type(pdu: &[u8]) -> Option<u32> {
    Reader::new(pdu.get(SHARE_DATA_HEADERS..)?).u32().ok()
}

/// SEC_LICENSE_PKT, then a known message type and preamble version 2 or 3. The high half of the security header means
/// nothing: xrdp leaves there what was in its memory.
fn is_license(user_data: &[u8]) -> bool {
    let mut reader = Reader::new(user_data);
    let (Ok(flags), Ok(_), Ok(kind), Ok(version)) = (reader.u16(), reader.u16(), reader.u8(), reader.u8())
    else {
        return false;
    };
    flags & SEC_LICENSE_PKT != 0 && matches!(kind, 1..=4 | 0xFF) && matches!(version & 0x0F, 2 | 3)
}

fn share_control(user_data: &[u8]) -> Option<IoPdu> {
    let mut reader = Reader::new(user_data);
    let total_length = usize::from(reader.u16().ok()?);
    let kind = reader.u16().ok()?;
    // The high twelve bits hold version 1, or none in a redirection; padding, or a second PDU, may follow.
    let is_version = kind >> 4 == 1 || kind == PDUTYPE_SERVER_REDIRECTION;
    // Old servers leave out pduSource and all that follows it where they take an activation back.
    let shortest = if kind & 0xF == PDUTYPE_DEACTIVATE_ALL { 4 } else { 6 };
    if !is_version || !(shortest..=user_data.len()).contains(&total_length) {
        return None;
    }
    match kind & 0xF {
        PDUTYPE_DEMAND_ACTIVE => Some(IoPdu::DemandActive),
        PDUTYPE_DEACTIVATE_ALL => Some(IoPdu::DeactivateAll),
        PDUTYPE_SERVER_REDIRECTION => Some(IoPdu::Redirection),
        PDUTYPE_DATA => share_data(&mut reader),
        _ => Some(IoPdu::Other),
    }
}

/// pduSource, shareId, pad, streamId, uncompressedLength, pduType2, compressedType, compressedLength, then the PDU.
fn share_data(reader: &mut Reader<'_>) -> Option<IoPdu> {
    reader.bytes(10).ok()?;
    let kind = reader.u8().ok()?;
    reader.bytes(3).ok()?;
    if kind != PDUTYPE2_SET_ERROR_INFO {
        return Some(IoPdu::ShareData { kind });
    }
    Some(IoPdu::SetErrorInfo { code: reader.u32().ok()? })
}

fn security_header(user_data: &[u8]) -> IoPdu {
    let mut reader = Reader::new(user_data);
    let (Ok(flags), Ok(_)) = (reader.u16(), reader.u16()) else { return IoPdu::Other };
    // A redirection packet repeats the flag in its own header.
    let repeated = reader.u16() == Ok(SEC_REDIRECTION_PKT);
    match flags {
        _ if flags & SEC_REDIRECTION_PKT != 0 && repeated => IoPdu::Redirection,
        _ if flags & SEC_LICENSE_PKT != 0 => IoPdu::License,
        _ => IoPdu::Other,
    }
}
