//! Files with the ending .rdp, and the same bytes as an rdp:// address.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::{Settings, Target, destination::RdpFile, honour};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = RdpFile::parse(bytes)
        && let Ok(target) = Target::of_file("it", file)
    {
        let file = target.file.expect("it is from a file");
        let settings = honour(&file, Settings::default());
        assert!(settings.offer.routing_token.is_none_or(|token| token.len() <= 238));
        let _ = file.hidden().count();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Target::of_address(text);
        let _ = Target::of_address(&format!("rdp://{text}"));
    }
});
