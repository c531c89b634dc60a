//! What a client sends in the finalization (MS-RDPBCGR 2.2.1.14 to 2.2.1.18).

use ironrdp_core::WriteBuf;
use ironrdp_pdu::rdp::{
    finalization_messages::{ControlAction, ControlPdu, FontPdu, SynchronizePdu},
    headers::{ShareDataPdu, encode_share_data},
};

/// Whole frames with Synchronize, Control (Cooperate), Control (Request Control) and Font List.
pub fn finalization(share_id: u32, user_channel: u16, io_channel: u16) -> [Vec<u8>; 4] {
    let control = |action| ShareDataPdu::Control(ControlPdu { action, grant_id: 0, control_id: 0 });
    [
        ShareDataPdu::Synchronize(SynchronizePdu { target_user_id: user_channel }),
        control(ControlAction::Cooperate),
        control(ControlAction::RequestControl),
        ShareDataPdu::FontList(FontPdu::default()),
    ]
    .map(|pdu| {
        let mut frame = WriteBuf::new();
        encode_share_data(user_channel, io_channel, share_id, pdu, &mut frame)
            .expect("a few bytes fit a frame");
        frame.filled().to_vec()
    })
}
