//! Zip files that `local --collect` might have written.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use rdptrace::{
    internal::local::files::archive,
    local::{RoleChoice, check},
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok((machine, _)) = archive::read(Cursor::new(bytes)) {
        let _ = check(&machine, RoleChoice::Auto, None);
    }
});
