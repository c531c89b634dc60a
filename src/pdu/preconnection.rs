//! The pre-connection PDU, version 2, which tells a listener for several machines which one is meant (MS-RDPEPS 2.2.1.2).
//!
//! The blob is recorded by length only: it may name more than a machine.

use ironrdp_core::encode_vec;
use ironrdp_pdu::pcb::{PcbVersion, PreconnectionBlob};

use super::{Malformed, Reader};

/// The PDU with this text.
///
/// # Errors
/// The text is too long for one.
pub fn preconnection(text: &str) -> Result<Vec<u8>, Malformed> {
    let blob = PreconnectionBlob { version: PcbVersion::V2, id: 0, v2_payload: Some(text.to_owned()) };
    encode_vec(&blob).map_err(|_| Malformed::new("the pre-connection blob is too long"))
}

/// cbSize, flags and version, with which both versions begin.
const HEADER: usize = 12;
/// No blob needs more.
const LONGEST: usize = 4096;

/// How long the PDU is that a client begins with, if it is one: no flags, version 1 or 2.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let mut header = Reader::new(bytes.get(..HEADER)?);
    let (size, flags, version) = (header.u32().ok()?, header.u32().ok()?, header.u32().ok()?);
    let length = usize::try_from(size).ok()?;
    (flags == 0 && matches!(version, 1 | 2) && (16..=LONGEST).contains(&length)).then_some(length)
}
