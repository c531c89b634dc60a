//! The client's Confirm Active (MS-RDPBCGR 2.2.1.13.2), of fixed capabilities and what the Demand Active says of the desktop.

use ironrdp_core::WriteBuf;
use ironrdp_pdu::{
    gcc::KeyboardType,
    rdp::{
        capability_sets::{
            BITMAP_CACHE_ENTRIES_NUM, Bitmap, BitmapCache, BitmapDrawingFlags, Brush, CacheDefinition,
            CacheEntry, CapabilitySet, ClientConfirmActive, CmdFlags, DemandActive as CombinedCapabilities,
            FrameAcknowledge, GLYPH_CACHE_NUM, General, GeneralExtraFlags, GlyphCache, GlyphSupportLevel,
            Input, InputFlags, LargePointer, LargePointerSupportFlags, MajorPlatformType,
            MultifragmentUpdate, OffscreenBitmapCache, Order, OrderFlags, OrderSupportExFlags, Pointer,
            SERVER_CHANNEL_ID, Sound, SoundFlags, SupportLevel, SurfaceCommands, VirtualChannel,
            VirtualChannelFlags, client_codecs_capabilities,
        },
        headers::{ShareControlPdu, encode_share_control},
    },
};

use super::{connect_initial::DESKTOP, demand_active::DemandActive};

/// The largest update in several parts, where the server names no size.
const MAX_REQUEST_SIZE: u32 = 8 << 20;
/// How many pointers are kept.
const POINTERS: u16 = 32;
/// How many frames may be drawn ahead of what was acknowledged.
const UNACKNOWLEDGED_FRAMES: u32 = 20;

/// A whole frame with the Confirm Active that answers this Demand Active.
pub fn confirm_active(demand: &DemandActive, user_channel: u16, io_channel: u16) -> Vec<u8> {
    let largest =
        |max_request_size| CapabilitySet::MultiFragmentUpdate(MultifragmentUpdate { max_request_size });
    let mut sets: Vec<_> = demand.max_request_size.map(largest).into_iter().collect();
    sets.extend(basic(demand.desktop.unwrap_or(DESKTOP)));
    sets.extend(cached());
    sets.extend(surfaces());
    if demand.max_request_size.is_none() {
        sets.push(largest(MAX_REQUEST_SIZE));
    }
    let pdu = CombinedCapabilities { source_descriptor: "IRONRDP".to_owned(), capability_sets: sets };
    let pdu =
        ShareControlPdu::ClientConfirmActive(ClientConfirmActive { originator_id: SERVER_CHANNEL_ID, pdu });
    let mut frame = WriteBuf::new();
    encode_share_control(user_channel, io_channel, demand.share_id, pdu, &mut frame)
        .expect("a fixed Confirm Active fits a frame");
    frame.filled().to_vec()
}

fn basic((desktop_width, desktop_height): (u16, u16)) -> [CapabilitySet; 3] {
    [
        CapabilitySet::General(General {
            major_platform_type: MajorPlatformType::UNIX,
            extra_flags: GeneralExtraFlags::FASTPATH_OUTPUT_SUPPORTED
                | GeneralExtraFlags::NO_BITMAP_COMPRESSION_HDR,
            ..General::default()
        }),
        CapabilitySet::Bitmap(Bitmap {
            pref_bits_per_pix: 32,
            desktop_width,
            desktop_height,
            desktop_resize_flag: true,
            drawing_flags: BitmapDrawingFlags::ALLOW_SKIP_ALPHA,
        }),
        CapabilitySet::Order(Order::new(
            OrderFlags::NEGOTIATE_ORDER_SUPPORT | OrderFlags::ZERO_BOUNDS_DELTAS_SUPPORT,
            OrderSupportExFlags::empty(),
            0,
            0,
        )),
    ]
}

/// Input and pointers, and caches that are not used.
fn cached() -> [CapabilitySet; 9] {
    let nothing = CacheDefinition { entries: 0, max_cell_size: 0 };
    let no_entry = CacheEntry { entries: 0, max_cell_size: 0 };
    [
        CapabilitySet::BitmapCache(BitmapCache { caches: [no_entry; BITMAP_CACHE_ENTRIES_NUM] }),
        CapabilitySet::Input(Input {
            input_flags: InputFlags::all(),
            keyboard_layout: 0,
            keyboard_type: Some(KeyboardType::IBM_ENHANCED),
            keyboard_subtype: 0,
            keyboard_function_key: 12,
            keyboard_ime_filename: String::new(),
        }),
        CapabilitySet::Pointer(Pointer { color_pointer_cache_size: POINTERS, pointer_cache_size: POINTERS }),
        CapabilitySet::Brush(Brush { support_level: SupportLevel::Default }),
        CapabilitySet::GlyphCache(GlyphCache {
            glyph_cache: [nothing; GLYPH_CACHE_NUM],
            frag_cache: nothing,
            glyph_support_level: GlyphSupportLevel::None,
        }),
        CapabilitySet::OffscreenBitmapCache(OffscreenBitmapCache {
            is_supported: false,
            cache_size: 0,
            cache_entries: 0,
        }),
        CapabilitySet::VirtualChannel(VirtualChannel {
            flags: VirtualChannelFlags::NO_COMPRESSION,
            chunk_size: Some(0),
        }),
        CapabilitySet::Sound(Sound { flags: SoundFlags::empty() }),
        CapabilitySet::LargePointer(LargePointer {
            flags: LargePointerSupportFlags::UP_TO_96X96_PIXELS
                | LargePointerSupportFlags::UP_TO_384X384_PIXELS,
        }),
    ]
}

/// Some servers end the session of a client without surface commands, which come with a codec.
fn surfaces() -> [CapabilitySet; 3] {
    let flags = CmdFlags::SET_SURFACE_BITS | CmdFlags::STREAM_SURFACE_BITS | CmdFlags::FRAME_MARKER;
    let codecs = client_codecs_capabilities(&["remotefx"]).expect("a codec that IronRDP names");
    [
        CapabilitySet::SurfaceCommands(SurfaceCommands { flags }),
        CapabilitySet::BitmapCodecs(codecs),
        CapabilitySet::FrameAcknowledge(FrameAcknowledge {
            max_unacknowledged_frame_count: UNACKNOWLEDGED_FRAMES,
        }),
    ]
}
