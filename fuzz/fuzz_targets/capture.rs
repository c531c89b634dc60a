//! Capture files: packets, headers, fragments and segments, and what is written of them again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::{
    capture::{Capture, Found, Writer},
    flow::{KeyLog, MOST_BYTES, Side},
};

fuzz_target!(|bytes: &[u8]| {
    let mut writer = Writer::new(std::io::sink()).expect("a sink");
    let mut capture =
        Capture::new(|client, server| (client.len() + server.len() > 8).then_some(true), KeyLog::default());
    let mut out = |found: Found<'_>, _: &KeyLog| {
        let Found::Flow(flow) = found else { return };
        for side in [Side::Client, Side::Server] {
            let stream = flow.stream(side);
            assert!(stream.bytes.len() <= MOST_BYTES && stream.bytes.len() as u64 <= stream.total);
            assert!(stream.marks.is_sorted_by_key(|mark| (mark.offset, mark.at)));
        }
        writer.flow(&flow).expect("a sink");
    };
    let _ = capture.read(bytes, &mut out);
    capture.end(&mut out);
});
