//! A tolerant reader of the client's settings: the GCC blocks of its MCS Connect Initial (MS-RDPBCGR 2.2.1.3).
//!
//! IronRDP refuses a block with a number that it does not know; here the others still tell what they hold. What names the
//! installation (clientDigProductId) is passed over.

use super::{
    Malformed, Reader,
    der::{self, OCTET_STRING},
};
use crate::utf16::text_to_nul;

const CONNECT_INITIAL: [u8; 2] = [0x7F, 0x65];
const H221_CLIENT_KEY: &[u8] = b"Duca";
const MAX_CHANNELS: u32 = 31;

/// What a Connect Initial says; blocks that did not come are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientSettings {
    /// CS_CORE.
    pub core: Option<CoreData>,
    /// encryptionMethods of CS_SECURITY.
    pub encryption_methods: Option<u32>,
    /// The static channels of CS_NET, each with its options.
    pub channels: Vec<(String, u32)>,
    /// Flags of CS_CLUSTER.
    pub cluster_flags: Option<u32>,
    /// monitorCount of CS_MONITOR.
    pub monitors: Option<u32>,
    /// Whether CS_MCS_MSGCHANNEL came.
    pub message_channel: bool,
    /// Flags of CS_MULTITRANSPORT.
    pub multitransport: Option<u32>,
}

/// CS_CORE (MS-RDPBCGR 2.2.1.3.2); fields that an older client leaves out are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoreData {
    /// version.
    pub version: u32,
    /// desktopWidth and desktopHeight.
    pub desktop: (u16, u16),
    /// keyboardLayout.
    pub keyboard_layout: u32,
    /// clientBuild.
    pub build: u32,
    /// clientName.
    pub name: String,
    /// keyboardType.
    pub keyboard_type: Option<u32>,
    /// earlyCapabilityFlags.
    pub early_capability_flags: Option<u16>,
    /// connectionType.
    pub connection_type: Option<u8>,
    /// serverSelectedProtocol.
    pub selected_protocol: Option<u32>,
}

/// Reads the payload of the data TPDU that begins MCS.
///
/// # Errors
/// It is no Connect Initial with the client's GCC blocks.
pub fn client_settings(payload: &[u8]) -> Result<ClientSettings, Malformed> {
    let mut reader = Reader::new(payload);
    if reader.bytes(2)? != CONNECT_INITIAL {
        return Err(Malformed::new("no MCS Connect Initial where one belongs"));
    }
    der::length(&mut reader)?;
    let user_data = user_data(&mut reader)?;
    let start = user_data
        .windows(H221_CLIENT_KEY.len())
        .position(|window| window == H221_CLIENT_KEY)
        .ok_or_else(|| Malformed::new("a Connect Initial without the client's GCC blocks"))?;
    let mut blocks = Reader::new(&user_data[start + H221_CLIENT_KEY.len()..]);
    blocks.per_length()?;
    let mut settings = ClientSettings::default();
    // A block that is cut short tells what it holds; the others still do.
    while let Ok((kind, content)) = block(&mut blocks) {
        let _ = take(kind, &mut Reader::new(content), &mut settings);
    }
    Ok(settings)
}

/// Two selectors, a flag and three sets of domain parameters, then userData as the third OCTET STRING.
fn user_data<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let mut seen = 0;
    loop {
        let (tag, content) = der::element(reader)?;
        seen += u32::from(tag == OCTET_STRING);
        if seen == 3 {
            return Ok(content);
        }
    }
}

fn block<'a>(blocks: &mut Reader<'a>) -> Result<(u16, &'a [u8]), Malformed> {
    let kind = blocks.u16()?;
    let length = usize::from(blocks.u16()?);
    Ok((kind, blocks.bytes(length.saturating_sub(4).min(blocks.rest().len()))?))
}

fn take(kind: u16, reader: &mut Reader<'_>, settings: &mut ClientSettings) -> Result<(), Malformed> {
    match kind {
        0xC001 => settings.core = Some(core(reader)?),
        0xC002 => settings.encryption_methods = Some(reader.u32()?),
        0xC003 => channels(reader, &mut settings.channels)?,
        0xC004 => settings.cluster_flags = Some(reader.u32()?),
        0xC005 => {
            let _flags = reader.u32()?;
            settings.monitors = Some(reader.u32()?);
        }
        0xC006 => settings.message_channel = true,
        0xC00A => settings.multitransport = Some(reader.u32()?),
        _ => {}
    }
    Ok(())
}

fn core(reader: &mut Reader<'_>) -> Result<CoreData, Malformed> {
    let (version, desktop) = (reader.u32()?, (reader.u16()?, reader.u16()?));
    let (_color_depth, _sas_sequence) = (reader.u16()?, reader.u16()?);
    let (keyboard_layout, build, name) = (reader.u32()?, reader.u32()?, text_to_nul(reader.bytes(32)?));
    let mut core = CoreData { version, desktop, keyboard_layout, build, name, ..CoreData::default() };
    // What follows, a client may leave out from any field on.
    let _ = more(reader, &mut core);
    Ok(core)
}

fn more(reader: &mut Reader<'_>, core: &mut CoreData) -> Result<(), Malformed> {
    core.keyboard_type = Some(reader.u32()?);
    let (_subtype, _function_keys, _ime_file_name) = (reader.u32()?, reader.u32()?, reader.bytes(64)?);
    let (_post_beta2_color_depth, _product_id, _serial) = (reader.u16()?, reader.u16()?, reader.u32()?);
    let (_high_color_depth, _supported_color_depths) = (reader.u16()?, reader.u16()?);
    core.early_capability_flags = Some(reader.u16()?);
    let _dig_product_id = reader.bytes(64)?;
    core.connection_type = Some(reader.u8()?);
    let _pad = reader.u8()?;
    core.selected_protocol = Some(reader.u32()?);
    Ok(())
}

/// A name of seven letters and a NUL, and the options.
fn channels(reader: &mut Reader<'_>, channels: &mut Vec<(String, u32)>) -> Result<(), Malformed> {
    for _ in 0..reader.u32()?.min(MAX_CHANNELS) {
        let name = reader.bytes(8)?.split(|byte| *byte == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        channels.push((name, reader.u32()?));
    }
    Ok(())
}
