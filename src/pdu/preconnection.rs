//! The pre-connection PDU, version 2, which tells a listener for several machines which one is meant (MS-RDPEPS 2.2.1.2).
//!
//! The blob is recorded by length only: it may name more than a machine.

use ironrdp_core::encode_vec;
use ironrdp_pdu::pcb::{PcbVersion, PreconnectionBlob};

use super::Malformed;

/// The PDU with this text.
///
/// # Errors
/// The text is too long for one.
pub fn preconnection(text: &str) -> Result<Vec<u8>, Malformed> {
    let blob = PreconnectionBlob { version: PcbVersion::V2, id: 0, v2_payload: Some(text.to_owned()) };
    encode_vec(&blob).map_err(|_| Malformed::new("the pre-connection blob is too long"))
}
