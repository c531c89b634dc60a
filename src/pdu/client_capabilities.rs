//! The capability sets of a client's Confirm Active, read tolerantly (MS-RDPBCGR 2.2.1.13.2).

use super::{
    Malformed, Reader,
    demand_active::{CAPSETTYPE_MULTIFRAGMENTUPDATE, capability_set},
};

const PDUTYPE_CONFIRM_ACTIVE: u16 = 3;
const CAPSTYPE_GENERAL: u16 = 1;

/// The telling fields of a Confirm Active.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCapabilities {
    /// sourceDescriptor, the client's name for itself.
    pub source: String,
    /// Types of the capability sets, in the client's order.
    pub sets: Vec<u16>,
    /// osMajorType and osMinorType of the general capabilities.
    pub platform: Option<(u16, u16)>,
    /// MaxRequestSize of the multifragment update capabilities, in bytes.
    pub max_request_size: Option<u32>,
}

/// Reads a Confirm Active with its share control header.
///
/// # Errors
/// It is none, or ends before its capability sets. A set without a usable length ends the list.
pub fn client_capabilities(pdu: &[u8]) -> Result<ClientCapabilities, Malformed> {
    let mut reader = Reader::new(pdu);
    let (_length, kind, _source) = (reader.u16()?, reader.u16()?, reader.u16()?);
    if kind & 0xF != PDUTYPE_CONFIRM_ACTIVE || kind >> 4 != 1 {
        return Err(Malformed::new("no Confirm Active"));
    }
    let (_share_id, _originator) = (reader.u32()?, reader.u16()?);
    let (source_length, _combined) = (usize::from(reader.u16()?), reader.u16()?);
    let source = reader.bytes(source_length)?.split(|byte| *byte == 0).next().unwrap_or_default();
    let mut seen = ClientCapabilities {
        source: String::from_utf8_lossy(source).into_owned(),
        ..ClientCapabilities::default()
    };
    let count = reader.u32()? & 0xFFFF;
    for _ in 0..count {
        let Ok((kind, content)) = capability_set(&mut reader) else { break };
        seen.sets.push(kind);
        let mut content = Reader::new(content);
        match kind {
            CAPSTYPE_GENERAL => seen.platform = content.u16().ok().zip(content.u16().ok()),
            CAPSETTYPE_MULTIFRAGMENTUPDATE => seen.max_request_size = content.u32().ok(),
            _ => {}
        }
    }
    Ok(seen)
}
