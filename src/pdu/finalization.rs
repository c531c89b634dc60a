//! What a client sends in the finalization (MS-RDPBCGR 2.2.1.14 to 2.2.1.18), and what it asks for in a session.

use ironrdp_core::WriteBuf;
use ironrdp_pdu::{
    geometry::InclusiveRectangle,
    rdp::{
        finalization_messages::{ControlAction, ControlPdu, FontPdu, SynchronizePdu},
        headers::{ShareDataPdu, encode_share_data},
        refresh_rectangle::RefreshRectanglePdu,
    },
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
    .map(|pdu| frame(share_id, user_channel, io_channel, pdu))
}

/// A whole frame that asks the server to end the session (MS-RDPBCGR 2.2.2.2).
pub fn shutdown_request(share_id: u32, user_channel: u16, io_channel: u16) -> Vec<u8> {
    frame(share_id, user_channel, io_channel, ShareDataPdu::ShutdownRequest)
}

/// A whole frame that asks the server to draw this desktop again (MS-RDPBCGR 2.2.11.2).
pub fn refresh(share_id: u32, user_channel: u16, io_channel: u16, (width, height): (u16, u16)) -> Vec<u8> {
    let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
    let areas_to_refresh = vec![InclusiveRectangle { left: 0, top: 0, right, bottom }];
    let pdu = ShareDataPdu::RefreshRectangle(RefreshRectanglePdu { areas_to_refresh });
    frame(share_id, user_channel, io_channel, pdu)
}

fn frame(share_id: u32, user_channel: u16, io_channel: u16, pdu: ShareDataPdu) -> Vec<u8> {
    let mut frame = WriteBuf::new();
    encode_share_data(user_channel, io_channel, share_id, pdu, &mut frame).expect("a few bytes fit a frame");
    frame.filled().to_vec()
}
