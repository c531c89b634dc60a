//! The connection confirm, its framing, and the names of foreign peers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::{
    net::Framing,
    pdu::{peer, x224},
};

fuzz_target!(|bytes: &[u8]| {
    let _ = x224::confirm(bytes);
    let _ = peer::speaks(bytes);
    for framing in [Framing::Tpkt, Framing::TpktAfterCredssp, Framing::TsRequest, Framing::EarlyAuthorization]
    {
        let _ = framing.length(bytes);
    }
});
