//! What a client announces in its Connect Initial (MS-RDPBCGR 2.2.1.3).

use std::io;

use ironrdp_core::decode;
use ironrdp_pdu::gcc::{
    ClientEarlyCapabilityFlags, ClientGccBlocks, ConferenceCreateRequest, RedirectionFlags,
    RedirectionVersion,
};
use ironrdp_pdu::mcs::ConnectInitial;
use ironrdp_pdu::x224::{X224, X224Data};

use super::behaviour::Ability;
use super::stream::malformed;

/// Reads a Connect Initial.
pub(super) fn connect_initial(pdu: &[u8]) -> io::Result<ConnectInitial> {
    let data = decode::<X224<X224Data<'_>>>(pdu).map_err(malformed)?.0.data;
    decode::<ConnectInitial>(&data).map_err(malformed)
}

/// Whether the client announces this.
pub(super) fn is_able(initial: &ConnectInitial, ability: Ability) -> bool {
    let blocks = initial.conference_create_request.gcc_blocks();
    match ability {
        Ability::Redirection => can_be_redirected(blocks),
        Ability::Session => can_be_redirected(blocks) && wants_session(blocks),
        Ability::Graphics => {
            let flags = blocks
                .core
                .optional_data
                .early_capability_flags
                .unwrap_or(ClientEarlyCapabilityFlags::empty());
            let last = blocks.network.as_ref().and_then(|network| network.channels.last());
            flags.contains(ClientEarlyCapabilityFlags::SUPPORT_DYN_VC_GFX_PROTOCOL)
                && last.is_some_and(|channel| channel.name.as_str() == Some("drdynvc"))
        }
    }
}

/// CS_CLUSTER with REDIRECTION_SUPPORTED and version 3, 4 or 5 (MS-RDPBCGR 2.2.1.3.5).
fn can_be_redirected(blocks: &ClientGccBlocks) -> bool {
    blocks.cluster.as_ref().is_some_and(|cluster| {
        cluster.flags.contains(RedirectionFlags::REDIRECTION_SUPPORTED)
            && matches!(
                cluster.redirection_version,
                RedirectionVersion::V3 | RedirectionVersion::V4 | RedirectionVersion::V5
            )
    })
}

/// REDIRECTED_SESSIONID_FIELD_VALID, which every client that was sent to one sets.
fn wants_session(blocks: &ClientGccBlocks) -> bool {
    let valid = RedirectionFlags::REDIRECTED_SESSION_FIELD_VALID;
    blocks.cluster.as_ref().is_some_and(|cluster| cluster.flags.contains(valid))
}

/// With the flag that lets a client skip the channel joins.
pub(super) fn with_skipped_joins(initial: ConnectInitial) -> io::Result<ConnectInitial> {
    changed(initial, |flags| flags.insert(ClientEarlyCapabilityFlags::SUPPORT_SKIP_CHANNELJOIN))
}

/// Without it: the fault needs a join to refuse.
pub(super) fn without_skipped_joins(initial: ConnectInitial) -> io::Result<ConnectInitial> {
    changed(initial, |flags| flags.remove(ClientEarlyCapabilityFlags::SUPPORT_SKIP_CHANNELJOIN))
}

fn changed(
    mut initial: ConnectInitial,
    change: impl FnOnce(&mut ClientEarlyCapabilityFlags),
) -> io::Result<ConnectInitial> {
    let mut blocks = initial.conference_create_request.into_gcc_blocks();
    let flags = &mut blocks.core.optional_data.early_capability_flags;
    change(flags.get_or_insert(ClientEarlyCapabilityFlags::empty()));
    initial.conference_create_request = ConferenceCreateRequest::new(blocks).map_err(malformed)?;
    Ok(initial)
}
