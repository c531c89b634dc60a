//! What a Client Info PDU says beside its secrets (MS-RDPBCGR 2.2.1.11): code page and flags, and nothing that follows them.

use super::{
    Malformed, Reader,
    security::{SEC_ENCRYPT, SEC_INFO_PKT},
};

/// The fields before the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// CodePage, with Unicode the input locale.
    pub code_page: u32,
    /// flags.
    pub flags: u32,
}

/// Reads user data of the I/O channel.
///
/// # Errors
/// It is no Client Info PDU, or one that is encrypted.
pub fn client_info(user_data: &[u8]) -> Result<ClientInfo, Malformed> {
    let mut reader = Reader::new(user_data);
    let (flags, _flags_hi) = (reader.u16()?, reader.u16()?);
    if flags & SEC_INFO_PKT == 0 || flags & SEC_ENCRYPT != 0 {
        return Err(Malformed::new("no Client Info in clear"));
    }
    Ok(ClientInfo { code_page: reader.u32()?, flags: reader.u32()? })
}
