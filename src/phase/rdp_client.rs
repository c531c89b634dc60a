//! IronRDP's client sequence as the probe drives it: from the channel connection to Client Info, without a password.

use std::net::{Ipv4Addr, SocketAddr};

use ironrdp_connector::{ClientConnector, ClientConnectorState, Config, Credentials, DesktopSize, Sequence};
use ironrdp_core::WriteBuf;
use ironrdp_pdu::{
    gcc::{ConnectionType, KeyboardType},
    rdp::{
        capability_sets::{MajorPlatformType, RailSupportLevel},
        client_info::{PerformanceFlags, TimezoneInfo},
    },
};

use crate::{
    pdu::{
        connect_initial::{CLIENT_NAME, DESKTOP},
        words::{spaced, words},
    },
    report::{Failure, FailureKind},
    settings::Account,
};

/// A client sequence that stands at the channel connection.
pub(super) fn client(
    account: Option<&Account>,
    state: ClientConnectorState,
    message_channel: Option<u16>,
) -> ClientConnector {
    let mut connector = ClientConnector::new(config(account), SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
    connector.message_channel_id = message_channel;
    connector.state = state;
    connector
}

/// One step; what is to be sent, possibly nothing.
///
/// # Errors
/// `malformed`, with the state in which the PDU could not be taken.
pub(super) fn step(sequence: &mut impl Sequence, frame: &[u8]) -> Result<Vec<u8>, Failure> {
    let state = sequence.state().name();
    let mut output = WriteBuf::new();
    sequence.step(frame, None, &mut output).map_err(|error| {
        let (state, why) = (spaced(state), words(error.report()));
        let detail = format!("a PDU cannot be taken in the state {state}: {why}");
        Failure::new(FailureKind::Malformed, detail).with_received(frame)
    })?;
    Ok(output.filled().to_vec())
}

/// The connector copies the password into Client Info, so it gets none; the account's name goes along only where CredSSP
/// has verified it.
fn config(account: Option<&Account>) -> Config {
    let username = account.map(|a| a.user.clone()).unwrap_or_default();
    Config {
        credentials: Credentials::UsernamePassword { username, password: String::new() },
        domain: account.and_then(|a| a.domain.clone()),
        desktop_size: DesktopSize { width: DESKTOP.0, height: DESKTOP.1 },
        client_name: CLIENT_NAME.to_owned(),
        client_build: 2600,
        keyboard_type: KeyboardType::IBM_ENHANCED,
        keyboard_subtype: 0,
        keyboard_functional_keys_count: 12,
        keyboard_layout: 0x0409,
        connection_type: ConnectionType::Lan,
        platform: MajorPlatformType::UNIX,
        performance_flags: PerformanceFlags::default(),
        timezone_info: TimezoneInfo::default(),
        rail_support_level: RailSupportLevel::empty(),
        autologon: false,
        enable_tls: true,
        enable_credssp: true,
        enable_standard_rdp_security: false,
        monitor_layout: None,
        desktop_scale_factor: 0,
        desktop_physical_size: None,
        desktop_orientation: None,
        device_scale_factor: None,
        monitor_extended_layout: None,
        relative_mouse_input: false,
        ime_file_name: String::new(),
        bitmap: None,
        dig_product_id: String::new(),
        client_dir: String::new(),
        alternate_shell: String::new(),
        work_dir: String::new(),
        remote_application_mode: false,
        hardware_id: None,
        request_data: None,
        enable_audio_playback: false,
        enable_audio_capture: false,
        license_cache: None,
        compression_type: None,
        enable_server_pointer: false,
        pointer_software_rendering: false,
        multitransport_flags: None,
        support_dyn_vc_gfx_protocol: false,
    }
}
