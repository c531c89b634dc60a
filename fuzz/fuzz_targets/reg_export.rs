//! Registry exports, and the questions that the checks ask of them.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::local::files::{Keys as _, reg::Export};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(export) = Export::open(Cursor::new(bytes), 500_000) {
        let _ = export.value(r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", "LmCompatibilityLevel");
        for root in export.roots() {
            let _ = (export.value(root, ""), export.value(root, "x"), export.subkeys(root));
        }
    }
});
