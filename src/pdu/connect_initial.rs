//! The MCS Connect Initial with the client's GCC blocks (MS-RDPBCGR 2.2.1.3), conservative in what it announces.

use ironrdp_core::encode_vec;
use ironrdp_pdu::{
    gcc::{
        ChannelDef, ChannelName, ChannelOptions, ClientClusterData, ClientCoreData, ClientCoreOptionalData,
        ClientEarlyCapabilityFlags, ClientGccBlocks, ClientMessageChannelData, ClientNetworkData,
        ClientSecurityData, ColorDepth, ConnectionType, EncryptionMethod, HighColorDepth, KeyboardType,
        RdpVersion, RedirectionFlags, RedirectionVersion, SecureAccessSequence, SupportedColorDepths,
    },
    mcs::ConnectInitial,
    nego::SecurityProtocol,
    x224::{X224, X224Data},
};

use super::drdynvc;

/// The name that the client gives itself.
pub const CLIENT_NAME: &str = "rdptrace";

/// Width and height that the client asks for.
pub const DESKTOP: (u16, u16) = (1024, 768);

/// What is announced only where it is needed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Announced {
    /// The clipboard's channel: some servers drop a client that joins none when its session begins.
    pub clipboard: bool,
    /// The graphics pipeline with the channel that carries it: some servers end the session of a client without.
    pub graphics: bool,
    /// The session that a redirection leads to, which CS_CLUSTER names then.
    pub session: Option<u32>,
}

/// A whole frame with a Connect Initial.
///
/// `selected` is the negotiated protocol. With Standard RDP Security (0) the RC4 methods are offered. `extended` says that
/// the server announced support for extended client data, without which no message channel may be asked for.
pub fn connect_initial(selected: u32, extended: bool, announced: Announced) -> Vec<u8> {
    let methods = encryption_methods(selected);
    let blocks = ClientGccBlocks {
        core: core_data(selected, announced.graphics),
        security: ClientSecurityData { encryption_methods: methods, ext_encryption_methods: 0 },
        network: network(announced),
        cluster: Some(cluster(announced.session)),
        monitor: None,
        message_channel: extended.then_some(ClientMessageChannelData),
        multi_transport_channel: None,
        monitor_extended: None,
    };
    let initial = ConnectInitial::with_gcc_blocks(blocks).expect("fixed blocks make a conference request");
    let data = encode_vec(&initial).expect("a fixed Connect Initial encodes");
    encode_vec(&X224(X224Data { data: data.into() })).expect("a fixed Connect Initial fits a TPKT frame")
}

/// MS-RDPBCGR 2.2.1.3.5, as every current client sends it: brokers redirect no other. It names a session only where a
/// redirection did.
fn cluster(session: Option<u32>) -> ClientClusterData {
    let mut flags = RedirectionFlags::REDIRECTION_SUPPORTED;
    flags.set(RedirectionFlags::REDIRECTED_SESSION_FIELD_VALID, session.is_some());
    ClientClusterData {
        flags,
        redirection_version: RedirectionVersion::V4,
        redirected_session_id: session.unwrap_or_default(),
    }
}

/// The static channels that are asked for, in this order.
pub fn channels(announced: Announced) -> Vec<&'static str> {
    let all = [(announced.clipboard, "cliprdr"), (announced.graphics, drdynvc::NAME)];
    all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, name)| name).collect()
}

/// MS-RDPBCGR 2.2.1.3.4; without a channel there is none.
fn network(announced: Announced) -> Option<ClientNetworkData> {
    let channels: Vec<_> = channels(announced).into_iter().map(channel).collect();
    (!channels.is_empty()).then_some(ClientNetworkData { channels })
}

fn channel(name: &str) -> ChannelDef {
    let mut options = ChannelOptions::INITIALIZED | ChannelOptions::ENCRYPT_RDP;
    options.set(ChannelOptions::SHOW_PROTOCOL, name != drdynvc::NAME);
    ChannelDef { name: ChannelName::from_utf8(name).expect("seven letters"), options }
}

/// The encryption methods that are offered: all of RC4 with Standard RDP Security, none with TLS.
pub fn encryption_methods(selected: u32) -> EncryptionMethod {
    match selected {
        0 => EncryptionMethod::BIT_40 | EncryptionMethod::BIT_56 | EncryptionMethod::BIT_128,
        _ => EncryptionMethod::empty(),
    }
}

fn core_data(selected: u32, graphics: bool) -> ClientCoreData {
    ClientCoreData {
        version: RdpVersion::V5_PLUS,
        desktop_width: DESKTOP.0,
        desktop_height: DESKTOP.1,
        color_depth: ColorDepth::Bpp8,
        sec_access_sequence: SecureAccessSequence::Del,
        keyboard_layout: 0x0409,
        client_build: 2600,
        client_name: CLIENT_NAME.to_owned(),
        keyboard_type: KeyboardType::IBM_ENHANCED,
        keyboard_subtype: 0,
        keyboard_functional_keys_count: 12,
        ime_file_name: String::new(),
        optional_data: optional_data(selected, graphics),
    }
}

fn optional_data(selected: u32, graphics: bool) -> ClientCoreOptionalData {
    let mut flags = ClientEarlyCapabilityFlags::VALID_CONNECTION_TYPE
        | ClientEarlyCapabilityFlags::SUPPORT_ERR_INFO_PDU
        | ClientEarlyCapabilityFlags::STRONG_ASYMMETRIC_KEYS
        | ClientEarlyCapabilityFlags::SUPPORT_NET_CHAR_AUTODETECT
        | ClientEarlyCapabilityFlags::SUPPORT_SKIP_CHANNELJOIN
        | ClientEarlyCapabilityFlags::WANT_32_BPP_SESSION;
    flags.set(ClientEarlyCapabilityFlags::SUPPORT_DYN_VC_GFX_PROTOCOL, graphics);
    ClientCoreOptionalData {
        post_beta2_color_depth: Some(ColorDepth::Bpp8),
        client_product_id: Some(1),
        serial_number: Some(0),
        high_color_depth: Some(HighColorDepth::Bpp24),
        supported_color_depths: Some(
            SupportedColorDepths::BPP24 | SupportedColorDepths::BPP16 | SupportedColorDepths::BPP32,
        ),
        early_capability_flags: Some(flags),
        dig_product_id: Some(String::new()),
        connection_type: Some(ConnectionType::Lan),
        server_selected_protocol: Some(SecurityProtocol::from_bits_retain(selected)),
        ..ClientCoreOptionalData::default()
    }
}
