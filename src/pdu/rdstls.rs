//! What a server says first where RDSTLS was selected (MS-RDPBCGR 2.2.17).

use super::{Malformed, Reader};

/// Bytes of the Capabilities PDU.
pub const CAPABILITIES_LENGTH: usize = 8;

const VERSION: u16 = 1;
const TYPE_CAPABILITIES: u16 = 1;
const DATA_CAPABILITIES: u16 = 1;

/// The versions that a Capabilities PDU says are supported, a bit each (MS-RDPBCGR 2.2.17.1).
///
/// # Errors
/// It is none.
pub fn capabilities(bytes: &[u8]) -> Result<u16, Malformed> {
    let mut reader = Reader::new(bytes);
    let head = [reader.u16()?, reader.u16()?, reader.u16()?];
    match head {
        [VERSION, TYPE_CAPABILITIES, DATA_CAPABILITIES] => reader.u16(),
        [version, kind, data] => Err(Malformed(format!(
            "version {version}, type {kind} and data type {data} are no RDSTLS capabilities"
        ))),
    }
}
