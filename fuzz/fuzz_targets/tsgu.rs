//! The packets of an RD Gateway and the WebSocket frames around them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::{
    net::Framing,
    pdu::{tsgu, websocket},
};

fuzz_target!(|bytes: &[u8]| {
    let _ = websocket::frame_header(bytes);
    let _ = (tsgu::handshake_response(bytes), tsgu::tunnel_response(bytes));
    let _ = (tsgu::tunnel_auth_response(bytes), tsgu::channel_response(bytes));
    let _ = (tsgu::status(bytes), tsgu::text(bytes));
    let Ok(Some(length)) = Framing::Tsgu.length(bytes) else { return };
    if let Some(whole) = bytes.get(..length) {
        let packet = tsgu::Packet::parse(whole).expect("as long as it says");
        assert_eq!(tsgu::Packet::parse(&packet.to_bytes()), Ok(packet));
    }
});
