//! What a server draws, frame after frame.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::net::Framing;
use rdptrace::internal::pdu::canvas::{Canvas, Share};

fuzz_target!(|bytes: &[u8]| {
    // A small desktop: the time that a rectangle takes grows with it, which the deadline of the wire bounds.
    let share = Share { io_channel: 1003, user_channel: 1007, share_id: 66_538, desktop: (256, 128) };
    let mut canvas = Canvas::new(share).expect("a small desktop");
    let mut rest = bytes;
    while let Ok(Some(length)) = Framing::TpktOrFastPath.length(rest) {
        let Some((frame, after)) = rest.split_at_checked(length) else { break };
        let _ = canvas.draw(frame);
        rest = after;
    }
});
