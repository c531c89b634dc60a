//! What a Demand Active says of the server, and what its answer depends on (MS-RDPBCGR 2.2.1.13.1).

use super::{Malformed, Reader};

const CAPSTYPE_BITMAP: u16 = 2;
pub(super) const CAPSETTYPE_MULTIFRAGMENTUPDATE: u16 = 26;

/// The telling fields of a Demand Active.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemandActive {
    /// shareId.
    pub share_id: u32,
    /// sourceDescriptor, the server's name for itself.
    pub source: String,
    /// Types of the capability sets, in the server's order.
    pub capability_sets: Vec<u16>,
    /// Width and height of the desktop, from the bitmap capabilities.
    pub desktop: Option<(u16, u16)>,
    /// MaxRequestSize of the multifragment update capabilities, in bytes.
    pub max_request_size: Option<u32>,
}

/// Reads a Demand Active with its share control header.
///
/// # Errors
/// It ends before its capability sets. A set that cannot be read says nothing, and one without a usable length ends the list: a
/// client has to answer either way.
pub fn demand_active(pdu: &[u8]) -> Result<DemandActive, Malformed> {
    let mut reader = Reader::new(pdu);
    let _share_control_header = reader.bytes(6)?;
    let share_id = reader.u32()?;
    let source_length = usize::from(reader.u16()?);
    let _combined_length = reader.u16()?;
    let source = reader.bytes(source_length)?;
    let text = source.split(|byte| *byte == 0).next().unwrap_or_default();
    let mut seen = DemandActive {
        share_id,
        source: String::from_utf8_lossy(text).into_owned(),
        ..DemandActive::default()
    };
    let count = reader.u32().map_or(0, |count_and_pad| count_and_pad & 0xFFFF);
    for _ in 0..count {
        let Ok((kind, content)) = capability_set(&mut reader) else { break };
        seen.capability_sets.push(kind);
        match kind {
            CAPSTYPE_BITMAP => seen.desktop = seen.desktop.or(desktop(content).ok()),
            CAPSETTYPE_MULTIFRAGMENTUPDATE => {
                seen.max_request_size = seen.max_request_size.or(Reader::new(content).u32().ok());
            }
            _ => {}
        }
    }
    Ok(seen)
}

/// capabilitySetType, lengthCapability with this header, capabilityData.
pub(super) fn capability_set<'a>(reader: &mut Reader<'a>) -> Result<(u16, &'a [u8]), Malformed> {
    let kind = reader.u16()?;
    let length = usize::from(reader.u16()?);
    let content = length.checked_sub(4).ok_or_else(|| Malformed::new("a capability set without a header"))?;
    Ok((kind, reader.bytes(content)?))
}

/// preferredBitsPerPixel and three flags, then the size.
fn desktop(content: &[u8]) -> Result<(u16, u16), Malformed> {
    let mut reader = Reader::new(content);
    reader.bytes(8)?;
    Ok((reader.u16()?, reader.u16()?))
}
