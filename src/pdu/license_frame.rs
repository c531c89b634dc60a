//! What every licensing PDU is made of: the security header, the preamble and binary blobs; MS-RDPBCGR 2.2.1.12.1.

use super::{Malformed, Reader};

/// SEC_LICENSE_PKT of the basic security header (MS-RDPBCGR 2.2.8.1.1.2.1).
pub const SEC_LICENSE_PKT: u16 = 0x0080;

/// bMsgType of LICENSE_PREAMBLE.
pub mod message {
    /// SERVER_LICENSE_REQUEST.
    pub const LICENSE_REQUEST: u8 = 0x01;
    /// SERVER_PLATFORM_CHALLENGE.
    pub const PLATFORM_CHALLENGE: u8 = 0x02;
    /// SERVER_NEW_LICENSE.
    pub const NEW_LICENSE: u8 = 0x03;
    /// SERVER_UPGRADE_LICENSE.
    pub const UPGRADE_LICENSE: u8 = 0x04;
    /// CLIENT_LICENSE_INFO.
    pub const LICENSE_INFO: u8 = 0x12;
    /// CLIENT_NEW_LICENSE_REQUEST.
    pub const NEW_LICENSE_REQUEST: u8 = 0x13;
    /// CLIENT_PLATFORM_CHALLENGE_RESPONSE.
    pub const PLATFORM_CHALLENGE_RESPONSE: u8 = 0x15;
    /// LICENSE_ERROR_MESSAGE.
    pub const ERROR_ALERT: u8 = 0xFF;
}

/// wBlobType of LICENSE_BINARY_BLOB.
pub mod blob_type {
    /// BB_RANDOM_BLOB, the encrypted premaster secret.
    pub const RANDOM: u16 = 0x0002;
    /// BB_CERTIFICATE_BLOB.
    pub const CERTIFICATE: u16 = 0x0003;
    /// BB_ERROR_BLOB.
    pub const ERROR: u16 = 0x0004;
    /// The key of a proprietary certificate, BB_RSA_KEY_BLOB.
    pub const RSA_KEY: u16 = 0x0006;
    /// The signature of a proprietary certificate, BB_RSA_SIGNATURE_BLOB.
    pub const RSA_SIGNATURE: u16 = 0x0008;
    /// BB_ENCRYPTED_DATA_BLOB.
    pub const ENCRYPTED_DATA: u16 = 0x0009;
    /// BB_KEY_EXCHG_ALG_BLOB.
    pub const KEY_EXCHANGE_ALGORITHM: u16 = 0x000D;
    /// BB_SCOPE_BLOB.
    pub const SCOPE: u16 = 0x000E;
    /// BB_CLIENT_USER_NAME_BLOB.
    pub const CLIENT_USER_NAME: u16 = 0x000F;
    /// BB_CLIENT_MACHINE_NAME_BLOB.
    pub const CLIENT_MACHINE_NAME: u16 = 0x0010;
}

/// PREAMBLE_VERSION_3_0, of every RDP since 5.0.
pub const PREAMBLE_VERSION_3_0: u8 = 0x03;
/// EXTENDED_ERROR_MSG_SUPPORTED, which clients set beside the version.
pub const EXTENDED_ERROR_MSG_SUPPORTED: u8 = 0x80;

/// Security header and preamble before `body`; sizes that do not fit 16 bits are written as 0xFFFF.
pub fn frame(message_type: u8, preamble_flags: u8, body: &[u8]) -> Vec<u8> {
    let size = u16::try_from(body.len() + 4).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(body.len() + 8);
    bytes.extend_from_slice(&u32::from(SEC_LICENSE_PKT).to_le_bytes());
    bytes.extend_from_slice(&[message_type, preamble_flags]);
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// The message type, and a reader of what follows the preamble; its size field is not believed, for servers err in it.
///
/// # Errors
/// If SEC_LICENSE_PKT is not set or the preamble is cut short.
pub fn read_frame(user_data: &[u8]) -> Result<(u8, Reader<'_>), Malformed> {
    let mut reader = Reader::new(user_data);
    let flags = reader.u16()?;
    if flags & SEC_LICENSE_PKT == 0 {
        return Err(Malformed(format!("security header flags {flags:#06x} without the license flag")));
    }
    // xrdp leaves garbage in the high half of the flags, so it is not looked at.
    let _flags_hi = reader.u16()?;
    let message_type = reader.u8()?;
    let _preamble_flags_and_size = (reader.u8()?, reader.u16()?);
    Ok((message_type, reader))
}

/// LICENSE_BINARY_BLOB with this content, of which at most 65535 bytes fit.
pub fn blob(blob_type: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(data.len() + 4);
    bytes.extend_from_slice(&blob_type.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend(data.iter().take(length.into()));
    bytes
}

/// The content of the next LICENSE_BINARY_BLOB; its type is not believed, for servers err in it.
pub fn read_blob<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let _blob_type = reader.u16()?;
    let length = reader.u16()?;
    reader.bytes(length.into())
}
