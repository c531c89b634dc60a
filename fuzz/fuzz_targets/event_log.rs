//! Event logs: as they are, and as one chunk of records behind a sound head.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::local::files::evtx::Log;

fuzz_target!(|bytes: &[u8]| {
    read(bytes.to_vec());
    let mut whole = vec![0; 4096 + 65_536];
    whole[..8].copy_from_slice(b"ElfFile\0");
    whole[42] = 1;
    let length = bytes.len().min(65_536);
    whole[4096..4096 + length].copy_from_slice(&bytes[..length]);
    whole[4096..4096 + 8].copy_from_slice(b"ElfChnk\0");
    read(whole);
});

fn read(bytes: Vec<u8>) {
    if let Ok(log) = Log::open(Cursor::new(bytes), "System.evtx") {
        let channels: Vec<_> = log.channels().map(str::to_owned).collect();
        for channel in channels {
            let _ = log.events(&channel);
        }
        let _ = (log.events("Security"), log.notes());
    }
}
