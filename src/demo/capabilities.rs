//! The capability sets of the server's Demand Active (MS-RDPBCGR 2.2.1.13.1), enough for a client to reach an active session.

use ironrdp_connector::DesktopSize;
use ironrdp_pdu::rdp::capability_sets::{
    Bitmap, BitmapDrawingFlags, CapabilitySet, General, GeneralExtraFlags, Input, InputFlags,
    MultifragmentUpdate, Order, OrderFlags, OrderSupportExFlags, Pointer, VirtualChannel,
    VirtualChannelFlags,
};

use super::answer::send_data;
use super::channels::{IO_CHANNEL, SERVER_CHANNEL};

/// Types and contents of sets that are odd in one way each: no pointerCacheSize, of no known type, empty, and the same again; then
/// one whose length is nothing.
const ODD: &[(u16, &[u8])] = &[
    (8, &[1, 0, 25, 0]),
    (40, &[1, 0, 0, 0]),
    (14, &[]),
    (2, &[32, 0]),
    (26, &[]),
    (1, &[0; 20]),
    (1, &[0; 20]),
];
/// More than there are.
const CLAIMED: u16 = 40;

/// A Demand Active with odd sets, as a frame.
pub(super) fn odd() -> Vec<u8> {
    let mut sets = [CLAIMED.to_le_bytes(), [0; 2]].concat();
    for (kind, content) in ODD {
        let length = u16::try_from(content.len() + 4).expect("small sets");
        sets.extend(kind.to_le_bytes());
        sets.extend(length.to_le_bytes());
        sets.extend(*content);
    }
    sets.extend([9, 0, 0, 0]);
    let combined = u16::try_from(sets.len()).expect("small sets");
    let mut pdu = (combined + 22).to_le_bytes().to_vec();
    pdu.extend([0x11, 0]);
    pdu.extend(SERVER_CHANNEL.to_le_bytes());
    pdu.extend(0x0001_03EA_u32.to_le_bytes());
    pdu.extend([4, 0]);
    pdu.extend(combined.to_le_bytes());
    pdu.extend(*b"RDP\0");
    pdu.extend(sets);
    pdu.extend([0; 4]);
    send_data(IO_CHANNEL, &pdu)
}

/// All of them, for a desktop of this size.
pub(super) fn all(desktop: DesktopSize) -> Vec<CapabilitySet> {
    vec![
        CapabilitySet::General(General {
            extra_flags: GeneralExtraFlags::FASTPATH_OUTPUT_SUPPORTED,
            ..General::default()
        }),
        CapabilitySet::Bitmap(Bitmap {
            pref_bits_per_pix: 32,
            desktop_width: desktop.width,
            desktop_height: desktop.height,
            desktop_resize_flag: true,
            drawing_flags: BitmapDrawingFlags::ALLOW_SKIP_ALPHA,
        }),
        CapabilitySet::Order(Order::new(
            OrderFlags::NEGOTIATE_ORDER_SUPPORT | OrderFlags::ZERO_BOUNDS_DELTAS_SUPPORT,
            OrderSupportExFlags::empty(),
            2048,
            224,
        )),
        CapabilitySet::Pointer(Pointer { color_pointer_cache_size: 25, pointer_cache_size: 25 }),
        CapabilitySet::Input(Input {
            input_flags: InputFlags::SCANCODES | InputFlags::MOUSEX | InputFlags::FASTPATH_INPUT,
            keyboard_layout: 0,
            keyboard_type: None,
            keyboard_subtype: 0,
            keyboard_function_key: 128,
            keyboard_ime_filename: String::new(),
        }),
        CapabilitySet::VirtualChannel(VirtualChannel {
            flags: VirtualChannelFlags::NO_COMPRESSION,
            chunk_size: None,
        }),
        CapabilitySet::MultiFragmentUpdate(MultifragmentUpdate { max_request_size: 0x3F_0000 }),
    ]
}
