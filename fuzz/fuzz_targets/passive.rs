//! A connection that was only watched: what both sides have sent, in turns, with gaps and any end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::{
    certificate::Roots,
    flow::{End, Flow, How, KeyLog, Side},
    passive::{Known, walk},
    pdu::server_key::ServerKey,
};
use std::sync::LazyLock;

/// That of the demo's Standard RDP Security.
static KEYS: LazyLock<Vec<ServerKey>> = LazyLock::new(|| {
    let pem = include_bytes!("../../testdata/keys/demo-standard.pem");
    vec![ServerKey::from_pem(pem).expect("a key")]
});

fuzz_target!(|bytes: &[u8]| {
    let mut flow = Flow::new(([192, 0, 2, 1], 50_000).into(), ([192, 0, 2, 2], 3389).into(), 0);
    let mut rest = bytes;
    let mut at = 0;
    // Each turn: who speaks, a length, and as many bytes.
    while let [who, length, after @ ..] = rest {
        at += 1_000_000;
        let side = if who & 1 == 0 { Side::Client } else { Side::Server };
        let (said, after) = after.split_at(after.len().min(usize::from(*length)));
        let stream = flow.stream_mut(side);
        stream.push(said, at, 0);
        match who >> 5 {
            1 => stream.miss(u64::from(*length) + 1),
            2 => stream.end = Some(End { how: How::Fin, at, packet: 0 }),
            3 => stream.end = Some(End { how: How::Rst, at, packet: 0 }),
            _ => {}
        }
        rest = after;
    }
    (flow.last, flow.watched) = (at, at);
    let roots = Roots::new(Ok(Vec::new()));
    let keys = KeyLog::default();
    let known = Known { server_keys: &KEYS, ..Known::of(&keys, &roots) };
    let made = walk(&flow, &known);
    assert!(made.frames.len() <= 48);
});
