//! MCS domain PDUs and what the I/O channel carries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::pdu::{
    mcs::{self, Mcs},
    share,
};

fuzz_target!(|bytes: &[u8]| {
    let _ = mcs::read(bytes);
    if let Ok(Mcs::Data { user_data, .. }) = mcs::payload(bytes) {
        let _ = share::io_pdu(user_data);
    }
    let _ = share::io_pdu(bytes);
});
