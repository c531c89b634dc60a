//! Registry hives, and the questions that the checks ask of them.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::local::files::{Keys as _, hive::Hive};

fuzz_target!(|bytes: &[u8]| {
    let _ = Hive::open(Cursor::new(bytes), None);
    if let Ok(hive) = Hive::open(Cursor::new(bytes), Some(r"HKLM\SYSTEM")) {
        let _ = hive.subkeys(r"HKLM\SYSTEM");
        let _ = hive.value(r"HKLM\SYSTEM\CurrentControlSet\Services\TermService", "Start");
        let _ = hive.value(r"HKLM\SYSTEM\Select", "Current");
        let _ = hive.notes();
    }
});
